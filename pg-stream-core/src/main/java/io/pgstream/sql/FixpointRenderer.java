package io.pgstream.sql;

import io.pgstream.plan.expr.Column;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The statements of the rounds in which a circle of stream tables is computed. Each member has a table of the rows that are
 * known, one of those that are new since the last round, and one that takes those that a round finds.
 *
 * @since 0.1.0
 */
public final class FixpointRenderer {

    private FixpointRenderer() {}

    /**
     * Keeps rows that are not known yet, each once.
     *
     * @param query a SELECT of the columns by their rendered names; rows can come more than once
     * @param known a table whose rows are all different
     * @param found where they are kept
     */
    public static String newRows(String query, TargetTable known, TargetTable found) {
        List<Column> key = Objects.requireNonNull(known.key());
        String select;
        if (key.isEmpty()) {
            select = "SELECT " + values(known) + " FROM (" + query + ") AS d WHERE NOT EXISTS (SELECT FROM "
                    + known.sqlName() + ") LIMIT 1";
        } else {
            select = "SELECT " + distinct(known, key) + values(known) + " FROM (" + query
                    + ") AS d WHERE NOT EXISTS (SELECT FROM " + known.sqlName() + " AS t WHERE "
                    + RowMatch.condition(key, column -> known.name("t", column), column -> "d." + column.sqlName())
                    + ")";
        }
        return insert(found) + select;
    }

    private static String distinct(TargetTable table, List<Column> key) {
        return table.columns().stream().allMatch(column -> column.type().groupable())
                ? "DISTINCT "
                : key.stream()
                        .map(column -> "d." + column.sqlName())
                        .collect(Collectors.joining(", ", "DISTINCT ON (", ") "));
    }

    /**
     * Keeps rows as often as they come.
     *
     * @param query a SELECT of the columns by their rendered names
     */
    public static String allRows(String query, TargetTable found) {
        return insert(found) + "SELECT " + values(found) + " FROM (" + query + ") AS d";
    }

    /**
     * Keeps what a whole result has more of each row than is known.
     *
     * @param query a SELECT of the columns by their rendered names
     */
    public static String moreRows(String query, TargetTable known, TargetTable found) {
        String signed = "SELECT " + list(known, column -> "q." + column.sqlName()) + ", 1 AS weight FROM (" + query
                + ") AS q UNION ALL SELECT "
                + list(known, column -> known.name("t", column) + " AS " + column.sqlName()) + ", -1 FROM "
                + known.sqlName() + " AS t";
        return insert(found) + "SELECT " + values(found) + " FROM (" + ApplyRenderer.consolidated(signed, known)
                + ") AS d, generate_series(1, d.weight)";
    }

    /** Adds all rows of one table to another. */
    public static String add(TargetTable from, TargetTable to) {
        return insert(to) + "SELECT " + list(from, from::name) + " FROM " + from.sqlName();
    }

    /** All rows of a table, by their rendered names. */
    public static String rows(TargetTable table) {
        return "SELECT " + list(table, column -> table.name("t", column) + " AS " + column.sqlName()) + " FROM "
                + table.sqlName() + " AS t";
    }

    private static String insert(TargetTable table) {
        return "INSERT INTO " + table.sqlName() + " (" + list(table, table::name) + ") ";
    }

    private static String values(TargetTable table) {
        return list(table, column -> "d." + column.sqlName());
    }

    private static String list(TargetTable table, Function<Column, String> text) {
        return table.columns().stream().map(text).collect(Collectors.joining(", "));
    }
}
