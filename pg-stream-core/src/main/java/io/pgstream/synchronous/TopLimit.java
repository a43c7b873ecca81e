package io.pgstream.synchronous;

import io.pgstream.plan.Operator;
import io.pgstream.plan.Ranked;
import io.pgstream.plan.Top;
import io.pgstream.plan.expr.Column;
import io.pgstream.support.Session;
import java.sql.SQLException;

/** How many rows a LIMIT keeps: a write that meets one of them computes them all again. */
final class TopLimit {

    private TopLimit() {}

    /** What keeps more rows than allowed, as the continuation of "because"; empty if nothing does. */
    static String exceeded(Session session, Operator operator, int maximum) throws SQLException {
        if (operator instanceof Top top && top.limit() != null && !top.constant()) {
            return "its LIMIT or OFFSET is computed, and can be more than pg-stream.topk-max-limit, which is "
                    + maximum;
        }
        long rows = rows(session, operator);
        if (rows > maximum) {
            return "its LIMIT keeps " + rows + " rows, more than pg-stream.topk-max-limit, which is " + maximum;
        }
        for (Operator input : operator.inputs()) {
            String found = exceeded(session, input, maximum);
            if (!found.isEmpty()) {
                return found;
            }
        }
        return "";
    }

    private static long rows(Session session, Operator operator) throws SQLException {
        if (operator instanceof Ranked ranked) {
            return ranked.limit();
        }
        if (!(operator instanceof Top top) || !top.partition().isEmpty() || top.limit() == null) {
            return 0;
        }
        String offset = (top.offset() == null) ? "0" : top.offset().sql(Column::sqlName);
        return session.one(
                "SELECT coalesce((" + top.limit().sql(Column::sqlName) + ")::bigint + coalesce((" + offset
                        + ")::bigint, 0), 9223372036854775807)",
                row -> row.getLong(1));
    }
}
