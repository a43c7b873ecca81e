package io.pgstream.refresh;

import io.pgstream.delta.MaintenancePlan;
import io.pgstream.plan.SourceTable;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many rows a changed row of each source touches, on average: the rows of the largest join that the planner expects in
 * the query, divided by those of the source. A row of a small table that a large one refers to touches thousands.
 *
 * @param rows by the number of the source; those that are missing touch one
 */
record Explosion(Map<Long, Double> rows) {

    static final Explosion NONE = new Explosion(Map.of());

    private static final Pattern JOIN =
            Pattern.compile("(?:Nested Loop|(?:Hash|Merge)(?: \\w+)* Join|Hash Join|Merge Join).* rows=(\\d+) ");

    /** What the planner takes a function to return that it knows nothing of, such as a series up to a column. */
    private static final Pattern UNKNOWN = Pattern.compile("Function Scan .* rows=1000 ");

    Explosion {
        rows = Map.copyOf(rows);
    }

    /** The same where the planner may fail at a constant of the query; the transaction is rolled back then. */
    static Explosion guessed(Session session, String query, MaintenancePlan plan) {
        try {
            return of(session, query, plan);
        } catch (SQLException e) {
            session.rollbackQuietly();
            return NONE;
        }
    }

    /** Asks the planner about a query. */
    static Explosion of(Session session, String query, MaintenancePlan plan) throws SQLException {
        double largest = 0;
        for (String line : session.list("EXPLAIN " + query, row -> row.getString(1))) {
            if (UNKNOWN.matcher(line).find()) {
                // A thousand times the rows is no guess: a delta is tried instead, and what it takes is remembered.
                return NONE;
            }
            Matcher join = JOIN.matcher(line);
            if (join.find()) {
                largest = Math.max(largest, Double.parseDouble(join.group(1)));
            }
        }
        Map<Long, Double> rows = new HashMap<>();
        for (SourceTable source : plan.sources().keySet()) {
            if (source.rows() > 0 && largest > source.rows()) {
                rows.put(source.oid(), largest / source.rows());
            }
        }
        return new Explosion(rows);
    }

    /** The rows that the changes touch. */
    double work(Map<Long, Long> changes) {
        double work = 0;
        for (Map.Entry<Long, Long> change : changes.entrySet()) {
            work += change.getValue() * Math.max(1, rows.getOrDefault(change.getKey(), 1.0));
        }
        return work;
    }
}
