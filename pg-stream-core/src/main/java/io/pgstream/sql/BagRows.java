package io.pgstream.sql;

import io.pgstream.plan.expr.Column;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds the rows that a delta takes out of a table without a key. Values that are equal can look different (1.0 and 1.00):
 * those are taken first that look as wanted, then others of the same value, and no row twice.
 */
final class BagRows {

    private final TargetTable target;

    private final String weight;

    private final String match;

    private final List<Column> loose;

    /** @param weight the column of the weight in {@code net} */
    BagRows(TargetTable target, String weight) {
        this.target = target;
        this.weight = weight;
        this.match = RowMatch.condition(
                nullableView(target.columns()), column -> target.name("t", column), column -> "d." + column.sqlName());
        this.loose = target.columns().stream()
                .filter(column -> column.type().groupable() && !column.type().exact())
                .toList();
    }

    /** Every column is compared NULL-safely and by hash, because the index is on the hash. */
    private static List<Column> nullableView(List<Column> columns) {
        return columns.stream()
                .map(column -> new Column(column.id(), column.name(), column.type(), true, column.scale()))
                .toList();
    }

    /** A SELECT of the places of the rows that {@code net} takes out. */
    String places() {
        return loose.isEmpty() ? byValue() : byLook();
    }

    private String byValue() {
        return "SELECT l.tid FROM (SELECT * FROM net WHERE " + weight + " < 0 OFFSET 0) AS d, LATERAL (SELECT t.ctid"
                + " AS tid FROM " + target.sqlName() + " AS t WHERE " + match + " LIMIT greatest(-d." + weight
                + ", 0)) AS l";
    }

    /** Rows of {@code net} that differ only in their looks would find the same rows: they are one group. */
    private String byLook() {
        String look = look(column -> target.name("t", column));
        String rows = target.sqlName() + " AS t WHERE " + match + " AND cardinality(d.looks) ";
        String one = "SELECT t.ctid AS tid FROM " + rows + "= 1 ORDER BY " + look + " = d.looks[1] DESC LIMIT d.wanted";
        String several = "SELECT c.tid FROM (SELECT t.ctid AS tid, " + look
                + " AS look, row_number() OVER (PARTITION BY "
                + look + ") AS place FROM " + rows + "> 1) AS c ORDER BY c.place <= coalesce((SELECT w.weight FROM"
                + " unnest(d.looks, d.weights) AS w (look, weight) WHERE w.look = c.look), 0) DESC LIMIT d.wanted";
        return "SELECT l.tid FROM (" + groups() + " OFFSET 0) AS d, LATERAL ((" + one + ") UNION ALL (" + several
                + ")) AS l";
    }

    private String groups() {
        String columns = target.columns().stream()
                .map(column -> column.type().groupableBesideAll()
                        ? "n." + column.sqlName()
                        : column.type().of("(n." + column.sqlName() + ")::text") + " AS " + column.sqlName())
                .collect(Collectors.joining(", "));
        String values = target.columns().stream()
                .map(column -> column.type().groupableBesideAll()
                        ? "n." + column.sqlName()
                        : "(n." + column.sqlName() + ")::text")
                .collect(Collectors.joining(", "));
        return "SELECT " + columns + ", array_agg(" + look(column -> "n." + column.sqlName())
                + ") AS looks, array_agg(-n."
                + weight + ") AS weights, sum(-n." + weight + ")::bigint AS wanted FROM net AS n WHERE n." + weight
                + " < 0 GROUP BY " + values;
    }

    private String look(Function<Column, String> name) {
        return loose.stream()
                .map(column -> "(" + name.apply(column) + ")::text")
                .collect(Collectors.joining(", ", "ROW(", ")::text"));
    }
}
