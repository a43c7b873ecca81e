package io.pgstream.refresh;

import io.pgstream.delta.MaintenancePlan;
import io.pgstream.delta.ProgramBuilder;
import io.pgstream.delta.StateOrder;
import io.pgstream.plan.expr.Column;
import io.pgstream.sql.Identifiers;
import io.pgstream.sql.TargetTable;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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

    /**
     * A page is cleaned of old versions when it is as full as this allows. A single row would have a hundred of them before, which all are looked at each
     * time that the row is read, also once for each row of a delta.
     */
    private static final String SINGLE_ROW = " WITH (fillfactor = 10)";

    private StateTables() {}

    static void create(Session session, List<ProgramBuilder.State> states) throws SQLException {
        for (ProgramBuilder.State state : states) {
            String storage = singleRow(state.table()) ? SINGLE_ROW : STORAGE;
            session.update(
                    "CREATE TABLE " + state.table().sqlName() + storage + " AS " + state.query() + " WITH NO DATA");
        }
    }

    /** Drops whatever states a stream table has. */
    public static void drop(Session session, String stateSchema, long id) throws SQLException {
        for (String state : session.list(
                "SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = ?"
                        + " AND c.relkind = 'r' AND starts_with(c.relname, ?)",
                row -> row.getString(1),
                stateSchema,
                "s" + id + "_")) {
            session.execute("DROP TABLE " + Identifiers.quote(stateSchema) + "." + Identifiers.quote(state));
        }
    }

    /**
     * Makes the indexes of a state that has been filled, and tells the planner, and us, how big it is. The states above it and the stream table are read
     * from it next: an EXISTS in their SELECT looks rows up in it.
     */
    public static void filled(Session session, ProgramBuilder.State state) throws SQLException {
        index(session, state);
        session.execute("ANALYZE " + state.table().sqlName());
    }

    private static void index(Session session, ProgramBuilder.State state) throws SQLException {
        for (String index : indexes(state.table(), false)) {
            session.execute(index.formatted(""));
        }
        for (List<Column> columns : state.lookups()) {
            // Values that are too long for a btree fit into a hash index.
            String kind = columns.get(0).type().unbounded() ? " USING hash (" : " (";
            String names = columns.stream().map(state.table()::name).collect(Collectors.joining(", "));
            OptionalIndex.make(
                    session,
                    () -> session.execute("CREATE INDEX ON " + state.table().sqlName() + kind + names + ")"));
        }
        for (StateOrder order : state.orders()) {
            OptionalIndex.make(
                    session,
                    () -> session.execute("CREATE INDEX ON " + order.table().sqlName() + " ("
                            + String.join(", ", order.keys()) + ")"));
        }
    }

    static void index(Session session, PreparedTable table) throws SQLException {
        index(session, table.target(), table.plan());
    }

    /** Makes the indexes of a loaded stream table, and has it analysed. */
    public static void index(Session session, TargetTable target, @Nullable MaintenancePlan plan) throws SQLException {
        TargetIndexes.of(session, target, plan).create(session);
        session.execute("ANALYZE " + target.sqlName());
    }

    /** The statements that make the indexes of a stream table, with a place for their names. */
    static List<String> indexes(TargetTable target, @Nullable MaintenancePlan plan) {
        Set<String> statements = new LinkedHashSet<>(indexes(target, true));
        TargetTable lookedUp = (plan == null) ? null : plan.lookedUp();
        if (lookedUp != null) {
            statements.addAll(indexes(lookedUp, true));
        }
        return List.copyOf(statements);
    }

    /**
     * A unique index on the key, unless values of it can be too long for one and nobody would look rows up by it; and an index on a hash where rows are found by it. Neither where there is one row at most.
     */
    static List<String> indexes(TargetTable table, boolean read) {
        List<String> statements = new ArrayList<>();
        List<Column> partition = table.partition();
        if (partition != null) {
            if (!partition.isEmpty()) {
                statements.add(statement(
                        table,
                        "INDEX",
                        table.hashed()
                                ? "(" + table.hashIndexExpression() + ")"
                                : partition.stream().map(table::name).collect(Collectors.joining(", "))));
            }
            return statements;
        }
        List<Column> key = table.key();
        if (uniquelyIndexed(table, read)) {
            statements.add(statement(
                            table,
                            "UNIQUE INDEX",
                            Objects.requireNonNull(key).stream()
                                    .map(table::name)
                                    .collect(Collectors.joining(", ")))
                    + " NULLS NOT DISTINCT");
        }
        if (table.hashed() && (key == null || !key.isEmpty())) {
            statements.add(statement(table, "INDEX", "(" + table.hashIndexExpression() + ")"));
        }
        return statements;
    }

    private static boolean singleRow(TargetTable table) {
        List<Column> key = table.key();
        return table.partition() == null && key != null && key.isEmpty();
    }

    /** Whether a table has a unique index on its key. */
    static boolean uniquelyIndexed(TargetTable table, boolean read) {
        List<Column> key = table.key();
        return table.partition() == null
                && key != null
                && !key.isEmpty()
                && (table.fits() || (read && key.size() < table.columns().size()));
    }

    private static String statement(TargetTable table, String kind, String columns) {
        // The text is a format: what is a percent sign in it must stay one.
        return "CREATE " + kind + " %s ON " + (table.sqlName() + " (" + columns + ")").replace("%", "%%");
    }
}
