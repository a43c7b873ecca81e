package io.pgstream.autoconfigure.actuate;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableOverview;
import io.pgstream.StreamTableStatus;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A stream table in the endpoint's list.
 *
 * @param name the name
 * @param status the state of its life
 * @param mode the mode that its refreshes run in
 * @param schedule when it is refreshed
 * @param dataTimestamp the time that its rows stand for, by the server's clock
 * @param staleness how old its rows were when the list was made
 * @param stale whether that is older than the schedule allows; missing where the schedule does not say
 * @param driftedAt when it was found to differ from its query; missing if it was not, or was repaired since
 * @param error the last failure since the last success
 * @since 0.1.0
 */
public record StreamTableSummaryDescriptor(
        String name,
        StreamTableStatus status,
        RefreshMode mode,
        String schedule,
        @Nullable Instant dataTimestamp,
        @Nullable Duration staleness,
        @Nullable Boolean stale,
        @Nullable Instant driftedAt,
        @Nullable ErrorDescriptor error) {

    static StreamTableSummaryDescriptor of(StreamTableOverview.Entry table) {
        return new StreamTableSummaryDescriptor(
                table.name().toString(),
                table.status(),
                table.mode(),
                table.schedule().text(),
                table.dataTimestamp(),
                table.staleness(),
                table.stale(),
                table.driftedAt(),
                ErrorDescriptor.of(table.problem()));
    }
}
