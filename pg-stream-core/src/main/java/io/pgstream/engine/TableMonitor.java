package io.pgstream.engine;

import io.pgstream.QualifiedName;
import io.pgstream.RefreshAttempt;
import io.pgstream.Schedule;
import io.pgstream.StreamTableMonitor;
import io.pgstream.StreamTableOverview;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.Freshness;
import io.pgstream.catalog.MonitorQueries;
import io.pgstream.catalog.StreamTableRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the catalog for those who watch over stream tables. */
final class TableMonitor implements StreamTableMonitor {

    /** What is refreshed together does not matter to schedules. */
    private static final DiamondRules EACH_FOR_ITSELF = new DiamondRules(GraphSettings.defaults(), Map.of());

    private final Sessions sessions;

    private final Catalog catalog;

    private final TableLookup tables;

    private final MonitorQueries queries;

    private final EngineSettings settings;

    TableMonitor(Sessions sessions, Catalog catalog, TableLookup tables, EngineSettings settings) {
        this.sessions = sessions;
        this.catalog = catalog;
        this.tables = tables;
        this.queries = new MonitorQueries(settings.catalogSchema());
        this.settings = settings;
    }

    @Override
    public StreamTableOverview overview() {
        return sessions.work("The stream tables cannot be read", session -> {
            List<StreamTableRow> rows = catalog.all(session);
            Map<Long, MonitorQueries.Condition> conditions = queries.conditions(session);
            return new StreamTableOverview(queries.paused(session), entries(rows, conditions));
        });
    }

    private List<StreamTableOverview.Entry> entries(
            List<StreamTableRow> rows, Map<Long, MonitorQueries.Condition> conditions) {
        Map<QualifiedName, Duration> intervals = new HashMap<>();
        for (ScheduledTable table : Schedules.of(rows, settings.defaultSchedule(), EACH_FOR_ITSELF)) {
            Duration interval = interval(table.schedule());
            if (interval != null) {
                intervals.put(table.name(), interval);
            }
        }
        List<StreamTableOverview.Entry> entries = new ArrayList<>();
        for (StreamTableRow row : rows) {
            MonitorQueries.Condition condition = conditions.get(row.id());
            // One that was dropped meanwhile has no condition.
            if (condition != null) {
                entries.add(entry(row, condition, intervals.get(row.name())));
            }
        }
        return entries;
    }

    private static StreamTableOverview.Entry entry(
            StreamTableRow row, MonitorQueries.Condition condition, @Nullable Duration interval) {
        Freshness freshness = condition.freshness();
        return new StreamTableOverview.Entry(
                row.name(),
                row.status(),
                row.effectiveMode(),
                row.schedule(),
                interval,
                row.dependencies().stream().map(StreamTableRow.Dependency::name).toList(),
                (freshness == null) ? null : freshness.dataTimestamp(),
                (freshness == null) ? null : freshness.staleness(),
                condition.problem(),
                condition.driftedAt());
    }

    private static @Nullable Duration interval(Schedule schedule) {
        if (schedule instanceof Schedule.Every every) {
            return every.interval();
        }
        return (schedule instanceof Schedule.Live) ? Duration.ofSeconds(1) : null;
    }

    @Override
    public Map<QualifiedName, Long> pendingChanges() {
        return sessions.statement(
                "The captured changes cannot be counted", session -> queries.pendingChanges(session, COUNTED_CHANGES));
    }

    @Override
    public Map<String, Long> bufferSizes() {
        return sessions.statement("The change buffers cannot be measured", queries::bufferSizes);
    }

    @Override
    public List<RefreshAttempt> attempts(String name, int limit) {
        StreamTableRow row = tables.row(name);
        return sessions.statement(
                "The history of " + row.name() + " cannot be read",
                session -> queries.attempts(session, row.id(), limit));
    }
}
