package io.pgstream.refresh;

import io.pgstream.delta.ProgramBuilder;
import io.pgstream.delta.Statistics;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Expression;
import io.pgstream.support.PlannerEstimate;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks the planner what it knows of the tables and states of a plan. */
final class StatisticsReader {

    private StatisticsReader() {}

    /** What is known; of states that do not exist yet, or were never analyzed, nothing. */
    static Statistics read(ProgramBuilder builder, Session session) throws SQLException {
        Map<String, Double> stateRows = new HashMap<>();
        for (String table : builder.groupTables()) {
            Double rows = session.first(
                    "SELECT reltuples::float8 FROM pg_class WHERE oid = to_regclass(?) AND reltuples > 0",
                    row -> row.getDouble(1),
                    table);
            if (rows != null) {
                stateRows.put(table, rows);
            }
        }
        Map<List<Expression>, Double> selectivities = new HashMap<>();
        for (Map.Entry<Filter, String> entry : builder.filtered().entrySet()) {
            Filter filter = entry.getKey();
            double all = (filter.input() instanceof Scan scan)
                    ? scan.table().rows()
                    : stateRows.getOrDefault(builder.stateOf(filter.input()), 0.0);
            Double left = (all > 0) ? rows(session, entry.getValue(), filter.input() instanceof Scan) : null;
            if (left != null) {
                selectivities.put(filter.conditions(), Math.min(1, left / all));
            }
        }
        return new Statistics(selectivities, stateRows);
    }

    /**
     * The rows that a filter leaves. A state may still have the columns of an earlier plan, of an altered source or an earlier
     * version: of such a one nothing is known, and the refresh that comes makes it anew.
     */
    private static @Nullable Double rows(Session session, String query, boolean ofTable) throws SQLException {
        if (ofTable) {
            return PlannerEstimate.rows(session, query, 0);
        }
        session.execute("SAVEPOINT estimate");
        try {
            return PlannerEstimate.rows(session, query, 0);
        } catch (SQLException e) {
            if (!SqlErrors.state(e).startsWith("42")) {
                throw e;
            }
            session.execute("ROLLBACK TO SAVEPOINT estimate");
            return null;
        }
    }
}
