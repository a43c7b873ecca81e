package io.pgstream.catalog;

import io.pgstream.QualifiedName;
import io.pgstream.Verification;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes what is known of comparisons of stream tables with their queries.
 *
 * @since 0.1.0
 */
public final class VerificationQueries {

    /** After this time an instance that has begun a comparison is taken for dead. */
    private static final Duration LEASE = Duration.ofHours(1);

    private final String schema;

    /** @param schema the catalog's schema, not quoted */
    public VerificationQueries(String schema) {
        this.schema = Identifiers.quote(schema);
    }

    /**
     * When a stream table was last compared.
     *
     * @param id its number
     * @param name its name
     * @param age how long ago it was compared; if never, how long ago it was made
     */
    public record Age(long id, QualifiedName name, Duration age) {}

    /** Those stream tables that are loaded and not paused, and that no instance compares at the moment. */
    public List<Age> ages(Session session) throws SQLException {
        return session.list(
                "SELECT t.id, t.schema_name, t.table_name, extract(epoch FROM clock_timestamp() - coalesce(v.verified_at,"
                        + " t.created_at)) FROM " + schema + ".pgs_stream_tables AS t JOIN " + schema
                        + ".pgs_states AS s ON s.stream_table_id = t.id LEFT JOIN " + schema
                        + ".pgs_verifications AS v ON v.stream_table_id = t.id LEFT JOIN pg_class AS c ON c.oid = t.relid"
                        + " WHERE s.status = 'ACTIVE' AND coalesce(pg_has_role(c.relowner, 'USAGE'), false) AND NOT"
                        + " EXISTS (SELECT FROM " + schema
                        + ".pgs_control WHERE paused_at IS NOT NULL) ORDER BY 4 DESC",
                row -> new Age(
                        row.getLong(1),
                        new QualifiedName(row.getString(2), row.getString(3)),
                        Duration.ofMillis(Math.max(0, (long) (row.getDouble(4) * 1000)))));
    }

    /** Begins a comparison, unless another instance has begun one, or ended one less than the given time ago. */
    public boolean claim(Session session, long id, Duration notWithin) throws SQLException {
        return session.first(
                        "INSERT INTO " + schema + ".pgs_verifications AS v (stream_table_id, claimed_at)"
                                + " VALUES (?, clock_timestamp()) ON CONFLICT (stream_table_id) DO UPDATE SET claimed_at ="
                                + " clock_timestamp() WHERE (v.claimed_at IS NULL OR v.claimed_at < clock_timestamp() -"
                                + " make_interval(secs => ?)) AND (v.verified_at IS NULL OR v.verified_at <="
                                + " clock_timestamp() - make_interval(secs => ?)) RETURNING stream_table_id",
                        row -> row.getLong(1),
                        id,
                        (double) LEASE.toSeconds(),
                        notWithin.toMillis() / 1000.0)
                != null;
    }

    /** Ends a comparison that has failed. */
    public void release(Session session, long id) throws SQLException {
        session.update("UPDATE " + schema + ".pgs_verifications SET claimed_at = NULL WHERE stream_table_id = ?", id);
    }

    /** Up to which value the parts of this version of a stream table have been compared; {@code null} for none. */
    public @Nullable String position(Session session, StreamTableRow table) throws SQLException {
        List<@Nullable String> positions = session.<@Nullable String>list(
                "SELECT sweep_position FROM " + schema
                        + ".pgs_verifications WHERE stream_table_id = ? AND sweep_version = ?",
                row -> row.getString(1),
                table.id(),
                table.version());
        return positions.isEmpty() ? null : positions.get(0);
    }

    /**
     * Ends a comparison.
     *
     * @param position up to which value the parts have been compared; {@code null} after the last one
     * @param repaired whether the table has been made equal afterwards
     */
    public void record(
            Session session,
            StreamTableRow table,
            Verification verification,
            @Nullable String position,
            boolean repaired)
            throws SQLException {
        Timestamp at = Timestamp.from(verification.verifiedAt());
        session.update(
                "INSERT INTO " + schema
                        + ".pgs_verifications AS v (stream_table_id, verified_at, rows_compared, missing,"
                        + " unexpected, sweep_version, sweep_position, swept_at, drifted_at) VALUES (?, ?::timestamptz, ?,"
                        + " ?, ?, ?, ?, CASE WHEN ? THEN ?::timestamptz END, CASE WHEN ? THEN ?::timestamptz END) ON"
                        + " CONFLICT (stream_table_id) DO UPDATE SET claimed_at = NULL, verified_at ="
                        + " excluded.verified_at, rows_compared = excluded.rows_compared, missing = excluded.missing,"
                        + " unexpected = excluded.unexpected, sweep_version = excluded.sweep_version, sweep_position ="
                        + " excluded.sweep_position, swept_at = coalesce(excluded.swept_at, v.swept_at), drifted_at ="
                        + " CASE WHEN ? THEN NULL WHEN excluded.drifted_at IS NOT NULL THEN coalesce(" + unrepaired("v")
                        + ", excluded.drifted_at) ELSE " + unrepaired("v") + " END",
                table.id(),
                at,
                verification.rows(),
                verification.missing(),
                verification.unexpected(),
                table.version(),
                position,
                position == null,
                at,
                !verification.equal() && !repaired,
                at,
                repaired || verification.equal() && verification.complete());
    }

    /** Since when a table differs: a full refresh that began after the difference was found has written it. */
    String unrepaired(String alias) {
        return "(SELECT " + alias + ".drifted_at WHERE NOT EXISTS (SELECT FROM " + schema
                + ".pgs_refresh_history AS h WHERE h.stream_table_id = " + alias
                + ".stream_table_id AND h.outcome = 'FULL' AND h.started_at > " + alias + ".drifted_at))";
    }
}
