package io.pgstream.sql;

import io.pgstream.plan.expr.Column;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
    private final @Nullable List<Column> partition;
    private final @Nullable List<Column> unique;

    /**
     * @param sqlName the table as SQL writes it
     * @param columns the columns, in the order of the table
     * @param columnNames their names in the table, not quoted
     * @param key the columns that identify a row, or {@code null} for a bag
     */
    public TargetTable(String sqlName, List<Column> columns, List<String> columnNames, @Nullable List<Column> key) {
        this(sqlName, columns, columnNames, key, null, key);
    }

    private TargetTable(
            String sqlName,
            List<Column> columns,
            List<String> columnNames,
            @Nullable List<Column> key,
            @Nullable List<Column> partition,
            @Nullable List<Column> unique) {
        this.unique = unique;
        this.sqlName = sqlName;
        this.partition = partition;
        for (int i = 0; i < columns.size(); i++) {
            names.put(columns.get(i), Identifiers.quote(columnNames.get(i)));
        }
        this.key = key;
    }

    /** A table with the same columns and the same key under another name, as SQL writes it. */
    public TargetTable at(String otherName) {
        TargetTable other = new TargetTable(otherName, List.of(), List.of(), key, partition, unique);
        other.names.putAll(names);
        return other;
    }

    /**
     * A bag whose rows are looked up by some of its columns.
     *
     * @param partition these columns; none if all rows are looked up at once
     * @param unique columns that no two rows share, if there are any
     */
    public static TargetTable partitioned(
            String sqlName,
            List<Column> columns,
            List<String> columnNames,
            List<Column> partition,
            @Nullable List<Column> unique) {
        return new TargetTable(sqlName, columns, columnNames, null, List.copyOf(partition), unique);
    }

    /** Columns that no two rows share, by which rows can be paired; {@code null} if there are none. */
    @Nullable
    List<Column> unique() {
        return (unique == null || unique.isEmpty()) ? null : unique;
    }

    /** The columns by which its rows are looked up, if it was made by {@link #partitioned}. */
    public @Nullable List<Column> partition() {
        return partition;
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

    /** The columns that a row with the same key can have otherwise: equal values of a key can look different. */
    List<Column> beside(List<Column> columns) {
        return columns().stream()
                .filter(column -> !columns.contains(column)
                        || (column.type().groupable() && !column.type().exact()))
                .toList();
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

    /** Whether rows are found by a hash that is made of texts, too. */
    public boolean hashesText() {
        return hashed() && RowMatch.hashesText(hashColumns());
    }

    /** Whether every key fits into a btree index. */
    public boolean fits() {
        return key == null || key.stream().noneMatch(column -> column.type().unbounded());
    }

    /** Whether rows are found by a hash rather than by the columns of the key. */
    public boolean hashed() {
        return (partition == null) ? key == null || RowMatch.needsHash(key) : RowMatch.needsHash(partition);
    }

    /** The order of the first of its indexes, for rows with columns by their rendered names; {@code null} if it has none. */
    @Nullable
    String indexOrder() {
        List<Column> columns = (partition == null) ? key : partition;
        if (columns == null) {
            return RowMatch.hash(hashColumns(), Column::sqlName);
        }
        if (columns.isEmpty()) {
            return null;
        }
        boolean plain =
                (partition == null) ? fits() || columns.size() < columns().size() : !hashed();
        return plain && columns.stream().allMatch(column -> column.type().sortable())
                ? columns.stream().map(Column::sqlName).collect(Collectors.joining(", "))
                : RowMatch.hash(columns, Column::sqlName);
    }

    private List<Column> hashColumns() {
        if (partition != null) {
            return partition;
        }
        return (key == null) ? columns() : key;
    }
}
