package io.pgstream.synchronous;

import io.pgstream.ErrorCode;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshFailedException;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.FrontierQuery;
import io.pgstream.catalog.FrontierRow;
import io.pgstream.catalog.MissedWrites;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.delta.MaintenancePlan;
import io.pgstream.delta.ProgramBuilder;
import io.pgstream.delta.Statistics;
import io.pgstream.plan.SourceTable;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.refresh.Migration;
import io.pgstream.refresh.StateTables;
import io.pgstream.sql.ApplyRenderer;
import io.pgstream.sql.Identifiers;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.support.LostClients;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Makes, repairs and removes what maintains stream tables in the transactions of their writers. It works in READ COMMITTED
 * transactions: locks first, then statements that see what was committed before the locks were there.
 *
 * @since 0.1.0
 */
public final class SynchronousTables {

    private static final long PAUSE_NANOS = 100_000_000;

    /** Shorter than PostgreSQL waits before it takes a wait for a deadlock. */
    private static final long READERS_MILLIS = 300;

    private final Catalog catalog;

    private final String functionSchema;

    private final String stateSchema;

    private final Duration lockTimeout;

    private final Duration patience;

    private final int maximumDepth;

    /**
     * @param functionSchema where the functions are made, not quoted
     * @param stateSchema where their tables are made, not quoted
     * @param lockTimeout how long one attempt waits for a lock on a source; writers queue behind it
     * @param patience how long to try in all
     * @param maximumDepth how many steps a recursion may take with a change; 0 if any number
     */
    public SynchronousTables(
            Catalog catalog,
            String functionSchema,
            String stateSchema,
            Duration lockTimeout,
            Duration patience,
            int maximumDepth) {
        this.maximumDepth = maximumDepth;
        this.catalog = catalog;
        this.functionSchema = functionSchema;
        this.stateSchema = stateSchema;
        this.lockTimeout = lockTimeout;
        this.patience = patience;
    }

    /** What is tried until no lock is in the way. */
    @FunctionalInterface
    public interface Attempt<T> {

        /** One attempt, in a transaction that has just begun and that it commits. */
        T run() throws SQLException;
    }

    private SynchronousNames names(StreamTableRow row) {
        return new SynchronousNames(functionSchema, stateSchema, row.id(), row.name());
    }

