package io.pgstream.synchronous;

import io.pgstream.RefreshMode;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.MissedWrites;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.delta.MaintenancePlan;
import io.pgstream.delta.ProgramBuilder;
import io.pgstream.delta.Statistics;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.support.Ownership;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Makes the functions, tables and triggers by which writers maintain a stream table, and removes them. */
final class WriterFunctions {

    private final Catalog catalog;

    private final String functionSchema;

    private final String stateSchema;

    private final int maximumDepth;

    /**
     * @param functionSchema where the functions are made, not quoted
     * @param stateSchema where their tables are made, not quoted
     * @param maximumDepth how many steps a recursion may take with a change; 0 if any number
     */
    WriterFunctions(Catalog catalog, String functionSchema, String stateSchema, int maximumDepth) {
        this.catalog = catalog;
        this.functionSchema = functionSchema;
        this.stateSchema = stateSchema;
        this.maximumDepth = maximumDepth;
    }

    SynchronousNames names(StreamTableRow row) {
        return new SynchronousNames(functionSchema, stateSchema, row.id(), row.name());
    }

    LockOrder order() {
        return new LockOrder(functionSchema, catalog.writerLocks());
    }

    /**
     * Makes everything but the triggers, without a lock that anybody waits for.
     *
     * @param plan the plan whose target has the table's own name
     */
    List<SourceTrigger> make(Session session, StreamTableRow row, MaintenancePlan plan) throws SQLException {
        ProgramRenderer programs = programs(row, plan);
        FunctionRenderer functions = renderer(session, row, plan, programs);
        catalog.missedWrites().forget(session, row.id());
        for (String table : functions.tables(typeNames(session, SynchronousSource.of(plan)))) {
            session.execute(table);
        }
        make(session, row, functions);
        catalog.writerLocks().add(session, row.id(), programs.commutes());
        return functions.triggers();
    }

    private void make(Session session, StreamTableRow row, FunctionRenderer functions) throws SQLException {
        for (String function : functions.functions()) {
            session.execute(function);
        }
        revoke(session, row);
        for (String constraint : functions.constraintTriggers()) {
            session.execute(constraint);
        }
    }

    /**
     * Makes the functions follow another mode, while nobody writes to the sources. The triggers stay, and so nobody who only reads has to
     * wait.
     */
    void remake(Session session, StreamTableRow row, MaintenancePlan plan) throws SQLException {
        SynchronousNames names = names(row);
        session.execute("SET LOCAL client_min_messages = warning; DROP FUNCTION IF EXISTS " + names.commit()
                + "() CASCADE; DROP FUNCTION IF EXISTS " + names.apply() + "()");
        make(session, row, renderer(session, row, plan, programs(row, plan)));
        touch(session, names);
    }

    /** Whether the writers have followed all that has changed, and would go on doing so whatever the values. */
    boolean followed(Session session, StreamTableRow row, MaintenancePlan plan) throws SQLException {
        return asks(session, row)
                && followed(session, row)
                && session.one("SELECT " + shape(session, row, plan).wideEnough(), found -> found.getBoolean(1));
    }

    /** Whether they have followed everything so far, and would the next write; as far as is known of functions that an earlier version has made. */
    boolean followed(Session session, StreamTableRow row) throws SQLException {
        return !asks(session, row)
                || session.one("SELECT " + names(row).followed() + "()", found -> found.getBoolean(1));
    }

    /** Whether the functions can be asked. */
    private boolean asks(Session session, StreamTableRow row) throws SQLException {
        return session.one(
                "SELECT to_regprocedure(?) IS NOT NULL",
                found -> found.getBoolean(1),
                names(row).followed() + "()");
    }

    private ProgramRenderer programs(StreamTableRow row, MaintenancePlan plan) {
        return new ProgramRenderer(names(row), plan, row.name(), fullQuery(plan), maximumDepth, onCommit(row));
    }

    private static boolean onCommit(StreamTableRow row) {
        return row.effectiveMode() == RefreshMode.ON_COMMIT;
    }

    private ShapeCheck shape(Session session, StreamTableRow row, MaintenancePlan plan) throws SQLException {
        MissedWrites missed = catalog.missedWrites();
        List<SynchronousSource> sources = SynchronousSource.of(plan);
        return new ShapeCheck(
                names(row),
                sources,
                Reliances.of(session, names(row), sources, plan, missed.intact(row.id())),
                missed.exist(row.id()),
                missed.note(row.id()));
    }

