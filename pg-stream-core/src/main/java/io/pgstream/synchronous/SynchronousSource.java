package io.pgstream.synchronous;

import io.pgstream.delta.MaintenancePlan;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Scan;
import io.pgstream.plan.SourceTable;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.sql.Identifiers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A table that a stream table reads.
 *
 * @param number its place among the tables
 * @param table the table
 * @param types the types of the columns that are used, by their names
 */
record SynchronousSource(int number, SourceTable table, Map<String, SqlType> types) {

    SynchronousSource {
        types = Collections.unmodifiableSortedMap(new TreeMap<>(types));
    }

    static List<SynchronousSource> of(MaintenancePlan plan) {
        Map<Long, Map<String, SqlType>> types = new HashMap<>();
        collect(plan.root(), types);
        List<SynchronousSource> result = new ArrayList<>();
        plan.sources().forEach((table, columns) -> {
            Map<String, SqlType> known = types.getOrDefault(table.oid(), Map.of());
            result.add(new SynchronousSource(
                    result.size(), table, columns.stream().collect(Collectors.toMap(column -> column, known::get))));
        });
        return result;
    }

    private static void collect(Operator operator, Map<Long, Map<String, SqlType>> types) {
        if (operator instanceof Scan scan) {
            scan.output()
                    .forEach(column -> types.computeIfAbsent(scan.table().oid(), oid -> new HashMap<>())
                            .put(column.name(), column.type()));
        }
        operator.inputs().forEach(input -> collect(input, types));
    }

    /** A key of which all columns are used; empty if there is none. */
    List<String> key() {
        return table.keys().stream()
                .filter(types.keySet()::containsAll)
                .findFirst()
                .orElse(List.of());
    }

    /** The columns behind an alias, each after a comma. */
    String columns(String alias) {
        return types.keySet().stream()
                .map(column -> ", " + alias + Identifiers.quote(column))
                .collect(Collectors.joining());
    }
}
