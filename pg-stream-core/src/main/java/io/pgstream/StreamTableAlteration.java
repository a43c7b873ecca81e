package io.pgstream;

import org.jspecify.annotations.Nullable;

/**
 * What to change of a stream table; what is {@code null} stays.
 *
 * @param query the new defining query
 * @param schedule the new schedule
 * @param mode the new mode
 * @since 0.1.0
 */
public record StreamTableAlteration(
        @Nullable String query,
        @Nullable Schedule schedule,
        @Nullable RefreshMode mode) {

    /**
     * Changes the query.
     *
     * @param query the new defining query
     * @return the alteration
     */
    public static StreamTableAlteration query(String query) {
        return new StreamTableAlteration(query, null, null);
    }

    /**
     * Changes the schedule.
     *
     * @param schedule the new schedule
     * @return the alteration
     */
    public static StreamTableAlteration schedule(Schedule schedule) {
        return new StreamTableAlteration(null, schedule, null);
    }

    /**
     * Changes the mode.
     *
     * @param mode the new mode
     * @return the alteration
     */
    public static StreamTableAlteration mode(RefreshMode mode) {
        return new StreamTableAlteration(null, null, mode);
    }
}
