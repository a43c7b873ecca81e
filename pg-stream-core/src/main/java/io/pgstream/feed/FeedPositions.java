package io.pgstream.feed;

import io.pgstream.QualifiedName;
import io.pgstream.StreamTableChanges.Reset;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Reads and writes how far the listeners of one application have heard. */
final class FeedPositions {

    private static final long LOCK_SEED = 0x70677366_656564L;

    private final String schema;

    private final String application;

    FeedPositions(FeedSettings settings) {
        this.schema = Identifiers.quote(settings.catalogSchema());
        this.application = settings.application();
    }

    /** Whether this transaction alone tells the listener something from now on. */
    boolean lock(Session session, String listener) throws SQLException {
        return session.one(
                "SELECT pg_try_advisory_xact_lock(hashtextextended(?, ?))",
                row -> row.getBoolean(1),
                schema + "/" + application + "/" + listener,
                LOCK_SEED);
    }

    /** The position of a listener; {@code null} if it is new, or listened to another table before. */
    @Nullable
    FeedPosition read(Session session, String listener, QualifiedName table) throws SQLException {
        return session.first(
                "SELECT l.stream_table_id, l.heard::text, l.heard_beyond::text, l.shape, l.reset_reason, l.failures, "
                        + schema + ".feed_shape(l.stream_table_id), pg_current_snapshot()::text, l.seen_at <"
                        + " clock_timestamp() - interval '1 minute' FROM " + schema + ".pgs_feed_listeners AS l JOIN "
                        + schema + ".pgs_stream_tables AS t ON t.id = l.stream_table_id WHERE l.application = ? AND"
                        + " l.listener = ? AND t.schema_name = ? AND t.table_name = ?",
                FeedPositions::position,
                application,
                listener,
                table.schema(),
                table.name());
    }

    private static FeedPosition position(ResultSet row) throws SQLException {
        String reset = row.getString(5);
        return new FeedPosition(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                (reset == null) ? null : Reset.valueOf(reset),
                row.getInt(6),
                row.getString(7),
                row.getString(8),
                row.getBoolean(9));
    }

    /** Begins to remember a listener; it starts with a reset. */
    void enrol(Session session, String listener, StreamTableRow table) throws SQLException {
        session.update(
                "INSERT INTO " + schema
                        + ".pgs_feed_listeners (application, listener, stream_table_id, heard, reset_reason) VALUES"
                        + " (?, ?, ?, pg_current_snapshot(), 'NEW_LISTENER') ON CONFLICT (application, listener) DO"
                        + " UPDATE SET stream_table_id = excluded.stream_table_id, heard = excluded.heard,"
                        + " heard_beyond = excluded.heard_beyond, shape = NULL, reset_reason = excluded.reset_reason"
                        + " WHERE pgs_feed_listeners.stream_table_id <> excluded.stream_table_id",
                application,
                listener,
                table.id());
    }

    /** All that is visible in a snapshot has been told. */
    void heard(Session session, String listener, String snapshot, @Nullable String shape, long changes)
            throws SQLException {
        session.update(
                "UPDATE " + schema
                        + ".pgs_feed_listeners SET heard = ?::pg_snapshot, heard_beyond = '{}', shape = ?,"
                        + " reset_reason = NULL, delivered = delivered + ?, failures = 0, seen_at = clock_timestamp()"
                        + " WHERE application = ? AND listener = ?",
                snapshot,
                shape,
                changes,
                application,
                listener);
    }

    /** Some of what is pending has been told. */
    void heardOnly(Session session, String listener, String[] transactions, long changes) throws SQLException {
        session.update(
                "UPDATE " + schema
                        + ".pgs_feed_listeners SET heard_beyond = heard_beyond || ?::xid8[], delivered = delivered + ?,"
                        + " failures = 0, seen_at = clock_timestamp() WHERE application = ? AND listener = ?",
                transactions,
                changes,
                application,
                listener);
    }

    /** The message of a failure may hold data of rows; its type does not. */
    void failed(Session session, String listener, RuntimeException failure) throws SQLException {
        session.update(
                "UPDATE " + schema
                        + ".pgs_feed_listeners SET failures = failures + 1, last_failure = ?, last_failure_at ="
                        + " clock_timestamp(), seen_at = clock_timestamp() WHERE application = ? AND listener = ?",
                failure.getClass().getName(),
                application,
                listener);
    }

    void seen(Session session, String listener) throws SQLException {
        session.update(
                "UPDATE " + schema
                        + ".pgs_feed_listeners SET seen_at = clock_timestamp() WHERE application = ? AND listener = ?",
                application,
                listener);
    }
}
