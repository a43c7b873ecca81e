package io.pgstream.sql;

import io.pgstream.plan.Top;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes the first rows in an order where the rows themselves have their number: LIMIT can read no column, so the rows are
 * counted. NULL means all rows, and none that are left out.
 */
final class CountedTop {

    private CountedTop() {}

    /** @param input a SELECT of the input's columns */
    static String select(Top top, String input) {
        String columns = top.output().stream().map(Column::sqlName).collect(Collectors.joining(", "));
        String window = top.order().stream()
                .map(key -> key.column().sqlName() + key.direction())
                .collect(Collectors.joining(", ", " OVER (ORDER BY ", ")"));
        String peers = top.ties() ? "rank()" : "row_number()";
        List<String> conditions = new ArrayList<>();
        String offset = (top.offset() == null) ? "0" : "coalesce(" + number(top.offset()) + ", 0)";
        if (top.offset() != null) {
            conditions.add("place > " + offset);
        }
        Expression limit = top.limit();
        if (limit != null) {
            conditions.add("(" + number(limit) + " IS NULL OR (peers <= " + offset + " + " + number(limit) + " AND "
                    + number(limit) + " > 0))");
        }
        return "SELECT " + columns + " FROM (SELECT c.*, row_number()" + window + " AS place, " + peers + window
                + " AS peers FROM (" + input + ") AS c) AS t WHERE " + String.join(" AND ", conditions);
    }

    private static String number(Expression rows) {
        return "(" + rows.sql(Column::sqlName) + ")::bigint";
    }
}
