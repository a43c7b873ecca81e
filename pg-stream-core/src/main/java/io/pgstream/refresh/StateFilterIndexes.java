package io.pgstream.refresh;

import io.pgstream.delta.StateFilter;
import io.pgstream.plan.expr.Column;
import io.pgstream.sql.TargetTable;
import io.pgstream.support.PlannerEstimate;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** Indexes of what selective filters leave of states, so that a delta can meet all of it at once. */
final class StateFilterIndexes {

    private StateFilterIndexes() {}

    /** Makes them for states that have just been filled. */
    static void create(Session session, List<StateFilter> filters) throws SQLException {
        for (StateFilter filter : filters) {
            session.execute("ANALYZE " + filter.table().sqlName());
            create(session, filter);
        }
    }

    /** None where the filter leaves much, or where its condition cannot be one of an index. */
    private static void create(Session session, StateFilter filter) throws SQLException {
        TargetTable table = filter.table();
        List<Column> key = table.key();
        if (key == null || key.isEmpty() || !table.fits()) {
            return;
        }
        double all = PlannerEstimate.rows(session, "SELECT FROM " + table.sqlName(), 0);
        String passing = "SELECT FROM " + table.sqlName() + " WHERE " + filter.condition();
        OptionalIndex.make(session, () -> {
            if (PlannerEstimate.rows(session, passing, 0) <= StateFilter.SELECTIVE * all) {
                session.execute("CREATE INDEX ON " + table.sqlName() + " ("
                        + key.stream().map(table::name).collect(Collectors.joining(", ")) + ") WHERE "
                        + filter.condition());
            }
        });
    }
}
