/** Order entry over TPC-H data, with stream tables that stay fresh while it writes. */
@NullMarked
package io.pgstream.samples.quickstart;

import org.jspecify.annotations.NullMarked;
