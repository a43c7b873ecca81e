package io.pgstream.refresh;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamBugException;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshListener;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.cdc.BufferCleaner;
import io.pgstream.cdc.TriggerCapture;
import io.pgstream.delta.CompiledQuery;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refreshes stream tables: with a connection of its own, again after serialization failures, and with what follows for
 * status, history and buffers.
 *
 * @since 0.1.0
 */
public final class Refresher {

    private static final Logger LOG = LoggerFactory.getLogger(Refresher.class);

    private static final String LOCKED = "another refresh of the table is running";

    /** After these the states have other statistics. */
    private static final Set<String> LOADED =
            Set.of(DefinitionCheck.FIRST_LOAD, DefinitionCheck.OTHER_PLAN, DefinitionCheck.STATES_BEHIND);

    private static final int RUNS_AGAIN = 10;

    private static final long EMPTY_ABOVE_BYTES = 512 * 1024;

    private static final long SWITCH_ABOVE_BYTES = 4 * 1024 * 1024;

    private final DataSource dataSource;

    private final Catalog catalog;

    private final TriggerCapture capture;

    private final RefreshSettings settings;

    private final TablePreparer preparer;

    private final Housekeeper housekeeper;

    private final RefreshMemory memory;

    private final RefreshReporter reporter;

    private final FreshViews freshViews;

    private final GroupRefresher groups;

    /** The connections of the refreshes that run now, with the threads that they run on. */
    private final Map<Connection, Thread> connections = new ConcurrentHashMap<>();

    public Refresher(
            DataSource dataSource,
            Catalog catalog,
            TriggerCapture capture,
            RefreshSettings settings,
            List<RefreshListener> listeners) {
        this.capture = capture;
        this.dataSource = dataSource;
        this.catalog = catalog;
        this.settings = settings;
        this.preparer = new TablePreparer(settings.stateSchema(), settings.changeBufferSchema());
        this.memory = new RefreshMemory(settings, catalog, preparer);
        this.reporter = new RefreshReporter(dataSource, catalog, settings.maxConsecutiveErrors(), listeners);
        this.freshViews = new FreshViews(settings.catalogSchema(), catalog, memory);
        this.groups = new GroupRefresher(dataSource, catalog, capture, memory, freshViews, connections);
        this.housekeeper = new Housekeeper(
                dataSource,
                catalog,
                new BufferCleaner(
                        settings.catalogSchema(),
                        settings.changeBufferSchema(),
                        EMPTY_ABOVE_BYTES,
                        SWITCH_ABOVE_BYTES));
    }

    /** How a refresh was asked for. */
    public enum Request {
        /** By the clock: it gives way to a running refresh. */
        SCHEDULED,
        /** By a caller, who wants the table to be fresh afterwards: it waits for a running refresh. */
        REQUESTED,
        /** By a caller who wants every row compared. */
        FORCED
    }

    /**
     * Refreshes a stream table.
     *
     * @throws RedefinitionNeededException if the definition must be compiled and loaded again first
     * @throws PgStreamException if it failed; status and history say so too
     */
    public RefreshResult refresh(StreamTableRow row, Request request, BeforeCommit check)
            throws RedefinitionNeededException {
        long started = System.nanoTime();
        Instant startedAt = Instant.now();
        try {
            RefreshResult result = runAgainWhileSerializing(row, request, check);
            reporter.completed(row, result);
            return result;
        } catch (LockedElsewhereException e) {
            return skipped(row, LOCKED, startedAt, Duration.ofNanos(System.nanoTime() - started));
        } catch (GateClosedException e) {
            String reason = String.valueOf(e.getMessage());
            return skipped(row, reason, startedAt, Duration.ofNanos(System.nanoTime() - started));
        } catch (SQLException | DriftException e) {
            PgStreamException failure = failure(row.name(), e);
            failed(row, failure, startedAt, Duration.ofNanos(System.nanoTime() - started));
            throw failure;
        }
    }

    /**
     * Refreshes several stream tables at one snapshot, in one transaction: all or none.
     *
     * @param rows those that are read before their readers
     * @throws RedefinitionNeededException if a definition, of which it tells the table, must be compiled and loaded again
     * @throws PgStreamException if one of them failed; its status and history say so too
     */
    public List<RefreshResult> refreshTogether(List<StreamTableRow> rows, Request request, BeforeCommit check)
            throws RedefinitionNeededException {
        long started = System.nanoTime();
        Instant startedAt = Instant.now();
        try {
            List<RefreshResult> results = groups.refresh(rows, request, check);
            for (int i = 0; i < results.size(); i++) {
                RefreshOutcome outcome = results.get(i).outcome();
                if (outcome == RefreshOutcome.DIFFERENTIAL || outcome == RefreshOutcome.FULL) {
                    housekeeper.afterRefresh(rows.get(i));
                }
                if (outcome != RefreshOutcome.SKIPPED) {
                    reporter.completed(rows.get(i), results.get(i));
                }
            }
            return results;
        } catch (GroupRefresher.Failure e) {
            Duration duration = Duration.ofNanos(System.nanoTime() - started);
            failed(e.row(), e.failure(), startedAt, duration);
            // A circle fails as one.
            rows.stream()
                    .filter(row -> row.id() != e.row().id() && e.row().circle().contains(row.name()))
                    .forEach(row -> failed(row, e.failure(), startedAt, duration));
            throw e.failure();
        }
    }

