/** Differentiation: from an operator tree to the program that maintains its result. */
@NullMarked
package io.pgstream.delta;

import org.jspecify.annotations.NullMarked;
