package io.pgstream.engine;

import io.pgstream.ErrorCode;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshFailedException;
import io.pgstream.TransactionToken;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.graph.DependencyGraph;
import io.pgstream.refresh.BeforeCommit;
import io.pgstream.refresh.Refresher;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for a transaction to end, and refreshes what does not contain it yet. */
final class FreshnessWait {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Sessions sessions;

    private final TableLookup tables;

    private final RefreshRuns runs;

    FreshnessWait(Sessions sessions, TableLookup tables, RefreshRuns runs) {
        this.sessions = sessions;
        this.tables = tables;
        this.runs = runs;
    }

    void await(QualifiedName name, TransactionToken token, Duration timeout) {
        String xid = token.xid();
        if (xid == null) {
            return;
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        while (open(xid)) {
            if (token.threadId() == Thread.currentThread().getId()) {
                throw waitsForCaller(name);
            }
            checkTime(name, xid, deadline);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        // The snapshot of a refresh that begins now contains it, and so does each that reads what that one has written.
        for (QualifiedName table : withUpstream(name)) {
            checkTime(name, xid, deadline);
            runs.run(table, Refresher.Request.REQUESTED, BeforeCommit.NONE);
        }
    }

    /** Whether a snapshot of now would not contain it because it goes on. */
    private boolean open(String xid) {
        return sessions.work(
                "The transaction " + xid + " cannot be waited for",
                session -> session.one(
                        "SELECT coalesce(pg_xact_status(?::xid8) = 'in progress', false)"
                                + " OR NOT pg_visible_in_snapshot(?::xid8, pg_current_snapshot())",
                        row -> row.getBoolean(1),
                        xid,
                        xid));
    }

    private static RefreshFailedException waitsForCaller(QualifiedName name) {
        return new RefreshFailedException(
                ErrorCode.WOULD_WAIT_FOR_CALLER,
                "The stream table " + name + " cannot contain a transaction that this thread has not committed yet.",
                "Commit first, and wait afterwards.",
                null,
                false,
                null);
    }

    private static void checkTime(QualifiedName name, String xid, long deadline) {
        if (System.nanoTime() > deadline) {
            throw new RefreshFailedException(
                    ErrorCode.LOCK_TIMEOUT,
                    "The stream table " + name + " does not contain the transaction " + xid + " in time.",
                    "Wait longer, or look for what keeps the transaction or a refresh.",
                    null,
                    true,
                    null);
        }
    }

    /** The stream tables that it reads, directly or through others, and itself at the end. */
    private List<QualifiedName> withUpstream(QualifiedName name) {
        List<StreamTableRow> all = tables.all();
        Map<QualifiedName, List<QualifiedName>> reads = SnapshotGroups.reads(all);
        Set<QualifiedName> needed = new HashSet<>();
        Deque<QualifiedName> open = new ArrayDeque<>(List.of(name));
        while (!open.isEmpty()) {
            QualifiedName next = open.pop();
            if (needed.add(next)) {
                open.addAll(reads.getOrDefault(next, List.of()));
            }
        }
        List<QualifiedName> streamTables = new ArrayList<>(
                all.stream().map(StreamTableRow::name).filter(needed::contains).toList());
        return DependencyGraph.topological(streamTables, new HashMap<>(reads));
    }
}
