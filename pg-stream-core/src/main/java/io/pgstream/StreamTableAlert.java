package io.pgstream;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something that operators may want to know of a stream table. It holds no data of rows.
 *
 * @param event what it is
 * @param name the stream table; of {@link Event#BUFFER_GROWTH_WARNING} the table whose changes are buffered
 * @param at when it was noticed, by the clock of this machine
 * @param refresh what the refresh did, of {@link Event#REFRESH_COMPLETED}
 * @param code why, of {@link Event#REFRESH_FAILED} and {@link Event#AUTO_SUSPENDED}
 * @param staleness how old the data is, of {@link Event#STALE_DATA}
 * @param bufferBytes how much is buffered, of {@link Event#BUFFER_GROWTH_WARNING}
 * @since 0.1.0
 */
public record StreamTableAlert(
        Event event,
        QualifiedName name,
        Instant at,
        @Nullable RefreshResult refresh,
        @Nullable ErrorCode code,
        @Nullable Duration staleness,
        @Nullable Long bufferBytes) {

    /** What an alert is about. */
    public enum Event {

        /** The data is older than twice the schedule; said once until it is fresh again. */
        STALE_DATA,

        /** Refreshes have failed so often that the table is in {@link StreamTableStatus#ERROR}. */
        AUTO_SUSPENDED,

        /** A source was altered in a way that makes the table be defined and loaded anew. */
        REINITIALIZE_NEEDED,

        /** More changes are buffered than {@code pg-stream.buffer-growth-warning}; said once until they are fewer again. */
        BUFFER_GROWTH_WARNING,

        /** A refresh has written something, or run the whole query. */
        REFRESH_COMPLETED,

        /** A refresh has failed, after its retries. */
        REFRESH_FAILED;

        /**
         * The event as {@code NOTIFY} names it.
         *
         * @return the name in lower case
         */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * An alert of which there is nothing more to say.
     *
     * @param event what it is
     * @param name the stream table
     * @param at when it was noticed
     * @return the alert
     */
    public static StreamTableAlert of(Event event, QualifiedName name, Instant at) {
        return new StreamTableAlert(event, name, at, null, null, null, null);
    }
}
