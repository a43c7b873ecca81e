package io.pgstream.feed;

import io.pgstream.StreamTableChange;
import io.pgstream.StreamTableChanges;
import io.pgstream.StreamTableChanges.Reset;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tells a listener the transactions that it has not heard of, in an order in which each comes after those that it could have
 * seen: of two that changed one row, the later one has written to the log later.
 */
final class Delivery<R> {

    /** After so many transactions, or so long, the position is stored. */
    private static final int TRANSACTIONS = 100;

    private static final Duration TIME = Duration.ofSeconds(5);

    private static final int FETCH = 1_000;

    /** An array without elements, as the server writes it. */
    private static final String NONE = "{}";

    private final Session session;

    private final FeedPositions positions;

    private final FeedTables tables;

    private final FeedSettings settings;

    private final Subscription<R> subscription;

    private final FeedPosition position;

    private final List<String> told = new ArrayList<>();

    private long changes;

    Delivery(
            Session session,
            FeedPositions positions,
            FeedTables tables,
            FeedSettings settings,
            Subscription<R> subscription,
            FeedPosition position) {
        this.session = session;
        this.positions = positions;
        this.tables = tables;
        this.settings = settings;
        this.subscription = subscription;
        this.position = position;
    }

    /**
     * A transaction in the log.
     *
     * @param snapshot the snapshot in which the log was read
     * @param xid the transaction; {@code null} if there is none
     */
    private record Pending(String snapshot, @Nullable String xid, long rows, boolean unknown) {}

    ChangeFeeds.Outcome run() throws SQLException, ListenerFailedException {
        Reset reset = position.pendingReset();
        if (reset != null) {
            return reset(reset, position.now());
        }
        List<Pending> pending = pending();
        long deadline = System.nanoTime() + TIME.toNanos();
        for (Pending transaction : pending) {
            String xid = transaction.xid();
            if (xid == null) {
                forgetBeyond(transaction.snapshot());
                return ChangeFeeds.Outcome.DONE;
            }
            if (told.size() == TRANSACTIONS || (!told.isEmpty() && System.nanoTime() > deadline)) {
                storeTold();
                return ChangeFeeds.Outcome.MORE;
            }
            if (transaction.unknown()) {
                return reset(Reset.TABLE_REPLACED, transaction.snapshot());
            }
            if (transaction.rows() > settings.resetAbove()) {
                return reset(Reset.TOO_MANY_CHANGES, transaction.snapshot());
            }
            List<StreamTableChange<R>> rows = read(xid);
            if (!Objects.equals(shape(), position.shape())) {
                // The rows may have been read with columns that they were not written with.
                storeTold();
                return ChangeFeeds.Outcome.MORE;
            }
            if (!rows.isEmpty()) {
                tell(new StreamTableChanges<>(subscription.table(), xid, null, rows));
            }
            told.add(xid);
            changes += rows.size();
        }
        positions.heard(session, subscription.listener(), pending.get(0).snapshot(), position.shape(), changes);
        return ChangeFeeds.Outcome.DONE;
    }

    /** Transactions that were told one by one are all that there were: the snapshot contains them now. */
    private void forgetBeyond(String snapshot) throws SQLException {
        if (!position.beyond().equals(NONE)) {
            positions.heard(session, subscription.listener(), snapshot, position.shape(), 0);
        }
    }

    /** The snapshot is that of the same statement: what is not in the result has not been committed in it. */
    private List<Pending> pending() throws SQLException {
        return session.list(
                "SELECT pg_current_snapshot()::text, x.xid::text, x.entries, x.unknown FROM (SELECT 1) AS always LEFT"
                        + " JOIN (SELECT e.pgstream_xid AS xid, max(e.pgstream_sequence) AS latest, count(*) AS entries,"
                        + " bool_or(e.pgstream_weight = 0) AS unknown FROM "
                        + tables.log(position.tableId())
                        + " AS e WHERE NOT pg_visible_in_snapshot(e.pgstream_xid, ?::pg_snapshot) AND e.pgstream_xid"
                        + " <> ALL (?::xid8[]) GROUP BY e.pgstream_xid ORDER BY latest LIMIT ?) AS x ON true ORDER BY"
                        + " x.latest",
                row -> new Pending(row.getString(1), row.getString(2), row.getLong(3), row.getBoolean(4)),
                position.heard(),
                position.beyond(),
                TRANSACTIONS + 1);
    }

    private List<StreamTableChange<R>> read(String xid) throws SQLException {
        String table = Identifiers.quote(subscription.table());
        List<StreamTableChange<R>> rows = new ArrayList<>();
        try (PreparedStatement statement = session.connection()
                .prepareStatement("SELECT c.change AS pgstream_change, i.old AS pgstream_old, r.* FROM "
                        + Identifiers.quote(settings.catalogSchema())
                        + ".changes_of(?::regclass, ?::xid8) AS c CROSS JOIN"
                        + " LATERAL (VALUES (true, c.before), (false, c.after)) AS i(old, content) CROSS JOIN LATERAL"
                        + " json_populate_record(NULL::" + table
                        + ", i.content) AS r WHERE i.content IS NOT NULL ORDER BY"
                        + " c.change, i.old DESC")) {
            statement.setFetchSize(FETCH);
            statement.setString(1, table);
            statement.setString(2, xid);
            try (ResultSet result = statement.executeQuery()) {
                collect(result, rows);
            }
        }
        return rows;
    }

    /** A row that was and is comes as two, the old one first. */
    private void collect(ResultSet result, List<StreamTableChange<R>> rows) throws SQLException {
        R before = null;
        long change = -1;
        int number = 0;
        while (result.next()) {
            if (before != null && result.getLong(1) != change) {
                rows.add(new StreamTableChange<>(before, null));
                before = null;
            }
            change = result.getLong(1);
            R row = subscription.rows().read(result, number++);
            if (result.getBoolean(2)) {
                before = row;
            } else {
                rows.add(new StreamTableChange<>(before, row));
                before = null;
            }
        }
        if (before != null) {
            rows.add(new StreamTableChange<>(before, null));
        }
    }

    private @Nullable String shape() throws SQLException {
        return session.list(
                        "SELECT " + Identifiers.quote(settings.catalogSchema()) + ".feed_shape(?)",
                        row -> String.valueOf(row.getString(1)),
                        position.tableId())
                .get(0);
    }

    private ChangeFeeds.Outcome reset(Reset reason, String snapshot) throws SQLException, ListenerFailedException {
        tell(new StreamTableChanges<>(subscription.table(), null, reason, List.of()));
        positions.heard(session, subscription.listener(), snapshot, position.currentShape(), changes);
        // In a database that a dump has made, the log tells of transactions that will only come, and be others.
        session.update("DELETE FROM " + tables.log(position.tableId())
                + " WHERE pgstream_xid >= pg_snapshot_xmax(pg_current_snapshot())");
        return ChangeFeeds.Outcome.MORE;
    }

    private void tell(StreamTableChanges<R> what) throws SQLException, ListenerFailedException {
        try {
            subscription.action().accept(what);
        } catch (RuntimeException e) {
            storeTold();
            positions.failed(session, subscription.listener(), e);
            session.commit();
            throw new ListenerFailedException((told.isEmpty() ? position.failures() : 0) + 1, e);
        }
    }

    private void storeTold() throws SQLException {
        if (!told.isEmpty()) {
            positions.heardOnly(session, subscription.listener(), told.toArray(new String[0]), changes);
        }
    }
}
