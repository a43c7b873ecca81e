package io.pgstream.engine;

import io.pgstream.QualifiedName;
import io.pgstream.StreamTableStatus;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.graph.DependencyGraph;
import io.pgstream.graph.Diamonds;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Which stream tables are refreshed together, in the order in which that happens. */
final class SnapshotGroups {

    private SnapshotGroups() {}

    /** All that are refreshed at all. */
    static List<QualifiedName> all(List<StreamTableRow> rows) {
        Set<QualifiedName> left = rows.stream()
                .filter(row -> !refreshed(row))
                .map(StreamTableRow::name)
                .collect(Collectors.toSet());
        // A circle of which one is not refreshed is not refreshed at all.
        List<QualifiedName> names = rows.stream()
                .filter(row -> refreshed(row) && row.circle().stream().noneMatch(left::contains))
                .map(StreamTableRow::name)
                .toList();
        return DependencyGraph.topological(names, reads(rows));
    }

    /** The chosen ones, and those between two of them. */
    static List<QualifiedName> of(List<StreamTableRow> rows, Collection<QualifiedName> chosen) {
        Map<QualifiedName, List<QualifiedName>> reads = reads(rows);
        Set<QualifiedName> group = new Diamonds(reads).closed(new HashSet<>(chosen));
        return DependencyGraph.topological(
                rows.stream()
                        .filter(row -> !row.effectiveMode().synchronous())
                        .map(StreamTableRow::name)
                        .filter(group::contains)
                        .toList(),
                reads);
    }

    static boolean refreshed(StreamTableRow row) {
        return !row.effectiveMode().synchronous()
                && (row.status() == StreamTableStatus.ACTIVE || row.status() == StreamTableStatus.INITIALIZING);
    }

    /** What each stream table reads, other stream tables and other tables. */
    static Map<QualifiedName, List<QualifiedName>> reads(List<StreamTableRow> rows) {
        Map<QualifiedName, List<QualifiedName>> reads = new HashMap<>();
        for (StreamTableRow row : rows) {
            List<QualifiedName> sources = new ArrayList<>();
            row.dependencies().forEach(dependency -> sources.add(dependency.name()));
            reads.put(row.name(), sources);
        }
        return reads;
    }
}
