package io.pgstream.refresh;

import io.pgstream.PgStreamException;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.cdc.TriggerCapture;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Refreshes several stream tables in one transaction, again after serialization failures. What fails for one of them leaves
 * all as they were.
 */
final class GroupRefresher {

    private static final int RUNS_AGAIN = 10;

    private static final String LOCKED =
            "another refresh of the table, or of one that is refreshed with it, is running";

    private final DataSource dataSource;

    private final Catalog catalog;

    private final TriggerCapture capture;

    private final RefreshMemory memory;

    private final FreshViews freshViews;

    private final Map<Connection, Thread> connections;

    /** @param connections where connections are noted while they are used, so that their statements can be cancelled */
    GroupRefresher(
            DataSource dataSource,
            Catalog catalog,
            TriggerCapture capture,
            RefreshMemory memory,
            FreshViews freshViews,
            Map<Connection, Thread> connections) {
        this.dataSource = dataSource;
        this.catalog = catalog;
        this.capture = capture;
        this.memory = memory;
        this.freshViews = freshViews;
        this.connections = connections;
    }

    /** What a refresh of several tables has failed with, and which of them. */
    static final class Failure extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient StreamTableRow row;

        private final PgStreamException failure;

        Failure(StreamTableRow row, PgStreamException failure) {
            super(failure);
            this.row = row;
            this.failure = failure;
        }

        StreamTableRow row() {
            return row;
        }

        PgStreamException failure() {
            return failure;
        }
    }

    /**
     * Refreshes all of them or none.
     *
     * @param rows those that are read before their readers
     */
    List<RefreshResult> refresh(List<StreamTableRow> rows, Refresher.Request request, BeforeCommit check)
            throws Failure, RedefinitionNeededException {
        Instant startedAt = Instant.now();
        long started = System.nanoTime();
        Map<Long, Extent> extents = new HashMap<>();
        if (request == Refresher.Request.FORCED) {
            rows.forEach(row -> extents.put(row.id(), Extent.WHOLE));
        }
        for (int run = 1; ; run++) {
            try {
                return attempt(rows, request, extents, check);
            } catch (LockedElsewhereException e) {
                return skipped(rows, LOCKED, startedAt, Duration.ofNanos(System.nanoTime() - started));
            } catch (GateClosedException e) {
                String reason = String.valueOf(e.getMessage());
                return skipped(rows, reason, startedAt, Duration.ofNanos(System.nanoTime() - started));
            } catch (SQLException e) {
                if (!SqlErrors.runAgain(e) || run >= RUNS_AGAIN) {
                    throw new Failure(rows.get(0), Refresher.failure(rows.get(0).name(), e));
                }
            } catch (MemberException e) {
                runAgainOrThrow(e, extents, run);
            }
        }
    }

    private void runAgainOrThrow(MemberException e, Map<Long, Extent> extents, int run)
            throws Failure, RedefinitionNeededException {
        StreamTableRow row = e.table().row();
        Exception reason = e.reason();
        if (reason instanceof RedefinitionNeededException redefinition) {
            throw redefinition.of(row.name());
        }
        if (reason instanceof UnsureException) {
            e.table().beCareful();
            return;
        }
        Extent next = memory.extent(row, extents.getOrDefault(row.id(), Extent.CHANGES), reason);
        if (next != null) {
            extents.put(row.id(), next);
        } else if (!(reason instanceof SQLException sql) || !SqlErrors.runAgain(sql) || run >= RUNS_AGAIN) {
            throw new Failure(row, Refresher.failure(row.name(), reason));
        }
    }

    private List<RefreshResult> attempt(
            List<StreamTableRow> rows, Refresher.Request request, Map<Long, Extent> extents, BeforeCommit check)
            throws SQLException, LockedElsewhereException, RedefinitionNeededException, MemberException {
        try (Connection connection = dataSource.getConnection()) {
            Session session = new Session(connection);
            connections.put(connection, Thread.currentThread());
            try {
                List<PreparedTable> tables = new ArrayList<>();
                for (StreamTableRow row : rows) {
                    tables.add(memory.prepared(session, row));
                }
                GroupTransaction transaction =
                        new GroupTransaction(session, catalog, tables, memory.policy(rows, request), check);
                List<RefreshResult> results = transaction.run(extents);
                for (int i = 0; i < results.size(); i++) {
                    memory.tell(session, rows.get(i), results.get(i));
                }
                for (RefreshResult result : results) {
                    if (result.outcome() == RefreshOutcome.FULL
                            || !transaction.leftCaptures().isEmpty()) {
                        freshViews.renewQuietly(session, result.name());
                    }
                }
                capture.removeUnused(session, transaction.leftCaptures());
                return results;
            } finally {
                connections.remove(connection);
                session.rollbackQuietly();
            }
        }
    }

    private static List<RefreshResult> skipped(
            List<StreamTableRow> rows, String reason, Instant startedAt, Duration duration) {
        return rows.stream()
                .map(row ->
                        new RefreshResult(row.name(), RefreshOutcome.SKIPPED, reason, 0, 0, 0, 0, startedAt, duration))
                .toList();
    }
}
