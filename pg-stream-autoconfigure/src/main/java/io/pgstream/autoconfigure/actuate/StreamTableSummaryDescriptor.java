package io.pgstream.autoconfigure.actuate;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableInfo;
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
 * @param lastError the last failure since the last success
 * @since 0.1.0
 */
public record StreamTableSummaryDescriptor(
        String name,
        StreamTableStatus status,
        RefreshMode mode,
        String schedule,
        @Nullable Instant dataTimestamp,
        @Nullable Duration staleness,
        @Nullable String lastError) {

    static StreamTableSummaryDescriptor of(StreamTableInfo info) {
        return new StreamTableSummaryDescriptor(
                info.name().toString(),
                info.status(),
                info.effectiveMode(),
                info.schedule().text(),
                info.dataTimestamp(),
                info.staleness(),
                info.lastError());
    }
}
