package io.pgstream.refresh;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Expression;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What part of its table each filter of a plan leaves, as the planner estimates it. */
final class Selectivities {

    private static final Pattern ROWS = Pattern.compile(" rows=(\\d+) ");

    private Selectivities() {}

    /** By the conditions of the filters that stand directly above a table with statistics. */
    static Map<List<Expression>, Double> of(Operator plan, Session session) throws SQLException {
        Map<List<Expression>, Double> result = new HashMap<>();
        collect(plan, session, result);
        return result;
    }

    private static void collect(Operator operator, Session session, Map<List<Expression>, Double> result)
            throws SQLException {
        if (operator instanceof Filter filter
                && filter.input() instanceof Scan scan
                && scan.table().rows() > 0
                && !result.containsKey(filter.conditions())) {
            String plan = session.one("EXPLAIN " + OperatorRenderer.render(filter), row -> row.getString(1));
            Matcher rows = ROWS.matcher(plan);
            if (rows.find()) {
                double share = Double.parseDouble(rows.group(1)) / scan.table().rows();
                result.put(filter.conditions(), Math.min(1, share));
            }
        }
        for (Operator input : operator.inputs()) {
            collect(input, session, result);
        }
    }
}
