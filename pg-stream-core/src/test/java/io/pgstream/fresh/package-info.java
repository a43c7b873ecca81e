/** Reads that are fresh although no refresh has run. */
@NullMarked
package io.pgstream.fresh;

import org.jspecify.annotations.NullMarked;
