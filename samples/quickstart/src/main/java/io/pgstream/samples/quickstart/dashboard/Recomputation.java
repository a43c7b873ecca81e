package io.pgstream.samples.quickstart.dashboard;

import java.time.Instant;

/**
 * One run of a defining query.
 *
 * @param milliseconds planning and execution on the server; the rows are neither sent nor written anywhere
 * @param measuredAt when it ended
 */
record Recomputation(double milliseconds, Instant measuredAt) {}
