/** What follows from an operator tree: keys, how a row is found again, what can be maintained. */
@NullMarked
package io.pgstream.analyze;

import org.jspecify.annotations.NullMarked;
