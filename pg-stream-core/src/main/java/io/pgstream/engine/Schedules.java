package io.pgstream.engine;

import io.pgstream.QualifiedName;
import io.pgstream.Schedule;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.graph.Circles;
import io.pgstream.graph.Diamonds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
        rows.forEach(row -> byName.put(row.name(), row));
        Map<QualifiedName, List<QualifiedName>> reads = SnapshotGroups.reads(rows);
        Circles circles = new Circles(rows.stream().map(StreamTableRow::name).toList(), reads);
        List<QualifiedName> order = circles.order();
        Map<QualifiedName, Schedule> schedules = schedules(rows, order, circles, defaultSchedule);
        Set<QualifiedName> scheduled = order.stream()
                .filter(name -> refreshed(name, byName, circles) && !(schedules.get(name) instanceof Schedule.Manual))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        Map<QualifiedName, List<QualifiedName>> groups =
                groups(reads, List.copyOf(scheduled), circles, byName, diamonds);
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
            Circles circles,
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
        for (List<QualifiedName> circle : circles.all()) {
            List<QualifiedName> group =
                    scheduled.stream().filter(circle::contains).toList();
            group.forEach(name -> groups.putIfAbsent(name, group));
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

    /** Whether a table, and all that are in a circle with it, are refreshed. */
    private static boolean refreshed(QualifiedName name, Map<QualifiedName, StreamTableRow> byName, Circles circles) {
        return Stream.concat(Stream.of(name), circles.of(name).stream())
                .map(byName::get)
                .allMatch(row -> row != null && SnapshotGroups.refreshed(row));
    }

    /** The schedule of each table: a calculated one is the tightest of those of its readers. */
    private static Map<QualifiedName, Schedule> schedules(
            List<StreamTableRow> rows, List<QualifiedName> order, Circles circles, Schedule defaultSchedule) {
        Map<Long, List<StreamTableRow>> readers = new HashMap<>();
        Map<QualifiedName, StreamTableRow> byName = new HashMap<>();
        Map<QualifiedName, Schedule> schedules = new HashMap<>();
        for (StreamTableRow row : rows) {
            byName.put(row.name(), row);
            for (StreamTableRow.Dependency source : row.dependencies()) {
                readers.computeIfAbsent(source.relid(), relid -> new ArrayList<>())
                        .add(row);
            }
            if (!(row.schedule() instanceof Schedule.Calculated)) {
                schedules.put(row.name(), row.schedule());
            }
        }
        // Readers first.
        for (int i = order.size() - 1; i >= 0; i--) {
            StreamTableRow row = Objects.requireNonNull(byName.get(order.get(i)));
            List<StreamTableRow> ofRow = readers.getOrDefault(row.relid(), List.of());
            if (!circles.of(row.name()).isEmpty()) {
                List<StreamTableRow> members = circles.of(row.name()).stream()
                        .map(name -> Objects.requireNonNull(byName.get(name)))
                        .toList();
                Schedule schedule = ofCircle(members, readers, schedules, defaultSchedule);
                members.forEach(member -> schedules.put(member.name(), schedule));
                i -= members.size() - 1;
            } else if (row.schedule() instanceof Schedule.Calculated) {
                schedules.put(row.name(), tightest(row, ofRow, schedules, defaultSchedule));
            }
        }
        return schedules;
    }

    /** What is refreshed as one is due as one: the tightest schedule of its members and readers. */
    private static Schedule ofCircle(
            List<StreamTableRow> members,
            Map<Long, List<StreamTableRow>> readers,
            Map<QualifiedName, Schedule> schedules,
            Schedule defaultSchedule) {
        List<StreamTableRow> deciding = members.stream()
                .flatMap(member ->
                        Stream.concat(Stream.of(member), readers.getOrDefault(member.relid(), List.of()).stream()))
                .distinct()
                .toList();
        boolean calculated = members.stream().anyMatch(member -> member.schedule() instanceof Schedule.Calculated);
        boolean decided = deciding.stream()
                .map(row -> schedules.get(row.name()))
                .anyMatch(schedule -> schedule instanceof Schedule.Every || schedule instanceof Schedule.Live);
        StreamTableRow limiting = members.stream()
                .filter(member -> !member.differential())
                .findFirst()
                .orElse(members.get(0));
        if (decided || calculated) {
            return tightest(limiting, deciding, schedules, defaultSchedule);
        }
        return members.stream()
                .map(StreamTableRow::schedule)
                .filter(Schedule.Cron.class::isInstance)
                .findFirst()
                .orElse(members.get(0).schedule());
    }

    /** @param deciding those whose schedules decide: tables that read it, or are in a circle with it */
    private static Schedule tightest(
            StreamTableRow row,
            List<StreamTableRow> deciding,
            Map<QualifiedName, Schedule> schedules,
            Schedule defaultSchedule) {
        Duration tightest = null;
        for (StreamTableRow reader : deciding) {
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