    private FunctionRenderer renderer(
            Session session, StreamTableRow row, MaintenancePlan plan, ProgramRenderer programs) throws SQLException {
        return new FunctionRenderer(
                names(row),
                programs,
                SynchronousSource.of(plan),
                shape(session, row, plan),
                row.environment().functionClauses() + QuerySettings.clauses(session, plan, everything(plan)),
                onCommit(row),
                catalog.showKeptWriterKey(),
                order());
    }

    /** From here to the end of the transaction nobody writes to the sources. */
    void trigger(Session session, StreamTableRow row, List<SourceTrigger> triggers) throws SQLException {
        for (SourceTrigger trigger : triggers) {
            session.execute(trigger.create());
            enable(session, trigger);
        }
        touch(session, names(row));
    }

    private static Map<Long, String> typeNames(Session session, List<SynchronousSource> sources) throws SQLException {
        Map<Long, String> result = new TreeMap<>();
        for (SynchronousSource source : sources) {
            for (SqlType type : source.types().values()) {
                if (!result.containsKey(type.oid())) {
                    result.put(
                            type.oid(),
                            session.one("SELECT format_type(?::bigint::oid, -1)", row -> row.getString(1), type.oid()));
                }
            }
        }
        return result;
    }

    /** From now on nobody with an older snapshot may apply anything. */
    static void touch(Session session, SynchronousNames names) throws SQLException {
        session.execute("SELECT pg_catalog.setval('" + names.version().replace("'", "''")
                + "', pg_catalog.pg_current_xact_id()::text::bigint)");
    }

    private static String fullQuery(MaintenancePlan plan) {
        return new ProgramBuilder(plan, OperatorRenderer.ChangeSource.NONE, false, Statistics.NONE).presentResult();
    }

    /** The text of all that the functions may compute. */
    private static String everything(MaintenancePlan plan) {
        ProgramBuilder builder = new ProgramBuilder(plan, OperatorRenderer.ChangeSource.NONE, false, Statistics.NONE);
        return builder.states().stream().map(ProgramBuilder.State::query).collect(Collectors.joining(" "))
                + builder.presentResult();
    }

    private static void enable(Session session, SourceTrigger trigger) throws SQLException {
        if (Ownership.held(session, trigger.table())) {
            session.execute(trigger.enable());
        }
    }

    private void revoke(Session session, StreamTableRow row) throws SQLException {
        for (String function : functions(session, row)) {
            session.execute("REVOKE ALL ON FUNCTION " + function + " FROM PUBLIC");
        }
    }

    private List<String> functions(Session session, StreamTableRow row) throws SQLException {
        return session.list(
                "SELECT p.oid::regprocedure FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE"
                        + " n.nspname = ? AND starts_with(p.proname, ?) ORDER BY p.oid",
                found -> found.getString(1),
                functionSchema,
                SynchronousNames.functionPrefix(row.id()));
    }

    /** Removes everything that was made, in the caller's transaction. Writers are waited for. */
    void remove(Session session, StreamTableRow row) throws SQLException {
        catalog.missedWrites().forget(session, row.id());
        catalog.writerLocks().remove(session, row.id());
        session.execute("SET LOCAL client_min_messages = warning");
        // Writers lock a source before they lock anything of ours.
        for (String function : functions(session, row)) {
            session.execute("DROP FUNCTION " + function + " CASCADE");
        }
        for (String drop : session.list(
                "SELECT CASE c.relkind WHEN 'S' THEN 'DROP SEQUENCE ' WHEN 'c' THEN 'DROP TYPE ' ELSE 'DROP TABLE ' END"
                        + " || c.oid::regclass FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
                        + " WHERE n.nspname = ? AND (c.relkind IN ('r', 'S', 'c') AND starts_with(c.relname, ?)"
                        + " OR c.relkind = 'c' AND starts_with(c.relname, ?)) ORDER BY c.relkind = 'c', c.oid",
                found -> found.getString(1),
                stateSchema,
                "i" + row.id() + "_",
                "change_" + row.id() + "_")) {
            session.execute(drop);
        }
    }
}
