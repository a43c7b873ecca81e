package io.pgstream.refresh;

import io.pgstream.delta.MaintenancePlan;
import io.pgstream.delta.ProgramBuilder;
import io.pgstream.plan.expr.Column;
import io.pgstream.sql.TargetTable;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes the tables that a stream table needs beside itself, and the indexes by which rows are found again.
 *
 * @since 0.1.0
 */
public final class StateTables {

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
        index(session, table.states(), table.target(), table.plan());
    }

    /** Makes the indexes of loaded tables, and has them analysed. */
    public static void index(
            Session session, List<ProgramBuilder.State> states, TargetTable target, @Nullable MaintenancePlan plan)
            throws SQLException {
        for (ProgramBuilder.State state : states) {
            index(session, state);
            session.execute("ANALYZE " + state.table().sqlName());
        }
        index(session, target, true);
        TargetTable lookedUp = (plan == null) ? null : plan.lookedUp();
        if (lookedUp != null) {
            index(session, lookedUp, true);
        }
        session.execute("ANALYZE " + target.sqlName());
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
