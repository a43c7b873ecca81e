package io.pgstream.synchronous;

import io.pgstream.ErrorCode;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshFailedException;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.FrontierRow;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.delta.MaintenancePlan;
import io.pgstream.delta.ProgramBuilder;
import io.pgstream.delta.Statistics;
import io.pgstream.plan.SourceTable;
import io.pgstream.refresh.Migration;
import io.pgstream.refresh.StateTables;
import io.pgstream.sql.ApplyRenderer;
import io.pgstream.sql.Identifiers;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.support.LostClients;
import io.pgstream.support.QuestionMarks;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Makes, repairs and removes what maintains stream tables in the transactions of their writers. It works in READ COMMITTED
 * transactions: locks first, then statements that see what was committed before the locks were there.
 *
 * @since 0.1.0
 */
public final class SynchronousTables {

    private static final long PAUSE_NANOS = 100_000_000;

    private static final String TAKEN_OVER = "its writers maintain it from here on";

    /** Shorter than PostgreSQL waits before it takes a wait for a deadlock. */
    private static final long READERS_MILLIS = 300;

    private static final long SHORTEST_WAIT_MILLIS = 20;

    private final Catalog catalog;

    private final WriterFunctions functions;

    private final Duration lockTimeout;

    private final Duration patience;

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
        this.catalog = catalog;
        this.functions = new WriterFunctions(catalog, functionSchema, stateSchema, maximumDepth);
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
        return functions.names(row);
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
        functions.trigger(session, row, functions.make(session, row, plan));
    }

    /**
     * Makes the functions and triggers of a table that holds its rows, and its states theirs, but for what has changed lately, in the
     * caller's transaction. The functions come first, so that nobody writes to the sources only for as long as the last changes take.
     *
     * @param plan the plan that the states were written by
     */
    public void takeOver(Session session, StreamTableRow row, MaintenancePlan plan, LastChanges changes)
            throws SQLException {
        List<SourceTrigger> triggers = functions.make(session, row, plan);
        session.execute(String.join("; ", locks(session, row, "SHARE ROW EXCLUSIVE", null)));
        RefreshResult last = changes.apply();
        catalog.replace(session, row);
        functions.trigger(session, row, triggers);
        settled(session, row, TAKEN_OVER, last.duration());
        renewOrder(session);
    }

    /** Whether the writers of a table have followed all that has changed, and would go on doing so. */
    public boolean followed(Session session, StreamTableRow row, MaintenancePlan plan) throws SQLException {
        return functions.followed(session, row, plan);
    }

    /** Whether the writers of a table have followed it so far, and the next write will be. */
    public boolean followed(Session session, StreamTableRow row) throws SQLException {
        return functions.followed(session, row);
    }

    /**
     * Has the writers of a table, who are kept out, follow it in another mode from here on, in the caller's transaction.
     *
     * @param row the new definition
     */
    public void follow(Session session, StreamTableRow row, MaintenancePlan plan) throws SQLException {
        functions.remake(session, row, plan);
        settled(session, row, TAKEN_OVER, Duration.ZERO);
        renewOrder(session);
    }

    private void settled(Session session, StreamTableRow row, String reason, Duration duration) throws SQLException {
        FrontierRow read = read(session, row);
        RefreshResult result =
                new RefreshResult(row.name(), RefreshOutcome.DIFFERENTIAL, reason, 0, 0, 0, 0, read.now(), duration);
        catalog.advance(session, row.id(), read, null, result, 0, false);
        catalog.succeeded(session, row.id(), read.now());
    }

    /** Has the writers of a table follow it no longer, in the caller's transaction, which keeps everybody out of the sources. */
    public void leave(Session session, StreamTableRow old) throws SQLException {
        functions.remove(session, old);
        renewOrder(session);
    }

    /** What the planner thinks a query costs, in its own units. */
    public double estimatedCost(Session session, String query) throws SQLException {
        String top = session.list("EXPLAIN " + QuestionMarks.escaped(query), row -> row.getString(1))
                .get(0);
        return Double.parseDouble(top.replaceFirst("^.*\\.\\.([0-9.]+) rows=.*$", "$1"));
    }

    /** What has changed since the rows were written, and nobody adds to any more. */
    @FunctionalInterface
    public interface LastChanges {

        /** Writes it, in the transaction that keeps the writers out. */
        RefreshResult apply() throws SQLException;
    }

    /**
     * What writers lock, and in which order, has changed. The last part of a transaction; one with an older snapshot does not know what
     * others have done, and leaves it to the next one.
     */
    public void renewOrder(Session session) throws SQLException {
        boolean current = session.one(
                "SELECT current_setting('transaction_isolation') = 'read committed'", row -> row.getBoolean(1));
        if (current) {
            functions.order().renew(session, catalog.writerLocks());
        }
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
            StateTables.filled(session, state);
        }
        long[] counts = writing.write(builder.presentResult());
        StateTables.index(session, plan.target(), plan);
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
        return catalog.frontier(row.id()).read(session, "", "");
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
        WriterFunctions.touch(session, names(row));
        catalog.advance(session, row.id(), read, read.planHash(), result, 0, false);
        session.commit();
        return result;
    }

    /**
     * Statements that keep writers out of the sources, and everybody out of the table, until the end of their transaction. They
     * take no snapshot.
     */
    public String keepingOut(Session session, StreamTableRow row) throws SQLException {
        return String.join(
                "; ", locks(session, row, "SHARE ROW EXCLUSIVE", names(row).lock()));
    }

    /**
     * The same for somebody who is going to take the triggers from the sources, for which not even readers may be there. They are kept out
     * at once: one who was about to write would wait for us, and we for him. He must not wait for so long that PostgreSQL looks for
     * deadlocks, in which his transaction could be the one that is ended. Who has written to one source may have to read the others:
     * each attempt begins with another one, so that some attempt begins with the one that is written to.
     *
     * @param attempt the number of the attempt
     */
    public String keepingAllOut(Session session, StreamTableRow row, int attempt) throws SQLException {
        long millis = Math.min(READERS_MILLIS, lockTimeout.toMillis())
                / Math.max(1, row.dependencies().size());
        List<String> locks = new ArrayList<>(
                locks(session, row, "ACCESS EXCLUSIVE", names(row).lock()));
        Collections.rotate(locks.subList(0, locks.size() - 1), attempt);
        return "SET LOCAL lock_timeout = " + Math.max(SHORTEST_WAIT_MILLIS, millis) + "; " + String.join("; ", locks);
    }

    /** Statements that keep anybody from emptying a source, so that a snapshot that comes after them shows what it has seen. */
    public String keepingWhole(Session session, StreamTableRow row) throws SQLException {
        return "SET LOCAL lock_timeout = " + patience.toMillis() + "; "
                + String.join("; ", locks(session, row, "ACCESS SHARE", null));
    }

    /** @param own what is locked exclusively behind the sources; {@code null} for nothing */
    private static List<String> locks(Session session, StreamTableRow row, String mode, @Nullable String own)
            throws SQLException {
        // Writers lock a source before they lock anything of ours.
        return session.list(
                "SELECT format('LOCK TABLE %s IN %s MODE', t.name, t.mode) FROM (SELECT 0 AS place, c.oid::regclass AS name,"
                        + " ? AS mode FROM pg_class AS c WHERE c.oid::bigint = ANY (?) AND c.relkind IN ('r', 'p') UNION ALL"
                        + " SELECT 1, to_regclass(?), 'EXCLUSIVE') AS t WHERE t.name IS NOT NULL ORDER BY t.place,"
                        + " t.name::oid",
                found -> found.getString(1),
                mode,
                row.dependencies().stream()
                        .map(StreamTableRow.Dependency::relid)
                        .toArray(Long[]::new),
                own);
    }

    /** Removes everything that {@link #install} has made, in the caller's transaction. Writers are waited for. */
    public void remove(Session session, StreamTableRow row) throws SQLException {
        functions.remove(session, row);
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
