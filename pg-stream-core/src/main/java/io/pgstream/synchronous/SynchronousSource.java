package io.pgstream.synchronous;

import io.pgstream.plan.SourceTable;
import io.pgstream.sql.Identifiers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A table that a stream table reads.
 *
 * @param number its place among the tables
 * @param table the table
 * @param columns the columns that are used, quoted
 */
record SynchronousSource(int number, SourceTable table, List<String> columns) {

    SynchronousSource {
        columns = List.copyOf(columns);
    }

    static List<SynchronousSource> of(java.util.Map<SourceTable, Set<String>> sources) {
        List<SynchronousSource> result = new ArrayList<>();
        sources.forEach((table, columns) -> result.add(new SynchronousSource(
                result.size(),
                table,
                new TreeSet<>(columns).stream().map(Identifiers::quote).toList())));
        return result;
    }

    /** What stands for it in the list of the changed sources. */
    String token() {
        return number + ";";
    }

    /** The columns behind an alias, each after a comma. */
    String columns(String alias) {
        return columns.stream().map(column -> ", " + alias + column).collect(Collectors.joining());
    }
}
