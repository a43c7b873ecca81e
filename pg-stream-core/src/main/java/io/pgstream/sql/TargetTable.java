package io.pgstream.sql;

import io.pgstream.plan.expr.Column;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table that the engine writes: a stream table, or the state of an operator.
 *
 * @since 0.1.0
 */
public final class TargetTable {

    private final String sqlName;

    private final Map<Column, String> names = new LinkedHashMap<>();

    private final @Nullable List<Column> key;

    /**
     * @param sqlName the table as SQL writes it
     * @param columns the columns, in the order of the table
     * @param columnNames their names in the table, not quoted
     * @param key the columns that identify a row, or {@code null} for a bag
     */
    public TargetTable(String sqlName, List<Column> columns, List<String> columnNames, @Nullable List<Column> key) {
        this.sqlName = sqlName;
        for (int i = 0; i < columns.size(); i++) {
            names.put(columns.get(i), Identifiers.quote(columnNames.get(i)));
        }
        this.key = key;
    }

    public String sqlName() {
        return sqlName;
    }

    public List<Column> columns() {
        return List.copyOf(names.keySet());
    }

    public @Nullable List<Column> key() {
        return key;
    }

    /** Whether a column is one of the table's. */
    public boolean has(Column column) {
        return names.containsKey(column);
    }

    /** A column's quoted name. */
    public String name(Column column) {
        String name = names.get(column);
        if (name == null) {
            throw new IllegalStateException(sqlName + " has no column for " + column);
        }
        return name;
    }

    /** A column behind an alias. */
    public String name(String alias, Column column) {
        return alias + "." + name(column);
    }

    /** The index expression by which rows of a bag, and rows with a key that can be NULL, are found. */
    public String hashIndexExpression() {
        return RowMatch.hash(hashColumns(), this::name);
    }

    /** Whether rows are found by a hash rather than by the columns of the key. */
    public boolean hashed() {
        return key == null || RowMatch.needsHash(key);
    }

    private List<Column> hashColumns() {
        return (key == null) ? columns() : key;
    }
}
