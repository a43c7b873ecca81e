package io.pgstream.sql;

import io.pgstream.plan.expr.Column;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Writes the statements that turn the rows of a table into those of another one without the help of any index or key: rows
 * are the same if they look the same in all columns, and equal ones are counted off against each other.
 *
 * @since 0.1.0
 */
public final class MigrationRenderer {

    private MigrationRenderer() {}

    /**
     * Deletes the rows that the result does not have.
     *
     * @param result a table with the wanted rows, columns by their rendered names
     */
    public static String delete(String result, TargetTable target) {
        return "DELETE FROM " + target.sqlName() + " AS x WHERE x.ctid = ANY (ARRAY(SELECT t.tid FROM ("
                + stored(target) + ") AS t LEFT JOIN (" + wanted(result, target)
                + ") AS q ON q.image = t.image AND q.copy = t.copy WHERE q.image IS NULL))";
    }

    /** Inserts the rows that the table lacks. */
    public static String insert(String result, TargetTable target) {
        return "INSERT INTO " + target.sqlName() + " ("
                + target.columns().stream().map(target::name).collect(Collectors.joining(", ")) + ") SELECT "
                + target.columns().stream()
                        .map(column -> "q." + column.sqlName())
                        .collect(Collectors.joining(", "))
                + " FROM (" + wanted(result, target) + ") AS q LEFT JOIN (" + stored(target)
                + ") AS t ON q.image = t.image AND q.copy = t.copy WHERE t.image IS NULL";
    }

    private static String wanted(String result, TargetTable target) {
        return numbered("SELECT s.*, " + image(target.columns(), column -> "s." + column.sqlName()) + " FROM " + result
                + " AS s");
    }

    private static String stored(TargetTable target) {
        return numbered("SELECT s.ctid AS tid, " + image(target.columns(), column -> target.name("s", column))
                + " FROM " + target.sqlName() + " AS s");
    }

    private static String image(List<Column> columns, Function<Column, String> text) {
        return columns.stream().map(text).collect(Collectors.joining(", ", "ROW(", ")::text AS image"));
    }

    private static String numbered(String rows) {
        return "SELECT i.*, row_number() OVER (PARTITION BY i.image) AS copy FROM (" + rows + ") AS i";
    }
}
