package io.pgstream.plan;

import io.pgstream.QualifiedName;
import java.util.List;

/**
 * A table that a query reads, as the catalog of PostgreSQL describes it.
 *
 * @param oid the table's object identifier
 * @param name the table, with its schema
 * @param keys the column sets that are unique and never NULL, the primary key first
 * @param indexes the leading columns of each valid, complete btree index
 * @param rows the planner's estimate of its rows
 * @since 0.1.0
 */
public record SourceTable(
        long oid, QualifiedName name, List<List<String>> keys, List<List<String>> indexes, long rows) {

    public SourceTable {
        keys = keys.stream().map(List::copyOf).toList();
        indexes = indexes.stream().map(List::copyOf).toList();
    }

    /** Whether an index starts with exactly these columns, in any order, or with some of them. */
    public boolean canProbe(java.util.Collection<String> columns) {
        return indexes.stream().anyMatch(index -> columns.contains(index.get(0)));
    }
}
