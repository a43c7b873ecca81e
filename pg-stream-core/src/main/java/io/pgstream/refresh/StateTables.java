package io.pgstream.refresh;

import io.pgstream.delta.MaintenancePlan;
import io.pgstream.delta.ProgramBuilder;
import io.pgstream.delta.StateFilter;
import io.pgstream.plan.expr.Column;
import io.pgstream.sql.TargetTable;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.stream.Collectors;

/** Makes the tables that a stream table needs beside itself, and the indexes by which rows are found again. */
final class StateTables {

    /** Room in each page for the next version of a row, so that most updates touch no index. */
    static final String STORAGE = " WITH (fillfactor = 85)";

    private StateTables() {}

    static void create(Session session, List<ProgramBuilder.State> states) throws SQLException {
        for (ProgramBuilder.State state : states) {
            session.update(
                    "CREATE TABLE " + state.table().sqlName() + STORAGE + " AS " + state.query() + " WITH NO DATA");
        }
    }

    /** Drops all states and makes those of the present plan, empty and with their indexes. */
    static void recreate(Session session, List<ProgramBuilder.State> states) throws SQLException {
        for (ProgramBuilder.State state : states) {
            session.execute("DROP TABLE IF EXISTS " + state.table().sqlName());
        }
        create(session, states);
        for (ProgramBuilder.State state : states) {
            index(session, state);
        }
    }

    private static void index(Session session, ProgramBuilder.State state) throws SQLException {
        index(session, state.table(), false);
        for (Column column : state.lookups()) {
            // Values that are too long for a btree fit into a hash index.
            session.execute("CREATE INDEX ON " + state.table().sqlName()
                    + (column.type().unbounded() ? " USING hash (" : " (")
                    + state.table().name(column) + ")");
        }
    }

    static void index(Session session, PreparedTable table) throws SQLException {
        for (ProgramBuilder.State state : table.states()) {
            index(session, state);
            session.execute("ANALYZE " + state.table().sqlName());
        }
        index(session, table.target(), true);
        MaintenancePlan plan = table.plan();
        TargetTable lookedUp = (plan == null) ? null : plan.lookedUp();
        if (lookedUp != null) {
            index(session, lookedUp, true);
        }
        session.execute("ANALYZE " + table.target().sqlName());
    }

    /** Indexes of what selective filters leave of states that have just been filled. */
    static void indexFilters(Session session, PreparedTable table) throws SQLException {
        for (StateFilter filter : table.stateFilters()) {
            session.execute("ANALYZE " + filter.table().sqlName());
            index(session, filter);
        }
    }

    /** An index of what a selective filter leaves; none where its condition cannot be one of an index. */
    private static void index(Session session, StateFilter filter) throws SQLException {
        TargetTable table = filter.table();
        List<Column> key = table.key();
        if (key == null || key.isEmpty() || !table.fits()) {
            return;
        }
        double all = StatisticsReader.estimate(session, "SELECT FROM " + table.sqlName());
        String passing = "SELECT FROM " + table.sqlName() + " WHERE " + filter.condition();
        if (StatisticsReader.estimate(session, passing) > StateFilter.SELECTIVE * all) {
            return;
        }
        Savepoint savepoint = session.connection().setSavepoint();
        try {
            session.execute("CREATE INDEX ON " + table.sqlName() + " ("
                    + key.stream().map(table::name).collect(Collectors.joining(", ")) + ") WHERE "
                    + filter.condition());
        } catch (SQLException e) {
            if (!SqlErrors.state(e).startsWith("42") && !SqlErrors.state(e).startsWith("0A")) {
                throw e;
            }
            session.connection().rollback(savepoint);
        }
    }

    private static void indexPartitions(Session session, TargetTable table, List<Column> partition)
            throws SQLException {
        if (!partition.isEmpty()) {
            String columns = table.hashed()
                    ? "(" + table.hashIndexExpression() + ")"
                    : partition.stream().map(table::name).collect(Collectors.joining(", "));
            session.execute("CREATE INDEX ON " + table.sqlName() + " (" + columns + ")");
        }
    }

    /**
     * A unique index on the key, unless values of it can be too long for one and nobody would look rows up by it; and an index on a hash where rows are found by it. Neither where there is one row at most.
     */
    private static void index(Session session, TargetTable table, boolean read) throws SQLException {
        if (table.partition() != null) {
            indexPartitions(session, table, table.partition());
            return;
        }
        List<Column> key = table.key();
        if (key != null
                && !key.isEmpty()
                && (table.fits() || (read && key.size() < table.columns().size()))) {
            session.execute("CREATE UNIQUE INDEX ON " + table.sqlName() + " ("
                    + key.stream().map(table::name).collect(Collectors.joining(", ")) + ") NULLS NOT DISTINCT");
        }
        if (table.hashed() && (key == null || !key.isEmpty())) {
            session.execute("CREATE INDEX ON " + table.sqlName() + " ((" + table.hashIndexExpression() + "))");
        }
    }
}
