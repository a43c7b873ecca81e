package io.pgstream.sql;

import io.pgstream.plan.Ranked;
import io.pgstream.plan.expr.Column;
import java.util.List;
import java.util.stream.Collectors;

/** Writes the first rows of partitions. */
public final class RankedRenderer {

    private RankedRenderer() {}

    /**
     * All partitions.
     *
     * @param select a SELECT of the input by rendered names
     */
    static String all(Ranked ranked, String select) {
        String partition = ranked.partition().isEmpty() ? "" : "PARTITION BY " + names(ranked.partition()) + " ";
        return places(ranked, "i.*, " + ranked.function().sql() + " OVER (" + partition + order(ranked) + ")", select)
                + " WHERE p.place <= " + ranked.limit();
    }

    /**
     * One partition, which the input is already restricted to. An index that serves the partition and the order gives the
     * first rows, and no more are read: LIMIT tells the planner so. Rows that share a place come together. Dense places have no
     * bound on the rows; PostgreSQL itself stops to read at the first place behind the limit.
     */
    public static String one(Ranked ranked, String select) {
        String slice = switch (ranked.function()) {
            case ROW_NUMBER -> " " + order(ranked) + " LIMIT " + ranked.limit();
            case RANK -> " " + order(ranked) + " FETCH FIRST " + ranked.limit() + " ROWS WITH TIES";
            case DENSE_RANK -> "";
        };
        String call = "i.*, " + ranked.function().sql() + " OVER (" + order(ranked) + ")";
        return places(ranked, call, select, slice) + " WHERE p.place <= " + ranked.limit();
    }

    /**
     * The first rows of the partitions to which rows have only come: they are among those that are kept and those that have come, because what was not
     * kept stands behind them.
     *
     * @param kept a SELECT of the rows that are kept, with a condition, over {@code touched AS k}
     * @param touched the columns of {@code touched}, one for each of the partition
     * @param weight the rendered name of the weight of {@code changed}
     */
    static String arrived(Ranked ranked, String kept, List<Column> touched, String weight) {
        String columns = ranked.input().output().stream()
                .map(column -> "d." + column.sqlName())
                .collect(Collectors.joining(", "));
        String match = RowMatch.joinable(
                ranked.partition(),
                column -> "d." + column.sqlName(),
                column -> "k." + touched.get(ranked.partition().indexOf(column)).sqlName());
        return all(
                ranked,
                kept + " AND NOT k.lost UNION ALL SELECT " + columns
                        + " FROM changed AS d, touched AS k, generate_series(1, d." + weight + ") WHERE " + match
                        + " AND NOT k.lost");
    }

    private static String places(Ranked ranked, String items, String select) {
        return places(ranked, items, select, "");
    }

    private static String places(Ranked ranked, String items, String select, String slice) {
        Column place = ranked.place();
        String columns = ranked.input().output().stream()
                .map(column -> "p." + column.sqlName())
                .collect(Collectors.joining(", "));
        return "SELECT " + columns
                + (place == null ? "" : (columns.isEmpty() ? "" : ", ") + "p.place AS " + place.sqlName())
                + " FROM (SELECT "
                + items + " AS place FROM (" + select + ") AS i" + slice + ") AS p";
    }

    private static String names(List<Column> columns) {
        return columns.stream().map(column -> "i." + column.sqlName()).collect(Collectors.joining(", "));
    }

    private static String order(Ranked ranked) {
        return ranked.order().stream()
                .map(key -> "i." + key.column().sqlName() + key.direction())
                .collect(Collectors.joining(", ", "ORDER BY ", ""));
    }
}
