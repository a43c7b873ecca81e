package io.pgstream.feed;

import java.time.Duration;

/**
 * How change feeds are kept.
 *
 * @param catalogSchema the schema of the catalog, not quoted
 * @param stateSchema the schema of the logs, not quoted
 * @param application whose listeners these are
 * @param lockTimeout how long triggers are waited for before the next attempt
 * @param retention how long changes wait for a listener, and how long a listener may be away
 * @param resetAbove how many changes of one transaction are told one by one at most
 * @since 0.1.0
 */
public record FeedSettings(
        String catalogSchema,
        String stateSchema,
        String application,
        Duration lockTimeout,
        Duration retention,
        int resetAbove) {}
