package io.pgstream.engine;

import io.pgstream.QualifiedName;
import io.pgstream.Schedule;
import io.pgstream.StreamTableStatus;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.graph.DependencyGraph;
import io.pgstream.graph.Diamonds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts stream tables in the order of their dependencies and gives those with a calculated schedule one. */
final class Schedules {

    private Schedules() {}

    /**
     * The stream tables that the clock refreshes, those that are read first; their ages are not known yet.
     *
     * @param diamonds what holds for the members of a diamond
     */
    static List<ScheduledTable> of(List<StreamTableRow> rows, Schedule defaultSchedule, DiamondRules diamonds) {
        Map<QualifiedName, StreamTableRow> byName = new HashMap<>();
        Map<Long, List<StreamTableRow>> readers = new HashMap<>();
        for (StreamTableRow row : rows) {
            byName.put(row.name(), row);
            for (StreamTableRow.Dependency source : row.dependencies()) {
                readers.computeIfAbsent(source.relid(), relid -> new ArrayList<>())
                        .add(row);
            }
        }
        Map<QualifiedName, List<QualifiedName>> reads = SnapshotGroups.reads(rows);
        List<QualifiedName> order = DependencyGraph.topological(
                rows.stream().map(StreamTableRow::name).toList(), reads);
        Map<QualifiedName, Schedule> schedules = new HashMap<>();
        // Readers first: a calculated schedule is the tightest of those of its readers.
        for (int i = order.size() - 1; i >= 0; i--) {
            StreamTableRow row = byName.get(order.get(i));
            if (row != null) {
                List<StreamTableRow> ofRow = readers.getOrDefault(row.relid(), List.of());
                schedules.put(row.name(), schedule(row, ofRow, schedules, defaultSchedule));
            }
        }
        List<QualifiedName> scheduled = order.stream()
                .filter(name -> scheduled(byName.get(name), schedules.get(name)))
                .toList();
        Map<QualifiedName, List<QualifiedName>> groups = groups(reads, scheduled, byName, diamonds);
        List<ScheduledTable> result = new ArrayList<>();
        for (QualifiedName name : scheduled) {
            StreamTableRow row = Objects.requireNonNull(byName.get(name));
            result.add(new ScheduledTable(
                    row.id(),
                    name,
                    Objects.requireNonNull(schedules.get(name)),
                    null,
                    reads.getOrDefault(name, List.of()),
                    groups.getOrDefault(name, List.of(name)),
                    groups.containsKey(name) && diamonds.slowest(numbers(groups.get(name), byName))));
        }
        return result;
    }

    private static Map<QualifiedName, List<QualifiedName>> groups(
            Map<QualifiedName, List<QualifiedName>> reads,
            List<QualifiedName> scheduled,
            Map<QualifiedName, StreamTableRow> byName,
            DiamondRules diamonds) {
        Map<QualifiedName, List<QualifiedName>> groups = new HashMap<>();
        for (Set<QualifiedName> members : new Diamonds(reads).groups()) {
            List<QualifiedName> group =
                    scheduled.stream().filter(members::contains).toList();
            if (diamonds.atomic(numbers(members, byName))) {
                group.forEach(name -> groups.put(name, group));
            }
        }
        return groups;
    }

    private static List<Long> numbers(
            @Nullable Collection<QualifiedName> members, Map<QualifiedName, StreamTableRow> byName) {
        return (members == null)
                ? List.of()
                : members.stream()
                        .map(byName::get)
                        .filter(Objects::nonNull)
                        .map(StreamTableRow::id)
                        .toList();
    }

    private static boolean scheduled(@Nullable StreamTableRow row, @Nullable Schedule schedule) {
        return row != null
                && schedule != null
                && !(schedule instanceof Schedule.Manual)
                && !row.effectiveMode().synchronous()
                && (row.status() == StreamTableStatus.ACTIVE || row.status() == StreamTableStatus.INITIALIZING);
    }

    private static Schedule schedule(
            StreamTableRow row,
            List<StreamTableRow> readers,
            Map<QualifiedName, Schedule> schedules,
            Schedule defaultSchedule) {
        if (!(row.schedule() instanceof Schedule.Calculated)) {
            return row.schedule();
        }
        Duration tightest = null;
        for (StreamTableRow reader : readers) {
            Schedule schedule = schedules.get(reader.name());
            if (schedule instanceof Schedule.Live && row.differential()) {
                return schedule;
            }
            if (schedule instanceof Schedule.Every every) {
                tightest = shorter(tightest, every.interval());
            }
        }
        return (tightest == null) ? defaultSchedule : new Schedule.Every(tightest);
    }

    private static Duration shorter(@Nullable Duration first, Duration second) {
        return (first == null || first.compareTo(second) > 0) ? second : first;
    }
}
