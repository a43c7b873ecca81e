package io.pgstream.engine;

import io.pgstream.QualifiedName;
import io.pgstream.Schedule;
import io.pgstream.StreamTableStatus;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.graph.DependencyGraph;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts stream tables in the order of their dependencies and gives those with a calculated schedule one. */
final class Schedules {

    private Schedules() {}

    static List<ScheduledTable> of(List<StreamTableRow> rows, Map<Long, Duration> ages, Schedule defaultSchedule) {
        Map<QualifiedName, StreamTableRow> byName = new HashMap<>();
        Map<QualifiedName, List<QualifiedName>> reads = new HashMap<>();
        for (StreamTableRow row : rows) {
            byName.put(row.name(), row);
            reads.put(row.name(), sources(row));
        }
        List<QualifiedName> order = DependencyGraph.topological(
                rows.stream().map(StreamTableRow::name).toList(), reads);
        Map<QualifiedName, Schedule> schedules = new HashMap<>();
        // Readers first: a calculated schedule is the tightest of those of its readers.
        for (int i = order.size() - 1; i >= 0; i--) {
            StreamTableRow row = byName.get(order.get(i));
            if (row != null) {
                schedules.put(row.name(), schedule(row, rows, schedules, defaultSchedule));
            }
        }
        List<ScheduledTable> result = new ArrayList<>();
        for (QualifiedName name : order) {
            StreamTableRow row = byName.get(name);
            Schedule schedule = schedules.get(name);
            if (row != null && schedule != null && scheduled(row, schedule)) {
                result.add(new ScheduledTable(name, schedule, ages.get(row.id()), sources(row)));
            }
        }
        return result;
    }

    private static boolean scheduled(StreamTableRow row, Schedule schedule) {
        return !(schedule instanceof Schedule.Manual)
                && !row.effectiveMode().synchronous()
                && (row.status() == StreamTableStatus.ACTIVE || row.status() == StreamTableStatus.INITIALIZING);
    }

    private static List<QualifiedName> sources(StreamTableRow row) {
        return row.dependencies().stream().map(StreamTableRow.Dependency::name).toList();
    }

    private static Schedule schedule(
            StreamTableRow row,
            List<StreamTableRow> rows,
            Map<QualifiedName, Schedule> schedules,
            Schedule defaultSchedule) {
        if (!(row.schedule() instanceof Schedule.Calculated)) {
            return row.schedule();
        }
        Duration tightest = null;
        for (StreamTableRow reader : rows) {
            boolean reads = reader.dependencies().stream().anyMatch(source -> source.relid() == row.relid());
            if (reads && schedules.get(reader.name()) instanceof Schedule.Every every) {
                tightest = shorter(tightest, every.interval());
            }
        }
        return (tightest == null) ? defaultSchedule : new Schedule.Every(tightest);
    }

    private static Duration shorter(@Nullable Duration first, Duration second) {
        return (first == null || first.compareTo(second) > 0) ? second : first;
    }
}
