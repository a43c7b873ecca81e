package io.pgstream.catalog;

import java.time.Duration;
import java.time.Instant;

/**
 * How fresh a stream table is.
 *
 * @param dataTimestamp the clock at the snapshot that it equals
 * @param staleness how long ago that was
 * @since 0.1.0
 */
public record Freshness(Instant dataTimestamp, Duration staleness) {}
