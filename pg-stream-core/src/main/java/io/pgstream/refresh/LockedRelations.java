package io.pgstream.refresh;

import io.pgstream.delta.MaintenancePlan;
import io.pgstream.delta.ProgramBuilder;
import io.pgstream.delta.Statistics;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many relations one refresh of a plan locks. The server has one table of locks for all sessions, and whoever finds it full fails, a writer as well
 * as a refresh: so a plan that would fill a decent part of it alone is none.
 *
 * @since 0.1.0
 */
public final class LockedRelations {

    /** That many such refreshes at once, in whichever database, leave others their locks. */
    private static final int AT_ONCE = 16;

    /** The server's own: background workers that it always has are not worth counting. */
    private static final String CAPACITY = "SELECT current_setting('max_locks_per_transaction')::int"
            + " * (current_setting('max_connections')::int + current_setting('max_prepared_transactions')::int)";

    /** The two segments and the backlog of a captured table, and the index of that. */
    private static final int OF_CAPTURE = 4;

    private LockedRelations() {}

    /** What is wrong with the size of a plan, as the continuation of "because"; {@code null} if nothing is. */
    public static @Nullable String excess(Session session, MaintenancePlan plan) throws SQLException {
        int relations = of(plan);
        int most = session.one(CAPACITY, row -> row.getInt(1)) / AT_ONCE;
        return (relations <= most)
                ? null
                : "a refresh would lock about " + relations + " relations for "
                        + states(plan).size() + " states, and may lock " + most
                        + ", a sixteenth of what the server has room for";
    }

    /** The tables and indexes that a refresh touches in which everything has changed. */
    static int of(MaintenancePlan plan) {
        int relations = 1 + StateTables.indexes(plan.target(), plan).size();
        for (ProgramBuilder.State state : states(plan)) {
            // The state, its indexes, and the temporary table that hands its change on.
            relations += 1 + indexes(state) + 1;
        }
        // A table, its key and its capture; which other indexes it has changes with time.
        return relations + plan.sources().size() * (2 + OF_CAPTURE);
    }

    private static int indexes(ProgramBuilder.State state) {
        return StateTables.indexes(state.table(), false).size()
                + state.lookups().size()
                + state.orders().size();
    }

    private static List<ProgramBuilder.State> states(MaintenancePlan plan) {
        return new ProgramBuilder(plan, OperatorRenderer.ChangeSource.NONE, false, Statistics.NONE).states();
    }
}
