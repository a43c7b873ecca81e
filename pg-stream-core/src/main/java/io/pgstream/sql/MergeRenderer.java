package io.pgstream.sql;

import io.pgstream.plan.expr.Column;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Applies signed rows to a table with a key by one {@code MERGE}, which finds each row once. It needs {@code RETURNING},
 * which {@code MERGE} has from PostgreSQL 17 on.
 *
 * <p>The rows are not added up by all their columns first. Nearly every key has one row, which is an insert or a delete, or
 * an old and a new one, which are an update: they are told apart by their number, in the order of the key. Only keys with
 * more rows are added up. One case is left open by that: the two rows of a key that is not in the table can be a row that
 * came and went, or an update of a row that is missing. It is counted as unsure, and the caller starts again with
 * {@link ApplyRenderer#applySigned}.
 *
 * @since 0.1.0
 */
public final class MergeRenderer {

    private static final String SIMPLE = "(images = 1 OR (images = 2 AND total = 0))";

    private MergeRenderer() {}

    /**
     * Applies signed rows. The result has seven columns: those of {@link ApplyRenderer}, with the updated rows as those
     * expected, then violations, and rows that are unsure.
     *
     * @param with common table expressions that the rows need
     * @param signed a SELECT of signed rows, not added up, columns by their rendered names
     * @param weight the column of the weight
     * @param target a table with a key
     * @param key its key
     */
    public static String applySigned(
            WithClause with, String signed, Column weight, TargetTable target, List<Column> key) {
        String w = weight.sqlName();
        String simple = SIMPLE + " AND " + w + " IN (-1, 1)";
        with.materialized(
                "images",
                "SELECT r.*, count(*) OVER k AS images, sum(r." + w + ") OVER k AS total FROM (" + signed
                        + ") AS r WINDOW k AS (" + partition(key, "r.") + ")");
        with.materialized(
                "rest",
                "SELECT r.*, count(*) OVER k AS images FROM ("
                        + ApplyRenderer.consolidated(
                                "SELECT " + columns(target) + ", " + w + " AS weight FROM images WHERE NOT (" + simple
                                        + ")",
                                target)
                        + ") AS r WINDOW k AS (" + partition(key, "r.") + ")");
        String source = "SELECT " + columns(target) + ", " + w + " AS weight, images FROM images WHERE " + simple
                + " AND (images = 1 OR " + w + " > 0) UNION ALL SELECT " + columns(target)
                + ", weight, images FROM rest WHERE images = 1 OR weight > 0";
        with.writing("merged", merge(source, target, key));
        return with.with("SELECT count(*) FILTER (WHERE m.action = 'DELETE'), count(*) FILTER (WHERE m.action ="
                + " 'UPDATE'), count(*) FILTER (WHERE m.action = 'INSERT'),"
                + " (SELECT count(*) FROM images WHERE images = 1 AND " + w + " < 0 AND " + simple
                + ") + (SELECT count(*) FROM rest WHERE images = 1 AND weight < 0),"
                + " count(*) FILTER (WHERE m.action = 'UPDATE'),"
                + " (SELECT count(*) FROM rest WHERE images > 2 OR weight NOT IN (-1, 1)),"
                + " count(*) FILTER (WHERE (m.action = 'INSERT') = (m.images > 1) AND m.action <> 'DELETE')"
                + " FROM merged AS m");
    }

    private static String merge(String source, TargetTable target, List<Column> key) {
        List<Column> columns = target.columns();
        String match = RowMatch.condition(key, column -> target.name("t", column), column -> "d." + column.sqlName());
        String set = target.beside(key).stream()
                .map(column -> target.name(column) + " = d." + column.sqlName())
                .collect(Collectors.joining(", "));
        // A change of columns that the query does not see leaves the row as it is.
        String update = set.isEmpty()
                ? ""
                : " WHEN MATCHED AND "
                        + RowMatch.differs(
                                columns, column -> target.name("t", column), column -> "d." + column.sqlName())
                        + " THEN UPDATE SET " + set;
        return "MERGE INTO " + target.sqlName() + " AS t USING (" + source + ") AS d ON " + match
                + " WHEN MATCHED AND d.weight < 0 THEN DELETE" + update
                + " WHEN NOT MATCHED AND d.weight > 0 THEN INSERT ("
                + columns.stream().map(target::name).collect(Collectors.joining(", ")) + ") VALUES ("
                + columns.stream().map(column -> "d." + column.sqlName()).collect(Collectors.joining(", "))
                + ") RETURNING merge_action() AS action, d.images";
    }

    private static String columns(TargetTable target) {
        return target.columns().stream().map(Column::sqlName).collect(Collectors.joining(", "));
    }

    private static String partition(List<Column> key, String alias) {
        return key.isEmpty()
                ? ""
                : key.stream()
                        .map(column -> alias + column.sqlName())
                        .collect(Collectors.joining(", ", "PARTITION BY ", ""));
    }
}
