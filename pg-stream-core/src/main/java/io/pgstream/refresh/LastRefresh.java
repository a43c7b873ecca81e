package io.pgstream.refresh;

import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.StoredPlan;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.delta.MaintenancePlan;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The end of refreshing a stream table that others are to maintain: refreshes beside the writers until little is left, and the last one
 * in a transaction of the caller's that keeps the writers out. There the locks are held before anything is read, so that it needs no
 * snapshot of its own.
 *
 * @since 0.1.0
 */
public final class LastRefresh {

    private static final int ROUNDS = 5;

    private static final Duration SHORT = Duration.ofMillis(100);

    /** The table cannot go over like this: it must be compiled and loaded again. */
    public static final class NotPossibleException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        NotPossibleException(Exception cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** One refresh in transactions of its own. */
    @FunctionalInterface
    interface Once {

        RefreshResult run(StreamTableRow row, Extent extent)
                throws SQLException, LockedElsewhereException, RedefinitionNeededException, DriftException;
    }

    private final Session session;

    private final Catalog catalog;

    private final RefreshMemory memory;

    private StreamTableRow row;

    private final Once once;

    private @Nullable String planHash;

    LastRefresh(Session session, Catalog catalog, RefreshMemory memory, StreamTableRow row, Once once) {
        this.session = session;
        this.catalog = catalog;
        this.memory = memory;
        this.row = row;
        this.once = once;
    }

    /**
     * Refreshes until a refresh takes no time to speak of, or new ones do not help. Commits.
     *
     * @return the plan that the states are written by
     * @throws NotPossibleException if the table must be loaded again
     */
    public MaintenancePlan catchUp() throws SQLException {
        try {
            RefreshResult last = behind() ? once.run(row, Extent.WHOLE) : once();
            for (int i = 1; i < ROUNDS && worthAnotherRound(last); i++) {
                readAgain();
                last = once();
            }
            readAgain();
            PreparedTable table = memory.prepared(session, row);
            planHash = table.planHash();
            return Objects.requireNonNull(table.plan());
        } catch (LockedElsewhereException e) {
            throw new SQLException("Another refresh of the table did not end in time", "55P03", e);
        } catch (RedefinitionNeededException | DriftException e) {
            throw new NotPossibleException(e);
        }
    }

    /** Whether the states have to be computed again, better before the writers wait than while they do. */
    private boolean behind() throws SQLException, RedefinitionNeededException {
        RefreshPolicy policy = memory.policy(List.of(row), Refresher.Request.REQUESTED);
        String stored = new StoredPlan(policy.catalogSchema()).of(session, row.id());
        boolean behind = memory.prepared(session, row).planHashBehind().equals(stored);
        session.commit();
        return behind;
    }

    private RefreshResult once()
            throws SQLException, LockedElsewhereException, RedefinitionNeededException, DriftException {
        try {
            return once.run(row, Extent.CHANGES);
        } catch (DriftException e) {
            session.rollbackQuietly();
            return once.run(row, Extent.WHOLE);
        }
    }

    /** A refresh may have moved to another capture. */
    private void readAgain() throws SQLException, RedefinitionNeededException {
        StreamTableRow current = catalog.find(session, row.name());
        session.commit();
        if (current == null || current.version() != row.version()) {
            throw new RedefinitionNeededException("its definition was altered elsewhere");
        }
        row = current;
    }

    /** The table as it was read last. */
    public StreamTableRow row() {
        return row;
    }

    /** What tells the plan from others by which the states are written, once it has caught up. */
    public String planHash() {
        return Objects.requireNonNull(planHash);
    }

    private static boolean worthAnotherRound(RefreshResult result) {
        return result.outcome() != RefreshOutcome.NO_DATA && result.duration().compareTo(SHORT) > 0;
    }

    /**
     * Writes the changes that are left, in a transaction that has begun and whose locks keep the writers of the sources out.
     *
     * @throws NotPossibleException if the table must be loaded again
     */
    public RefreshResult run() throws SQLException {
        try {
            PreparedTable table = memory.prepared(session, row);
            RefreshPolicy policy =
                    memory.policy(List.of(row), Refresher.Request.REQUESTED).keepingStates();
            lock(new RefreshLocks(session, policy, List.of(table)));
            // The locks are not to be given back for a second attempt.
            table.beCareful();
            return new RefreshTransaction(session, catalog, table, policy, BeforeCommit.NONE, Membership.WITHIN)
                    .refresh(Extent.CHANGES);
        } catch (UnsureException e) {
            throw new SQLException("The quick program did not fit", "40001", e);
        } catch (RedefinitionNeededException | DriftException e) {
            throw new NotPossibleException(e);
        }
    }

    private void lock(RefreshLocks locks) throws SQLException, RedefinitionNeededException {
        try {
            session.execute(locks.sourceLocks());
        } catch (SQLException e) {
            if (SqlErrors.state(e).equals("42P01")) {
                throw new RedefinitionNeededException("a capture was replaced");
            }
            throw e;
        }
    }
}
