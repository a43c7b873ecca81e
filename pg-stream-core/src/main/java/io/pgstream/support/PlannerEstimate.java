package io.pgstream.support;

import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the planner of PostgreSQL estimates.
 *
 * @since 0.1.0
 */
public final class PlannerEstimate {

    private static final Pattern ROWS = Pattern.compile(" rows=(\\d+) ");

    private PlannerEstimate() {}

    /**
     * The rows of a query.
     *
     * @param otherwise the result where the plan does not tell
     */
    public static double rows(Session session, String query, double otherwise) throws SQLException {
        Matcher rows = ROWS.matcher(session.one("EXPLAIN " + query, row -> row.getString(1)));
        return rows.find() ? Double.parseDouble(rows.group(1)) : otherwise;
    }
}
