package io.pgstream.refresh;

import io.pgstream.delta.ProgramBuilder;
import io.pgstream.delta.Statistics;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Expression;
import io.pgstream.support.PlannerEstimate;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
            if (all > 0) {
                selectivities.put(
                        filter.conditions(), Math.min(1, PlannerEstimate.rows(session, entry.getValue(), 0) / all));
            }
        }
        return new Statistics(selectivities, stateRows);
    }
}
