package io.pgstream.refresh;

import java.time.Duration;

/**
 * What refreshes can be told.
 *
 * @param catalogSchema the schema of the catalog
 * @param changeBufferSchema the schema of the change buffers
 * @param stateSchema the schema of states and locks
 * @param maxConsecutiveErrors after how many failures in a row a stream table is set to ERROR
 * @param maxRetries how often a transient error is tried again
 * @param retryDelay the delay before the first retry; it doubles with each, up to a minute
 * @param differentialMaxChangeRatio under AUTO, the share of changed rows from which a refresh is always full
 * @param lockTimeout how long to wait for DDL on a source
 * @param ddlTimeout how long a requested refresh waits for one that is running
 * @param statementTimeout how long a statement may run; zero for no limit
 * @param userTriggers whether triggers of the user's on stream tables fire
 * @param maxRounds in how many rounds a circle of stream tables must come to an end
 * @since 0.1.0
 */
public record RefreshSettings(
        String catalogSchema,
        String changeBufferSchema,
        String stateSchema,
        int maxConsecutiveErrors,
        int maxRetries,
        Duration retryDelay,
        double differentialMaxChangeRatio,
        Duration lockTimeout,
        Duration ddlTimeout,
        Duration statementTimeout,
        boolean userTriggers,
        int maxRounds) {}