    static PgStreamException failure(QualifiedName name, Exception e) {
        if (e instanceof PgStreamException known) {
            return known;
        }
        return (e instanceof SQLException sql)
                ? SqlErrors.translate("The refresh of " + name + " failed", sql)
                : new PgStreamBugException(
                        "The refresh of " + name + " failed: a full refresh did not fit the table: " + e.getMessage(),
                        e);
    }

    private RefreshResult skipped(StreamTableRow row, String reason, Instant startedAt, Duration duration) {
        return new RefreshResult(row.name(), RefreshOutcome.SKIPPED, reason, 0, 0, 0, 0, startedAt, duration);
    }

    private RefreshResult runAgainWhileSerializing(StreamTableRow row, Request request, BeforeCommit check)
            throws SQLException, LockedElsewhereException, RedefinitionNeededException, DriftException {
        Extent extent = (request == Request.FORCED) ? Extent.WHOLE : Extent.CHANGES;
        for (int run = 1; ; run++) {
            try (Connection connection = dataSource.getConnection()) {
                Session session = new Session(connection);
                connections.put(connection, Thread.currentThread());
                try {
                    return once(session, row, request, extent, check);
                } catch (SQLException e) {
                    session.rollbackQuietly();
                    Extent next = memory.extent(row, extent, e);
                    if (next == null && (!SqlErrors.runAgain(e) || run >= RUNS_AGAIN)) {
                        throw e;
                    }
                    extent = (next == null) ? extent : next;
                } catch (DriftException e) {
                    session.rollbackQuietly();
                    Extent next = memory.extent(row, extent, e);
                    if (next == null) {
                        throw e;
                    }
                    extent = next;
                } finally {
                    connections.remove(connection);
                    session.rollbackQuietly();
                }
            }
        }
    }

    private RefreshResult once(Session session, StreamTableRow row, Request request, Extent extent, BeforeCommit check)
            throws SQLException, LockedElsewhereException, RedefinitionNeededException, DriftException {
        long started = System.nanoTime();
        PreparedTable table = memory.prepared(session, row);
        session.connection().setAutoCommit(true);
        // What somebody wants to do at the snapshot of the refresh needs a transaction.
        Instant unchanged = (extent != Extent.CHANGES || !table.differential() || check != BeforeCommit.NONE)
                ? null
                : FreshnessCheck.unchangedAt(session, settings.catalogSchema(), table);
        session.connection().setAutoCommit(false);
        if (unchanged != null) {
            RefreshResult nothing = nothing(row, unchanged, Duration.ofNanos(System.nanoTime() - started));
            afterwards(session, row, nothing);
            return nothing;
        }
        RefreshTransaction transaction =
                new RefreshTransaction(session, catalog, table, memory.policy(List.of(row), request), check);
        RefreshResult result;
        try {
            result = transaction.run(extent);
        } catch (UnsureException e) {
            e.remember(table);
            session.rollbackQuietly();
            return once(session, row, request, extent, check);
        }
        if (LOADED.contains(String.valueOf(result.reason()))) {
            memory.loaded(session, row);
        }
        afterwards(session, row, result);
        memory.tryQuery(session, table, result);
        if (result.outcome() == RefreshOutcome.FULL
                || !transaction.leftCaptures().isEmpty()) {
            freshViews.renewQuietly(session, row);
        }
        capture.removeUnused(session, transaction.leftCaptures());
        return result;
    }

    /** The views that show stream tables with their pending changes. */
    public FreshViews freshViews() {
        return freshViews;
    }

    private static RefreshResult nothing(StreamTableRow row, Instant at, Duration duration) {
        return new RefreshResult(row.name(), RefreshOutcome.NO_DATA, null, 0, 0, 0, 0, at, duration);
    }

    private void afterwards(Session session, StreamTableRow row, RefreshResult result) throws SQLException {
        memory.tell(session, row, result);
        if (result.outcome() != RefreshOutcome.NO_DATA) {
            housekeeper.afterRefresh(row);
        }
    }

