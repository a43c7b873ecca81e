package io.pgstream.feed;

import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;

/** Removes what every listener has heard, what nobody has fetched in time, and what belongs to listeners that are gone. */
final class FeedCleaner {

    private final FeedTables tables;

    private final FeedSettings settings;

    private final String schema;

    FeedCleaner(FeedTables tables, FeedSettings settings) {
        this.tables = tables;
        this.settings = settings;
        this.schema = Identifiers.quote(settings.catalogSchema());
    }

    List<Long> feeds(Session session) throws SQLException {
        return session.list(
                "SELECT stream_table_id FROM " + schema + ".pgs_change_feeds ORDER BY 1", row -> row.getLong(1));
    }

    /** Forgets the listeners that no instance of any application has run for a long time. Commits. */
    void forgetGone(Session session) throws SQLException {
        session.update(
                "DELETE FROM " + schema
                        + ".pgs_feed_listeners WHERE seen_at < clock_timestamp() - ? * interval '1 millisecond'",
                settings.retention().toMillis());
        session.commit();
    }

    /** Closes a feed without listeners, or shortens its log. Commits. */
    void clean(Session session, long feed) throws SQLException {
        // One snapshot for all statements: what is deleted as expired was seen by the statement before.
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET LOCAL synchronous_commit = off;"
                + " SET LOCAL lock_timeout = " + settings.lockTimeout().toMillis());
        Boolean abandoned = session.first(
                "SELECT NOT EXISTS (SELECT FROM " + schema + ".pgs_feed_listeners AS l WHERE l.stream_table_id ="
                        + " f.stream_table_id) FROM " + schema
                        + ".pgs_change_feeds AS f WHERE f.stream_table_id = ? FOR"
                        + " UPDATE",
                row -> row.getBoolean(1),
                feed);
        if (abandoned == null) {
            return;
        }
        if (abandoned) {
            tables.close(session, feed);
        } else {
            expire(session, feed);
            session.update(
                    "DELETE FROM " + tables.log(feed) + " AS e WHERE NOT EXISTS (SELECT FROM " + schema
                            + ".pgs_feed_listeners AS l WHERE l.stream_table_id = ? AND NOT"
                            + " pg_visible_in_snapshot(e.pgstream_xid, l.heard))",
                    feed);
        }
        session.commit();
    }

    private void expire(Session session, long feed) throws SQLException {
        String expired =
                tables.log(feed) + " AS e WHERE e.pgstream_at < clock_timestamp() - ? * interval '1 millisecond'";
        long retention = settings.retention().toMillis();
        session.update(
                "UPDATE " + schema
                        + ".pgs_feed_listeners AS l SET reset_reason = 'EXPIRED' WHERE l.stream_table_id = ? AND"
                        + " l.reset_reason IS NULL AND EXISTS (SELECT FROM " + expired
                        + " AND NOT pg_visible_in_snapshot(e.pgstream_xid, l.heard) AND e.pgstream_xid <> ALL"
                        + " (l.heard_beyond))",
                feed,
                retention);
        session.update("DELETE FROM " + expired, retention);
    }
}
