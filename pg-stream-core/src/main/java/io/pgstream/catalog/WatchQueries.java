package io.pgstream.catalog;

import io.pgstream.StreamTableStatus;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
     * @param look the look that says when it was last found unchanged, or 0
     * @param ours whether this role may refresh it
     */
    public record State(
            long id,
            String row,
            StreamTableStatus status,
            @Nullable Duration age,
            long look,
            boolean ours) {

        /** Whether another state is that of the same definition, in the same state of life. */
        public boolean sameDefinition(State other) {
            return id == other.id && row.equals(other.row) && status == other.status && ours == other.ours;
        }
    }

    /** The states of all stream tables, in the order of their numbers; none while everything is paused. */
    public List<State> states(Session session) throws SQLException {
        return session.list(
                "SELECT t.id, t.xmin::text || ',' || t.relid, s.status,"
                        + " extract(epoch FROM clock_timestamp() - f.data_timestamp), coalesce(s.look_id, 0),"
                        + " coalesce(pg_has_role(c.relowner, 'USAGE'), true) FROM " + schema
                        + ".pgs_stream_tables AS t JOIN " + schema
                        + ".pgs_states AS s ON s.stream_table_id = t.id JOIN "
                        + schema + ".pgs_freshness AS f ON f.stream_table_id = t.id LEFT JOIN pg_class AS c"
                        + " ON c.oid = t.relid WHERE NOT EXISTS (SELECT FROM " + schema
                        + ".pgs_control WHERE paused_at IS NOT NULL) ORDER BY t.id",
                row -> {
                    double seconds = row.getDouble(4);
                    boolean loaded = !row.wasNull();
                    return new State(
                            row.getLong(1),
                            row.getString(2),
                            StreamTableStatus.valueOf(row.getString(3)),
                            loaded ? Duration.ofNanos((long) (seconds * 1e9)) : null,
                            row.getLong(5),
                            row.getBoolean(6));
                });
    }

    /**
     * What is new since the states were read.
     *
     * @param states whether a state can be another one; how fresh the tables of a look are is not part of it
     * @param looks how long ago each look was
     */
    public record News(boolean states, Map<Long, Duration> looks) {}

    /**
     * Looks at the versions of the rows that states are made of, instead of reading them. Who may refresh a table is not among
     * them.
     *
     * @param known how many states there were
     * @param oldest the oldest transaction that was not visible then; that of a later one may be part of it
     */
    public News news(Session session, int known, long oldest) throws SQLException {
        String changed = ".%s WHERE age(xmin) <= (SELECT age FROM oldest))";
        return session.one(
                "WITH oldest AS MATERIALIZED (SELECT age(?::text::xid) AS age), looks AS MATERIALIZED (SELECT id,"
                        + " (extract(epoch FROM clock_timestamp() - checked_at) * 1e6)::bigint AS age FROM " + schema
                        + ".pgs_looks) SELECT (SELECT count(*) FROM " + schema + ".pgs_stream_tables) <> ?"
                        + Stream.of("pgs_stream_tables", "pgs_states", "pgs_frontiers", "pgs_control")
                                .map(table -> " OR EXISTS (SELECT FROM " + schema + changed.formatted(table))
                                .collect(Collectors.joining())
                        + ", ARRAY(SELECT id FROM looks ORDER BY id), ARRAY(SELECT age FROM looks ORDER BY id)",
                row -> {
                    Long[] ids = (Long[]) row.getArray(2).getArray();
                    Long[] ages = (Long[]) row.getArray(3).getArray();
                    Map<Long, Duration> looks = new HashMap<>();
                    for (int i = 0; i < ids.length; i++) {
                        looks.put(ids[i], Duration.of(ages[i], ChronoUnit.MICROS));
                    }
                    return new News(row.getBoolean(1), looks);
                },
                // What rows say of their transactions has 32 bits.
                Long.toString(oldest & 0xFFFF_FFFFL),
                known);
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

    /** Begins a look: a moment that many tables can share. Forgets those that no table shares any more. */
    public long beginLook(Session session, Instant at) throws SQLException {
        session.update("DELETE FROM " + schema + ".pgs_looks AS l WHERE l.checked_at < clock_timestamp() - interval"
                + " '1 hour' AND NOT EXISTS (SELECT FROM " + schema + ".pgs_states AS s WHERE s.look_id = l.id)");
        return session.one(
                "INSERT INTO " + schema + ".pgs_looks (checked_at) VALUES (?::timestamptz) RETURNING id",
                row -> row.getLong(1),
                Timestamp.from(at));
    }

    /**
     * Lets tables share a look from now on. Rows that somebody else writes at the moment are left to them.
     *
     * @return those that do
     */
    public Set<Long> joinLook(Session session, long look, Collection<Long> ids) throws SQLException {
        return new HashSet<>(session.list(
                free() + " UPDATE " + schema + ".pgs_states AS s SET look_id = ? FROM free WHERE s.stream_table_id ="
                        + " free.stream_table_id RETURNING s.stream_table_id",
                row -> row.getLong(1),
                ids.toArray(new Long[0]),
                look));
    }

    /**
     * Ends that tables share a look, and keeps for each what the look last said.
     *
     * @return whether none of them shares it any more; not if somebody else writes one of the rows at the moment
     */
    public boolean leaveLook(Session session, long look, Collection<Long> ids) throws SQLException {
        Long[] leaving = ids.toArray(new Long[0]);
        session.update(
                free() + " UPDATE " + schema
                        + ".pgs_states AS s SET look_id = NULL, checked_at = greatest(s.checked_at,"
                        + " l.checked_at) FROM free, " + schema + ".pgs_looks AS l WHERE s.stream_table_id ="
                        + " free.stream_table_id AND s.look_id = l.id AND l.id = ?",
                leaving,
                look);
        return session.one(
                "SELECT NOT EXISTS (SELECT FROM " + schema
                        + ".pgs_states WHERE stream_table_id = ANY (?) AND look_id = ?)",
                row -> row.getBoolean(1),
                leaving,
                look);
    }

    private String free() {
        return "WITH free AS (SELECT stream_table_id FROM " + schema + ".pgs_states WHERE stream_table_id = ANY (?)"
                + " ORDER BY stream_table_id FOR NO KEY UPDATE SKIP LOCKED)";
    }

    /**
     * Says that the tables of a look were found unchanged.
     *
     * @return the number of the transaction, or {@code null} if there is no such look
     */
    public @Nullable Long unchanged(Session session, long look, Instant at) throws SQLException {
        return session.first(
                "UPDATE " + schema + ".pgs_looks SET checked_at = greatest(checked_at, ?::timestamptz) WHERE id = ?"
                        + " RETURNING pg_current_xact_id()::text",
                row -> Long.parseUnsignedLong(row.getString(1)),
                Timestamp.from(at),
                look);
    }
}