    /**
     * Asks the server to end the statements of the refreshes that run now; they fail with a transient error and roll
     * back. The driver does not notice the interruption of a thread, and without its client a server would go on.
     */
    public void cancel() {
        connections.keySet().forEach(Refresher::cancel);
    }

    /** The same for the refresh that runs on a thread. */
    public void cancel(Thread thread) {
        connections.forEach((connection, runner) -> {
            if (runner.equals(thread)) {
                cancel(connection);
            }
        });
    }

    private static void cancel(Connection connection) {
        try {
            connection.unwrap(PGConnection.class).cancelQuery();
        } catch (SQLException e) {
            LOG.debug("A refresh could not be cancelled", e);
        }
    }

    /** Waits until what refreshes left to clean is cleaned, or the time is over. */
    public void awaitHousekeeping(Duration time) throws InterruptedException {
        housekeeper.await(time);
    }

    /** Whether captured changes are all that a stream table has to follow, as far as this instance knows. */
    public boolean followsChanges(long id) {
        return memory.followsChanges(id);
    }

    /** Forgets what is known of a stream table. */
    public void forget(long id) {
        memory.forget(id);
    }

    /**
     * Makes the states of a new or changed definition, empty and without indexes, in the caller's transaction.
     *
     * @param target the table that will hold the rows
     */
    public void createStates(Session session, StreamTableRow row, CompiledQuery compiled, QualifiedName target)
            throws SQLException {
        StateTables.create(
                session, preparer.prepared(session, row, compiled, target).states());
    }

    /** Tells plans apart that make other states, or mean something else by them. */
    public String planHash(Session session, StreamTableRow row, CompiledQuery compiled) throws SQLException {
        return preparer.prepared(session, row, compiled, row.name()).planHash();
    }

    /** Has a table be refreshed that is right at this moment, at which nobody writes to its sources, in the caller's transaction. */
    public void startsHere(Session session, StreamTableRow row, CompiledQuery compiled) throws SQLException {
        PreparedTable table = preparer.prepared(session, row, compiled, row.name());
        RefreshPolicy policy = memory.policy(List.of(row), Request.REQUESTED);
        try {
            Conclusion.settled(session, catalog, table, policy);
        } catch (RedefinitionNeededException e) {
            throw new SQLException("What the query reads changed meanwhile: " + e.getMessage(), "40001", e);
        }
    }

    /**
     * Gives a stream table the columns and rows of a changed definition.
     *
     * @param row the new definition
     * @param target the stream table
     */
    public void replace(
            Session session, StreamTableRow row, CompiledQuery compiled, QualifiedName target, Replacement replacement)
            throws SQLException {
        try {
            PreparedTable table = preparer.prepared(session, row, compiled, target);
            RefreshPolicy policy = memory.policy(List.of(row), Request.REQUESTED);
            RefreshResult result =
                    new RefreshTransaction(session, catalog, table, policy, replacement::finish).replace(replacement);
            forget(row.id());
            reporter.completed(row, result);
        } catch (LockedElsewhereException e) {
            throw new SQLException("Another refresh of the table did not end in time", "55P03", e);
        } catch (RedefinitionNeededException | DriftException | UnsureException e) {
            throw new SQLException("What the query reads changed meanwhile: " + e.getMessage(), "40001", e);
        }
    }

    /** The end of refreshing a stream table, whose writers are to maintain it from then on. */
    public LastRefresh lastRefresh(Session session, StreamTableRow row) {
        return new LastRefresh(
                session,
                catalog,
                memory,
                row,
                (current, extent) -> once(session, current, Request.REQUESTED, extent, BeforeCommit.NONE));
    }

    private void failed(StreamTableRow row, PgStreamException failure, Instant startedAt, Duration duration) {
        if (!SqlErrorsRetry.transientFailure(failure)) {
            recordFailure(row, failure, startedAt, duration);
        }
    }

    /** Counts a failure that is not, or no longer, tried again. */
    public void recordFailure(StreamTableRow row, PgStreamException failure, Instant startedAt, Duration duration) {
        reporter.failed(row, failure, startedAt, duration);
    }

    /** Tells the listeners that a stream table is defined and loaded anew. */
    public void reinitializes(StreamTableRow row) {
        reporter.reinitializes(row);
    }

    /** Which failures wait for a retry before they count. */
    static final class SqlErrorsRetry {

        private SqlErrorsRetry() {}

        static boolean transientFailure(PgStreamException failure) {
            return failure.code() == ErrorCode.SERVER_UNAVAILABLE
                    || (failure instanceof io.pgstream.RefreshFailedException refresh && refresh.retryable());
        }
    }
}
