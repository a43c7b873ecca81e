package io.pgstream;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All stream tables of a catalog, as those see them who watch over them.
 *
 * @param paused whether the scheduled refreshes of all of them are paused
 * @param tables the stream tables, in the order of their names
 * @since 0.1.0
 */
public record StreamTableOverview(boolean paused, List<Entry> tables) {

    /** By how much data may be older than its schedule before it is stale: the clock has to look, and the refresh to run. */
    public static final Duration GRACE = Duration.ofSeconds(2);

    public StreamTableOverview {
        tables = List.copyOf(tables);
    }

    /**
     * How these stream tables read each other and other tables.
     *
     * @return the graph
     */
    public StreamTableGraph graph() {
        return StreamTableGraph.of(tables);
    }

    /**
     * A stream table.
     *
     * @param name the name
     * @param status the state of its life
     * @param mode how it is brought up to date
     * @param schedule when it is refreshed, as it was asked for
     * @param interval how old its data may become, or {@code null} if its schedule does not say
     * @param sources what it reads, views resolved
     * @param dataTimestamp the server's clock at the snapshot that it equals, or {@code null} before the first load
     * @param staleness the age of its data, or {@code null} before the first load
     * @param problem the last failure since the last success, or {@code null}
     * @param driftedAt when it was found to differ from its query, or {@code null} if it was not, or was repaired since
     */
    public record Entry(
            QualifiedName name,
            StreamTableStatus status,
            RefreshMode mode,
            Schedule schedule,
            @Nullable Duration interval,
            List<QualifiedName> sources,
            @Nullable Instant dataTimestamp,
            @Nullable Duration staleness,
            @Nullable Problem problem,
            @Nullable Instant driftedAt) {

        public Entry {
            sources = List.copyOf(sources);
        }

        /**
         * Whether the data is older than the schedule allows, by more than {@link #GRACE}.
         *
         * @return {@code null} if there is no verdict: by a cron expression, on request only, suspended, or not loaded yet
         */
        public @Nullable Boolean stale() {
            return (interval == null || staleness == null) ? null : staleness.compareTo(interval.plus(GRACE)) > 0;
        }
    }

    /**
     * What is wrong with a stream table.
     *
     * @param code the stable code of the failure
     * @param message what, where and why
     * @param action what to do, if the failure said so
     * @param consecutive how many refreshes have failed in a row
     * @param at when, by the server's clock
     */
    public record Problem(
            String code,
            String message,
            @Nullable String action,
            int consecutive,
            @Nullable Instant at) {}
}
