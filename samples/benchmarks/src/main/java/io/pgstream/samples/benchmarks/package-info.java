/** What pg-stream costs and saves, measured against the alternatives on one server in one run. */
@NullMarked
package io.pgstream.samples.benchmarks;

import org.jspecify.annotations.NullMarked;
