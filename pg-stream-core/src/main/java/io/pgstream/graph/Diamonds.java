package io.pgstream.graph;

import io.pgstream.QualifiedName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the stream tables that reach one table on several ways: unless those on the ways are refreshed at one snapshot, the
 * table at the end combines different moments of its beginning.
 *
 * @since 0.1.0
 */
public final class Diamonds {

    private final Circles circles;

    /** Each circle is one table. */
    private final Map<QualifiedName, List<QualifiedName>> reads;

    private final Map<QualifiedName, Set<QualifiedName>> below = new HashMap<>();

    /** @param reads what each stream table reads: tables that are no keys are no stream tables */
    public Diamonds(Map<QualifiedName, List<QualifiedName>> reads) {
        this.circles = new Circles(List.copyOf(reads.keySet()), reads);
        this.reads = new LinkedHashMap<>(circles.condensed(reads));
    }

    /** A table and everything that it reads, directly or through others. */
    private Set<QualifiedName> below(QualifiedName name) {
        Set<QualifiedName> known = below.get(name);
        if (known != null) {
            return known;
        }
        Set<QualifiedName> all = new HashSet<>();
        all.add(name);
        for (QualifiedName source : reads.getOrDefault(name, List.of())) {
            all.addAll(below(source));
        }
        below.put(name, all);
        return all;
    }

    /** The groups of stream tables that belong to diamonds, circles among them as a whole; no table is in two of them. */
    public List<Set<QualifiedName>> groups() {
        return condensedGroups().stream().map(circles::completed).toList();
    }

    private List<Set<QualifiedName>> condensedGroups() {
        List<Set<QualifiedName>> groups = new ArrayList<>();
        for (QualifiedName end : reads.keySet()) {
            Set<QualifiedName> members = membersOf(end);
            if (!members.isEmpty()) {
                members.add(end);
                join(groups, condensedClosed(members));
            }
        }
        return groups;
    }

    /** Those that lie between the end and a table that the end also reaches on another way. */
    private Set<QualifiedName> membersOf(QualifiedName end) {
        Set<QualifiedName> members = new HashSet<>();
        Set<QualifiedName> sources = new LinkedHashSet<>(reads.getOrDefault(end, List.of()));
        for (QualifiedName source : sources) {
            for (QualifiedName table : below(source)) {
                if (reads.containsKey(table)
                        && sources.stream()
                                .anyMatch(
                                        other -> !other.equals(source) && meetsBelow(table, reachable(other, table)))) {
                    members.add(table);
                }
            }
        }
        return members;
    }

    private boolean meetsBelow(QualifiedName table, Set<QualifiedName> reached) {
        return below(table).stream().anyMatch(other -> !other.equals(table) && reached.contains(other));
    }

    /** What a table reaches without going through another one. */
    private Set<QualifiedName> reachable(QualifiedName from, QualifiedName avoided) {
        if (!below(from).contains(avoided)) {
            return below(from);
        }
        Set<QualifiedName> reached = new HashSet<>();
        Deque<QualifiedName> waiting = new ArrayDeque<>(List.of(from));
        while (!waiting.isEmpty()) {
            QualifiedName table = waiting.pop();
            if (!table.equals(avoided) && reached.add(table)) {
                waiting.addAll(reads.getOrDefault(table, List.of()));
            }
        }
        return reached;
    }

    private void join(List<Set<QualifiedName>> groups, Set<QualifiedName> group) {
        Set<QualifiedName> joined = group;
        boolean again = true;
        while (again) {
            Set<QualifiedName> all = new HashSet<>(joined);
            again = groups.removeIf(other -> {
                boolean overlaps = other.stream().anyMatch(all::contains);
                if (overlaps) {
                    all.addAll(other);
                }
                return overlaps;
            });
            joined = condensedClosed(all);
        }
        groups.add(joined);
    }

    /** A set of stream tables with all that lie between two of them, or in a circle with one of them. */
    public Set<QualifiedName> closed(Set<QualifiedName> chosen) {
        Set<QualifiedName> condensed = new LinkedHashSet<>();
        chosen.forEach(name -> condensed.add(circles.representative(name)));
        return circles.completed(condensedClosed(condensed));
    }

    private Set<QualifiedName> condensedClosed(Set<QualifiedName> chosen) {
        Set<QualifiedName> result = new HashSet<>(chosen);
        for (QualifiedName table : reads.keySet()) {
            boolean reachesOne =
                    below(table).stream().anyMatch(other -> !other.equals(table) && chosen.contains(other));
            boolean read = reachesOne
                    && chosen.stream()
                            .anyMatch(other ->
                                    !other.equals(table) && below(other).contains(table));
            if (read) {
                result.add(table);
            }
        }
        return result;
    }
}