    /** Begins again for as long as a lock on a source is not to be had. */
    public <T> T patiently(Session session, QualifiedName table, Attempt<T> attempt) throws SQLException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                session.connection().setAutoCommit(false);
                session.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = "
                        + lockTimeout.toMillis() + "; SELECT " + LostClients.NOTICED);
                return attempt.run();
            } catch (SQLException e) {
                session.rollbackQuietly();
                if (!SqlErrors.state(e).equals("55P03") && !SqlErrors.runAgain(e)) {
                    throw e;
                }
                if (System.nanoTime() > deadline) {
                    throw new RefreshFailedException(
                            ErrorCode.LOCK_TIMEOUT,
                            "The functions of " + table + " could not be installed or removed: within "
                                    + patience.toSeconds()
                                    + " s no moment came without an open transaction that had written to its sources, or read what is"
                                    + " to be changed.",
                            "End the transaction that holds the lock (it may be the caller's own) and try again.",
                            SqlErrors.state(e),
                            true,
                            e);
                }
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /**
     * Makes the functions and triggers of a table in the caller's transaction. From here to its end nobody writes to the
     * sources.
     *
     * @param plan the plan whose target has the table's own name
     */
    public void install(Session session, StreamTableRow row, MaintenancePlan plan) throws SQLException {
        SynchronousNames names = names(row);
        ProgramRenderer programs = new ProgramRenderer(names, plan, row.name(), fullQuery(plan), maximumDepth);
        List<SynchronousSource> sources = SynchronousSource.of(plan);
        MissedWrites missed = catalog.missedWrites();
        missed.forget(session, row.id());
        FunctionRenderer functions = new FunctionRenderer(
                names,
                programs,
                sources,
                new ShapeCheck(names, sources, missed.exist(row.id()), missed.note(row.id())),
                row.environment(),
                row.effectiveMode() == RefreshMode.ON_COMMIT,
                catalog.showKeptWriterKey(),
                order());
        for (String table : functions.tables(typeNames(session, sources))) {
            session.execute(table);
        }
        for (String function : functions.functions()) {
            session.execute(function);
        }
        revoke(session, row);
        for (String constraint : functions.constraintTriggers()) {
            session.execute(constraint);
        }
        for (FunctionRenderer.Trigger trigger : functions.triggers()) {
            session.execute(trigger.create());
            enable(session, trigger);
        }
        touch(session, names);
        catalog.writerLocks().add(session, row.id(), programs.commutes());
    }

    private LockOrder order() {
        return new LockOrder(functionSchema, catalog.writerLocks());
    }

    /**
     * What writers lock, and in which order, has changed. The last part of a transaction; one with an older snapshot does not know what
     * others have done, and leaves it to the next one.
     */
    public void renewOrder(Session session) throws SQLException {
        boolean current = session.one(
                "SELECT current_setting('transaction_isolation') = 'read committed'", row -> row.getBoolean(1));
        if (current) {
            order().renew(session, catalog.writerLocks());
        }
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
    private static void touch(Session session, SynchronousNames names) throws SQLException {
        session.execute(
                "SELECT setval('" + names.version().replace("'", "''") + "', pg_current_xact_id()::text::bigint)");
    }

    private static String fullQuery(MaintenancePlan plan) {
        return new ProgramBuilder(plan, OperatorRenderer.ChangeSource.NONE, false, Statistics.NONE).presentResult();
    }

    private static void enable(Session session, FunctionRenderer.Trigger trigger) throws SQLException {
        Boolean owner = session.one(
                "SELECT pg_has_role(current_user, c.relowner, 'USAGE') FROM pg_class AS c WHERE c.oid = to_regclass(?)",
                row -> row.getBoolean(1),
                trigger.table());
        if (owner) {
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

    /**
     * Loads the empty table and its states in the caller's transaction, which has the sources for itself.
     *
     * @param plan the plan whose target is to be loaded
     */
    public RefreshResult load(Session session, StreamTableRow row, MaintenancePlan plan) throws SQLException {
        return load(session, row, plan, "first load", result ->
                new long[] {0, 0, session.update(ApplyRenderer.load(result, plan.target()))});
    }

    /**
     * The same for a table that has the rows, and perhaps other columns, of a former definition.
     *
     * @param catalogSchema not quoted
     */
    public RefreshResult migrate(Session session, String catalogSchema, StreamTableRow row, MaintenancePlan plan)
            throws SQLException {
        return load(session, row, plan, "the definition has changed", result -> {
            // Readers that hold the table back may be about to write to the sources: they must not wait for us long.
            Migration.Counts counts = new Migration(
                            session,
                            catalogSchema,
                            row,
                            plan.target(),
                            plan,
                            Math.min(READERS_MILLIS, lockTimeout.toMillis()))
                    .run(result);
            return new long[] {counts.deleted(), counts.updated(), counts.inserted()};
        });
    }

    @FunctionalInterface
    private interface Writing {

        /** How many rows were deleted, updated and inserted. */
        long[] write(String result) throws SQLException;
    }

    private RefreshResult load(
            Session session, StreamTableRow row, MaintenancePlan plan, String reason, Writing writing)
            throws SQLException {
        long started = System.nanoTime();
        session.execute(row.environment().setLocal() + "; SELECT " + catalog.showWriterKey());
        ProgramBuilder builder = new ProgramBuilder(plan, OperatorRenderer.ChangeSource.NONE, false, Statistics.NONE);
        for (ProgramBuilder.State state : builder.states()) {
            session.update(ApplyRenderer.load(state.query(), state.table()));
        }
        long[] counts = writing.write(builder.presentResult());
        StateTables.index(session, builder.states(), plan.target(), plan);
        FrontierRow read = read(session, row);
        RefreshResult result = new RefreshResult(
                row.name(),
                RefreshOutcome.FULL,
                reason,
                0,
                counts[2],
                counts[1],
                counts[0],
                read.now(),
                Duration.ofNanos(System.nanoTime() - started));
        catalog.advance(session, row.id(), read, null, result, 0, false);
        catalog.succeeded(session, row.id(), read.now());
        return result;
    }

    /** What the catalog says of a table at the snapshot of this statement. */
    public FrontierRow read(Session session, StreamTableRow row) throws SQLException {
        FrontierQuery query = catalog.frontier(row.id());
        return query.read(session, query.sql("", ""));
    }

    /** Compares a table with its query, and writes what differs. Writers wait meanwhile. Commits. */
    public RefreshResult compare(Session session, StreamTableRow row, MaintenancePlan plan) throws SQLException {
        long started = System.nanoTime();
        session.execute("LOCK TABLE " + names(row).lock() + " IN EXCLUSIVE MODE; " + ApplyLock.whole(row.id()) + "; "
                + row.environment().setLocal() + "; SELECT " + catalog.showWriterKey());
        ProgramBuilder builder = new ProgramBuilder(plan, OperatorRenderer.ChangeSource.NONE, false, Statistics.NONE);
        for (ProgramBuilder.State state : builder.states()) {
            session.list(ApplyRenderer.applyDifference(state.query(), state.table()), counts -> "");
        }
        FrontierRow read = read(session, row);
        RefreshResult result = session.one(
                ApplyRenderer.applyDifference(builder.presentResult(), plan.target()),
                counts -> new RefreshResult(
                        row.name(),
                        RefreshOutcome.FULL,
                        "requested",
                        0,
                        counts.getLong(3),
                        counts.getLong(2),
                        counts.getLong(1),
                        read.now(),
                        Duration.ofNanos(System.nanoTime() - started)));
        touch(session, names(row));
        catalog.advance(session, row.id(), read, read.planHash(), result, 0, false);
        session.commit();
        return result;
    }

    /**
     * Statements that keep writers out of the sources, and everybody out of the table, until the end of their transaction. They
     * take no snapshot.
     */
    public String keepingOut(Session session, StreamTableRow row) throws SQLException {
        // Writers lock a source before they lock anything of ours.
        List<String> locks = session.list(
                "SELECT format('LOCK TABLE %s IN %s MODE', t.name, t.mode) FROM (SELECT 0 AS place, c.oid::regclass AS name,"
                        + " 'SHARE ROW EXCLUSIVE' AS mode FROM pg_class AS c WHERE c.oid::bigint = ANY (?) UNION ALL"
                        + " SELECT 1, to_regclass(?), 'EXCLUSIVE') AS t WHERE t.name IS NOT NULL ORDER BY t.place,"
                        + " t.name::oid",
                found -> found.getString(1),
                row.dependencies().stream()
                        .map(StreamTableRow.Dependency::relid)
                        .toArray(Long[]::new),
                names(row).lock());
        return String.join("; ", locks);
    }

    /** Removes everything that {@link #install} has made, in the caller's transaction. Writers are waited for. */
    public void remove(Session session, StreamTableRow row) throws SQLException {
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

    /**
     * Why a query cannot be maintained in the transactions of its writers, as the continuation of "because"; empty if it can.
     *
     * @param topkMaxLimit how many rows a LIMIT may leave, with those before its OFFSET
     */
    public static String obstacle(Session session, MaintenancePlan plan, int topkMaxLimit) throws SQLException {
        String tooMany = TopLimit.exceeded(session, plan.root(), topkMaxLimit);
        if (!tooMany.isEmpty()) {
            return tooMany;
        }
        if (plan.readsClock()) {
            return "it reads the clock, and nobody writes when time passes";
        }
        for (SourceTable source : plan.sources().keySet()) {
            boolean partitioned = session.one(
                    "SELECT relkind = 'p' OR relispartition FROM pg_class WHERE oid = ?::bigint::oid",
                    row -> row.getBoolean(1),
                    source.oid());
            if (partitioned) {
                return Identifiers.quote(source.name())
                        + " is partitioned, and to attach, detach or drop a partition changes what the table shows"
                        + " without a statement that a trigger could follow";
            }
        }
        return "";
    }
}
