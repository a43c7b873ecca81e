package io.pgstream.synchronous;

import io.pgstream.delta.MaintenancePlan;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Scan;
import io.pgstream.plan.SourceTable;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.sql.Identifiers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A table that a stream table reads.
 *
 * @param number its place among the tables
 * @param table the table
 * @param types the types of the columns that are used, by their names
 * @param neverNull those of them that the query was compiled to find no NULL in
 */
record SynchronousSource(int number, SourceTable table, Map<String, SqlType> types, Set<String> neverNull) {

    SynchronousSource {
        types = Collections.unmodifiableSortedMap(new TreeMap<>(types));
        neverNull = Collections.unmodifiableSortedSet(new TreeSet<>(neverNull));
    }

    static List<SynchronousSource> of(MaintenancePlan plan) {
        Map<Long, Map<String, Column>> found = new HashMap<>();
        collect(plan.root(), found);
        List<SynchronousSource> result = new ArrayList<>();
        plan.sources().forEach((table, columns) -> {
            Map<String, SqlType> types = new TreeMap<>();
            Set<String> neverNull = new TreeSet<>();
            found.getOrDefault(table.oid(), Map.of()).forEach((name, column) -> {
                if (columns.contains(name)) {
                    types.put(name, column.type());
                    if (!column.nullable()) {
                        neverNull.add(name);
                    }
                }
            });
            result.add(new SynchronousSource(result.size(), table, types, neverNull));
        });
        return result;
    }

    private static void collect(Operator operator, Map<Long, Map<String, Column>> found) {
        if (operator instanceof Scan scan) {
            scan.output()
                    .forEach(column -> found.computeIfAbsent(scan.table().oid(), oid -> new HashMap<>())
                            .put(column.name(), column));
        }
        operator.inputs().forEach(input -> collect(input, found));
    }

    /** A key of which all columns are used; empty if there is none. */
    List<String> key() {
        return keys().stream().findFirst().orElse(List.of());
    }

    /** The keys of which all columns are used. */
    List<List<String>> keys() {
        return table.keys().stream().filter(types.keySet()::containsAll).toList();
    }

    /** The columns behind an alias, each after a comma. */
    String columns(String alias) {
        return types.keySet().stream()
                .map(column -> ", " + alias + Identifiers.quote(column))
                .collect(Collectors.joining());
    }
}
