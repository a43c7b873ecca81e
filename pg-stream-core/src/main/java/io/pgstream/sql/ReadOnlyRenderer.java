package io.pgstream.sql;

import io.pgstream.plan.expr.Column;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes queries that say what a delta would do to a table, for readers who may not write. Rows are named by their place:
 * within one snapshot it does not change.
 *
 * @since 0.1.0
 */
public final class ReadOnlyRenderer {

    private ReadOnlyRenderer() {}

    /** A SELECT, by rendered names, of the rows of a table of which {@code tid} in another relation does not name the place. */
    static String others(TargetTable table, String changed) {
        return "SELECT " + stored(table) + " FROM " + table.sqlName() + " AS t WHERE t.ctid NOT IN (SELECT c.tid FROM "
                + changed + " AS c WHERE c.tid IS NOT NULL)";
    }

    private static String stored(TargetTable table) {
        return table.columns().stream()
                .map(column -> table.name("t", column) + " AS " + column.sqlName())
                .collect(Collectors.joining(", "));
    }

    /** A SELECT, by rendered names, of a table after a change that is a relation as {@link #change} makes it. */
    public static String afterwards(TargetTable table, String change) {
        return others(table, change) + " UNION ALL SELECT " + coming(table, change, "");
    }

    /** A SELECT of the columns and the weight of the rows that such a change takes out and puts in. */
    public static String signed(TargetTable table, String change) {
        return "SELECT " + stored(table) + ", -1::bigint FROM " + table.sqlName()
                + " AS t WHERE t.ctid IN (SELECT c.tid FROM " + change
                + " AS c WHERE c.tid IS NOT NULL) UNION ALL SELECT "
                + coming(table, change, ", 1::bigint");
    }

    private static String coming(TargetTable table, String change, String more) {
        return table.columns().stream().map(column -> "c." + column.sqlName()).collect(Collectors.joining(", ")) + more
                + " FROM " + change + " AS c WHERE c.tid IS NULL";
    }

    /** A SELECT of the places, as {@code tid}, of the rows that the relation {@code net} takes out of a table. */
    public static String places(TargetTable table, String weight) {
        List<Column> key = table.key();
        if (key == null) {
            return new BagRows(table, weight).places();
        }
        String match = RowMatch.condition(key, column -> table.name("t", column), column -> "d." + column.sqlName());
        return "SELECT l.tid FROM (SELECT * FROM net WHERE " + weight + " < 0 OFFSET 0) AS d, LATERAL (SELECT t.ctid AS"
                + " tid FROM " + table.sqlName() + " AS t WHERE " + match + " OFFSET 0) AS l";
    }

    /**
     * A SELECT of {@code tid} and the columns of a table: a place for each row that goes, the columns for each row that
     * comes. It fails, by a call of a function, if rows that should go are not there.
     *
     * @param with what the rows need
     * @param net a SELECT of the signed rows by rendered names, added up
     * @param damaged a call that fails
     */
    public static String change(WithClause with, String net, String weight, TargetTable table, String damaged) {
        with.materialized("net", net);
        with.materialized("gone", places(table, weight));
        with.materialized(
                "checked",
                "SELECT CASE WHEN (SELECT count(*) FROM gone) = (SELECT coalesce(sum(-" + weight
                        + "), 0) FROM net WHERE " + weight + " < 0) THEN true ELSE " + damaged + " END AS fine");
        String fine = "(SELECT k.fine FROM checked AS k)";
        return with.with("SELECT g.tid, "
                + table.columns().stream()
                        .map(column -> column.type().nothing() + " AS " + column.sqlName())
                        .collect(Collectors.joining(", "))
                + " FROM gone AS g WHERE " + fine + " UNION ALL SELECT NULL::tid, " + typed(table, "n")
                + " FROM net AS n,"
                + " generate_series(1, n." + weight + ") WHERE n." + weight + " > 0 AND " + fine);
    }

    /** The columns of a relation with the types of a table. */
    public static String typed(TargetTable table, String alias) {
        return table.columns().stream()
                .map(column -> column.type().of(alias + "." + column.sqlName()))
                .collect(Collectors.joining(", "));
    }

    /** A SELECT of the signed rows of {@link ApplyRenderer#applyPairs}, added up, with {@code weight}. */
    public static String netOfPairs(WithClause with, String pairs, TargetTable table) {
        ApplyRenderer.pairs(with, pairs, table);
        return ApplyRenderer.netOfPairs(table);
    }
}
