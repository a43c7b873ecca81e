package io.pgstream.autoconfigure.actuate;

import io.pgstream.QualifiedName;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableInfo;
import io.pgstream.StreamTableOverview;
import io.pgstream.StreamTableStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream table in detail, as the endpoint shows it.
 *
 * @param name the name
 * @param status the state of its life
 * @param query the defining query
 * @param sources what the query reads
 * @param readers the stream tables that read it
 * @param requestedMode the mode that was asked for
 * @param mode the mode that its refreshes run in
 * @param fullReason why it is not refreshed differentially
 * @param schedule when it is refreshed
 * @param interval how old its rows may become; missing where the schedule does not say
 * @param dataTimestamp the time that its rows stand for, by the server's clock
 * @param staleness how old its rows were when this was made
 * @param stale whether that is older than the schedule allows; missing where the schedule does not say
 * @param pendingChanges how many captured changes it has not applied yet; missing where it does not live by them
 * @param driftedAt when it was found to differ from its query; missing if it was not, or was repaired since
 * @param error the last failure since the last success
 * @param lastRefresh the last refresh that wrote something
 * @since 0.1.0
 */
public record StreamTableDescriptor(
        String name,
        StreamTableStatus status,
        String query,
        List<String> sources,
        List<String> readers,
        RefreshMode requestedMode,
        RefreshMode mode,
        @Nullable String fullReason,
        String schedule,
        @Nullable Duration interval,
        @Nullable Instant dataTimestamp,
        @Nullable Duration staleness,
        @Nullable Boolean stale,
        @Nullable Long pendingChanges,
        @Nullable Instant driftedAt,
        @Nullable ErrorDescriptor error,
        @Nullable RefreshDescriptor lastRefresh) {

    public StreamTableDescriptor {
        sources = List.copyOf(sources);
        readers = List.copyOf(readers);
    }

    static StreamTableDescriptor of(
            StreamTableInfo info,
            StreamTableOverview.@Nullable Entry table,
            List<QualifiedName> readers,
            @Nullable Long pendingChanges) {
        RefreshResult last = info.lastRefresh();
        return new StreamTableDescriptor(
                info.name().toString(),
                info.status(),
                info.query(),
                names(info.sources()),
                names(readers),
                info.requestedMode(),
                info.effectiveMode(),
                info.fullReason(),
                info.schedule().text(),
                (table != null) ? table.interval() : null,
                info.dataTimestamp(),
                info.staleness(),
                (table != null) ? table.stale() : null,
                pendingChanges,
                (table != null) ? table.driftedAt() : null,
                (table != null) ? ErrorDescriptor.of(table.problem()) : null,
                (last != null) ? RefreshDescriptor.of(last) : null);
    }

    private static List<String> names(List<QualifiedName> names) {
        return names.stream().map(QualifiedName::toString).toList();
    }
}
