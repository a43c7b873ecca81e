package io.pgstream.refresh;

import io.pgstream.catalog.StreamTableRow;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The locks that a refresh takes before its snapshot: those of the stream tables, in the order of their numbers, then
 * those of everything that is read. LOCK and SET take no snapshot and no transaction id.
 */
final class RefreshLocks {

    /** The statements around a refresh come again and again: one plan of each is kept. */
    static final String ONE_PLAN = "SET LOCAL plan_cache_mode = force_generic_plan";

    private final Session session;

    private final RefreshPolicy policy;

    private final List<PreparedTable> tables;

    /** @param tables the stream tables that are refreshed in the transaction */
    RefreshLocks(Session session, RefreshPolicy policy, List<PreparedTable> tables) {
        this.session = session;
        this.policy = policy;
        this.tables = List.copyOf(tables);
    }

    /** Begins the transaction with the locks. */
    void take() throws SQLException, LockedElsewhereException, RedefinitionNeededException {
        session.connection().setAutoCommit(false);
        try {
            session.execute(sql());
        } catch (SQLException e) {
            takeAfter(e);
        }
    }

    /** The statements that take the locks. */
    String sql() {
        return ownLocks(policy.ownLockMillis()) + "; " + sourceLocks();
    }

    /** Takes the locks again, one after the other, if it was for one of them that a transaction could not begin. */
    void takeAfter(SQLException failure) throws SQLException, LockedElsewhereException, RedefinitionNeededException {
        if (!SqlErrors.state(failure).equals("55P03")
                && !SqlErrors.state(failure).equals("42P01")) {
            throw failure;
        }
        session.rollbackQuietly();
        takeStepwise();
    }

    private String ownLocks(long waitMillis) {
        String locks = tables.stream()
                .map(PreparedTable::row)
                .sorted(Comparator.comparing(StreamTableRow::id))
                .map(row -> policy.lockTable(row.id()))
                .collect(Collectors.joining(", "));
        return "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = " + waitMillis
                + "; LOCK TABLE " + locks + " IN SHARE UPDATE EXCLUSIVE MODE" + (waitMillis == 0 ? " NOWAIT" : "");
    }

    /** Finds out which of the locks was not to be had; the wait for it is over already. */
    private void takeStepwise() throws SQLException, LockedElsewhereException, RedefinitionNeededException {
        try {
            session.execute(ownLocks(0));
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

    /** The settings of a refresh, and the locks of everything that is read. */
    String sourceLocks() {
        StringBuilder locks = new StringBuilder();
        locks.append("SET LOCAL lock_timeout = ").append(policy.sourceLockMillis());
        locks.append("; SET LOCAL statement_timeout = ").append(policy.statementMillis());
        locks.append("; ").append(ONE_PLAN);
        if (!policy.userTriggers()) {
            // Triggers that are enabled for ALWAYS, our capture among them, fire all the same.
            locks.append("; SET LOCAL session_replication_role = replica");
        }
        Set<String> relations = new TreeSet<>();
        for (PreparedTable table : tables) {
            table.row().dependencies().stream()
                    .filter(dependency -> dependency.captureId() != null)
                    .forEach(dependency -> relations.add(Identifiers.quote(dependency.name())));
            relations.addAll(table.buffers().tables());
        }
        if (!relations.isEmpty()) {
            // TRUNCATE and rewrites are not MVCC-safe: none may come between the snapshot and the reads.
            locks.append("; LOCK TABLE ").append(String.join(", ", relations)).append(" IN ACCESS SHARE MODE");
        }
        return locks.toString();
    }
}
