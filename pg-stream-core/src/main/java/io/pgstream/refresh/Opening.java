package io.pgstream.refresh;

import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.Environment;
import io.pgstream.catalog.FrontierQuery;
import io.pgstream.catalog.FrontierRow;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The beginning of a refresh: the lock of the stream table, the locks of what it reads, and only then a SELECT, which takes
 * the snapshot and reads all that decides what is to be done. The driver sends it all at once, and the server works it off
 * statement by statement, each parsed when its turn comes: it is one round trip, and the order is kept.
 */
final class Opening {

    /**
     * A small delta is looked up through indexes that are in memory, and its statements come again and again: one plan of
     * each is kept. The same goes for the statements around a refresh.
     */
    private static final String SMALL_DELTA_SETTINGS = String.join(
            ", ",
            Environment.set("random_page_cost", "1.1"),
            Environment.set("max_parallel_workers_per_gather", "0"),
            Environment.set("jit", "off"),
            Environment.set("work_mem", "64MB"));

    private final Session session;

    private final PreparedTable table;

    private final RefreshPolicy policy;

    private final FrontierQuery query;

    Opening(Session session, Catalog catalog, PreparedTable table, RefreshPolicy policy) {
        this.session = session;
        this.table = table;
        this.policy = policy;
        this.query = catalog.frontier(table.row().id());
    }

    /** Takes the locks and reads. */
    FrontierRow run() throws SQLException, LockedElsewhereException, RedefinitionNeededException {
        session.connection().setAutoCommit(false);
        try {
            return atOnce();
        } catch (SQLException e) {
            if (!SqlErrors.state(e).equals("55P03") && !SqlErrors.state(e).equals("42P01")) {
                throw e;
            }
            session.rollbackQuietly();
            lockStepwise();
            return read();
        }
    }

    private FrontierRow atOnce() throws SQLException {
        String sql = table.opening(
                policy.ownLockMillis(),
                () -> ownLock(policy.ownLockMillis()) + "; " + sourceLocks() + "; " + reading());
        try (PreparedStatement statement = session.prepareAgain(sql)) {
            boolean rows = statement.execute();
            while (!rows && statement.getUpdateCount() >= 0) {
                rows = statement.getMoreResults();
            }
            try (ResultSet result = statement.getResultSet()) {
                return FrontierQuery.read(result);
            }
        }
    }

    /** Takes the locks only, for a caller who has to do something before the snapshot. */
    void lock() throws SQLException, LockedElsewhereException, RedefinitionNeededException {
        session.connection().setAutoCommit(false);
        try {
            session.execute(ownLock(policy.ownLockMillis()) + "; " + sourceLocks());
        } catch (SQLException e) {
            if (!SqlErrors.state(e).equals("55P03") && !SqlErrors.state(e).equals("42P01")) {
                throw e;
            }
            session.rollbackQuietly();
            lockStepwise();
        }
    }

    /** Reads, behind the locks. */
    FrontierRow read() throws SQLException {
        return query.read(session, reading());
    }

    /** Reads again, at the same snapshot, what can change inside of one; the changes are not counted. */
    FrontierRow readAgain() throws SQLException {
        return query.read(session, query.sql("true", ""));
    }

    /** Finds out which of the locks was not to be had; the wait for it is over already. */
    private void lockStepwise() throws SQLException, LockedElsewhereException, RedefinitionNeededException {
        try {
            session.execute(ownLock(0));
        } catch (SQLException e) {
            if (SqlErrors.state(e).equals("55P03")) {
                throw new LockedElsewhereException(e);
            }
            throw e;
        }
        try {
            session.execute(sourceLocks());
        } catch (SQLException e) {
            if (SqlErrors.state(e).equals("42P01")) {
                throw new RedefinitionNeededException("a table that it reads is gone");
            }
            throw e;
        }
    }

    private String ownLock(long waitMillis) {
        return "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = " + waitMillis
                + "; LOCK TABLE " + policy.lockTable(table.row().id()) + " IN SHARE UPDATE EXCLUSIVE MODE"
                + (waitMillis == 0 ? " NOWAIT" : "");
    }

    private String sourceLocks() {
        StringBuilder locks = new StringBuilder();
        locks.append("SET LOCAL lock_timeout = ").append(policy.sourceLockMillis());
        locks.append("; SET LOCAL statement_timeout = ").append(policy.statementMillis());
        locks.append("; SET LOCAL plan_cache_mode = force_generic_plan");
        List<String> relations = new ArrayList<>();
        table.row().dependencies().stream()
                .filter(dependency -> dependency.captureId() != null)
                .forEach(dependency -> relations.add(Identifiers.quote(dependency.name())));
        relations.addAll(table.buffers().segments());
        if (!relations.isEmpty()) {
            // TRUNCATE and rewrites are not MVCC-safe: none may come between the snapshot and the reads.
            locks.append("; LOCK TABLE ").append(String.join(", ", relations)).append(" IN ACCESS SHARE MODE");
        }
        return locks.toString();
    }

    private String reading() {
        return query.sql(
                table.row().environment().setLocalInSelect() + ", " + SMALL_DELTA_SETTINGS,
                table.differential() ? table.buffers().counts() : "");
    }
}
