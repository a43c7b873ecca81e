package io.pgstream.catalog;

import io.pgstream.StreamTableStatus;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the clock asks of the catalog, always for many stream tables at once.
 *
 * @since 0.1.0
 */
public final class WatchQueries {

    private final String schema;

    /** @param schema the catalog's schema, not quoted */
    public WatchQueries(String schema) {
        this.schema = Identifiers.quote(schema);
    }

    /**
     * A moment of the server.
     *
     * @param snapshot the transactions that are visible
     * @param at the server's clock
     */
    public record Moment(String snapshot, Instant at) {}

    /** The moment of a statement; costs the server next to nothing. */
    public Moment now(Session session) throws SQLException {
        return session.one(
                "SELECT pg_current_snapshot()::text, clock_timestamp()",
                row -> new Moment(row.getString(1), row.getTimestamp(2).toInstant()));
    }

    /**
     * What can change of a stream table from one look to the next.
     *
     * @param id its number
     * @param row which version of its row in the catalog it is
     * @param status the state of its life
     * @param age how old its data is, or {@code null} before the first load
     * @param ours whether this role may refresh it
     */
    public record State(
            long id,
            String row,
            StreamTableStatus status,
            @Nullable Duration age,
            boolean ours) {

        /** Whether another state is that of the same definition, in the same state of life. */
        public boolean sameDefinition(State other) {
            return id == other.id && row.equals(other.row) && status == other.status && ours == other.ours;
        }
    }

    /** The states of all stream tables, in the order of their numbers; none while everything is paused. */
    public List<State> states(Session session) throws SQLException {
        return session.list(
                "SELECT t.id, t.xmin::text || ',' || t.relid, s.status, CASE WHEN f.frontier IS NOT NULL THEN"
                        + " extract(epoch FROM clock_timestamp() - greatest(f.data_timestamp, s.checked_at)) END,"
                        + " coalesce(pg_has_role(c.relowner, 'USAGE'), true) FROM " + schema
                        + ".pgs_stream_tables AS t JOIN " + schema
                        + ".pgs_states AS s ON s.stream_table_id = t.id JOIN "
                        + schema + ".pgs_frontiers AS f ON f.stream_table_id = t.id LEFT JOIN pg_class AS c"
                        + " ON c.oid = t.relid WHERE NOT EXISTS (SELECT FROM " + schema
                        + ".pgs_control WHERE paused_at IS NOT NULL) ORDER BY t.id",
                row -> {
                    double seconds = row.getDouble(4);
                    return new State(
                            row.getLong(1),
                            row.getString(2),
                            StreamTableStatus.valueOf(row.getString(3)),
                            row.wasNull() ? null : Duration.ofNanos((long) (seconds * 1e9)),
                            row.getBoolean(5));
                });
    }

    /**
     * A stream table that reads several tables of a group of watermarks.
     *
     * @param id the stream table
     * @param waitsFor what it waits for, or {@code null} if the watermarks are aligned
     */
    public record Gate(long id, @Nullable String waitsFor) {}

    /** All stream tables that depend on watermarks, at the snapshot of the statement. */
    public List<Gate> gates(Session session) throws SQLException {
        return session.list(
                "SELECT stream_table_id, waits_for FROM " + schema + ".watermark_gates()",
                row -> new Gate(row.getLong(1), row.getString(2)));
    }

    /**
     * What a look at the captured changes has found.
     *
     * @param moment when
     * @param stamp a text that changes with the definition of any source and with any capture; empty if not asked for
     * @param changed the stream tables for which changes have been captured
     */
    public record Look(Moment moment, String stamp, Set<Long> changed) {}

    /** Looks for captured changes of some stream tables, in one statement. */
    public Look look(Session session, Collection<Long> ids, boolean stamped) throws SQLException {
        return session.one(
                "SELECT pg_current_snapshot()::text, clock_timestamp(), "
                        + (stamped ? schema + ".sources_stamp()" : "''") + ", ARRAY(SELECT " + schema
                        + ".tables_with_changes(?))",
                row -> new Look(
                        new Moment(row.getString(1), row.getTimestamp(2).toInstant()),
                        row.getString(3),
                        new HashSet<>(List.of((Long[]) row.getArray(4).getArray()))),
                (Object) ids.toArray(new Long[0]));
    }

    /**
     * Notes that some stream tables were found unchanged. Rows that somebody else writes at the moment are left to them.
     *
     * @return the number of the transaction
     */
    public long unchanged(Session session, Collection<Long> ids, Instant at) throws SQLException {
        session.execute("SET LOCAL synchronous_commit = off");
        return session.one(
                "WITH free AS (SELECT stream_table_id FROM " + schema + ".pgs_states WHERE stream_table_id = ANY (?)"
                        + " ORDER BY stream_table_id FOR NO KEY UPDATE SKIP LOCKED), noted AS (UPDATE " + schema
                        + ".pgs_states AS s SET checked_at = ?::timestamptz FROM free WHERE s.stream_table_id ="
                        + " free.stream_table_id AND (s.checked_at IS NULL OR s.checked_at < ?::timestamptz))"
                        + " SELECT pg_current_xact_id()::text",
                row -> Long.parseUnsignedLong(row.getString(1)),
                ids.toArray(new Long[0]),
                java.sql.Timestamp.from(at),
                java.sql.Timestamp.from(at));
    }
}
