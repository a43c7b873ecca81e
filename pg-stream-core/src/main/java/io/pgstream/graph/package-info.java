/** Which stream table reads which. */
@NullMarked
package io.pgstream.graph;

import org.jspecify.annotations.NullMarked;
