package io.pgstream.samples.quickstart.dashboard;

import io.pgstream.RefreshResult;
import io.pgstream.StreamTableInfo;
import io.pgstream.StreamTableOperations;
import io.pgstream.samples.quickstart.dashboard.Snapshot.Refresh;
import io.pgstream.samples.quickstart.database.DatabaseInfo;
import io.pgstream.samples.quickstart.database.DatabaseInspector;
import io.pgstream.samples.quickstart.workload.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Takes snapshots; readers that come together share one, so that many open pages cost what one costs. */
final class Dashboard {

    private static final Duration MAXIMUM_AGE = Duration.ofMillis(500);

    private static final double NANOS_PER_MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    private final StreamTableOperations streamTables;

    private final RefreshLog refreshLog;

    private final RecomputeMeter recomputeMeter;

    private final RowReader rowReader;

    private final Workload workload;

    private final DatabaseInspector databaseInspector;

    private @Nullable DatabaseInfo database;

    private @Nullable Snapshot latest;

    Dashboard(
            StreamTableOperations streamTables,
            RefreshLog refreshLog,
            RecomputeMeter recomputeMeter,
            RowReader rowReader,
            Workload workload,
            DatabaseInspector databaseInspector) {
        this.streamTables = streamTables;
        this.refreshLog = refreshLog;
        this.recomputeMeter = recomputeMeter;
        this.rowReader = rowReader;
        this.workload = workload;
        this.databaseInspector = databaseInspector;
    }

    /**
     * Returns a snapshot that is hardly older than the call.
     *
     * @return the snapshot
     */
    synchronized Snapshot snapshot() {
        Instant now = Instant.now();
        if (latest == null || latest.at().plus(MAXIMUM_AGE).isBefore(now)) {
            latest = take(now);
        }
        return latest;
    }

    private Snapshot take(Instant now) {
        if (database == null) {
            database = databaseInspector.inspect();
        }
        List<Snapshot.Table> tables = streamTables.list().stream()
                .sorted(Comparator.comparingInt(
                        info -> Card.of(info.name().name()).position()))
                .map(this::table)
                .toList();
        return new Snapshot(now, database, workload.status(), tables);
    }

    private Snapshot.Table table(StreamTableInfo info) {
        Card card = Card.of(info.name().name());
        List<Refresh> history =
                refreshLog.latest(info.name()).stream().map(Dashboard::refresh).toList();
        return new Snapshot.Table(
                info.name().toString(),
                card.title(),
                card.summary(),
                info.query(),
                info.schedule().text(),
                info.effectiveMode(),
                info.fullReason(),
                info.status(),
                info.lastError(),
                (info.staleness() != null) ? info.staleness().toMillis() : null,
                refreshLog.count(info.name()),
                history.isEmpty() ? null : history.get(history.size() - 1),
                median(history),
                recomputeMeter.latest(info.name()),
                history,
                rowReader.read(info.name().toString(), card));
    }

    private static Refresh refresh(RefreshResult result) {
        return new Refresh(
                result.startedAt(),
                result.outcome(),
                result.duration().toNanos() / NANOS_PER_MILLISECOND,
                result.changes(),
                result.inserted(),
                result.updated(),
                result.deleted());
    }

    private static @Nullable Double median(List<Refresh> history) {
        if (history.isEmpty()) {
            return null;
        }
        double[] sorted = history.stream().mapToDouble(Refresh::millis).sorted().toArray();
        int middle = sorted.length / 2;
        return (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
