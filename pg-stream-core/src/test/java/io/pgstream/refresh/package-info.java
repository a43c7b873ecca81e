/** Tests of what refreshes do beyond their results, which the oracle compares. */
@NullMarked
package io.pgstream.refresh;

import org.jspecify.annotations.NullMarked;
