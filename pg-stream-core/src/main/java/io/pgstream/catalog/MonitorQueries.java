package io.pgstream.catalog;

import io.pgstream.QualifiedName;
import io.pgstream.RefreshAttempt;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableOverview;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What those who watch over stream tables ask the catalog.
 *
 * @since 0.1.0
 */
public final class MonitorQueries {

    private static final String FAILED = "FAILED";

    private final String schema;

    private final VerificationQueries verifications;

    /** @param schema the catalog's schema, not quoted */
    public MonitorQueries(String schema) {
        this.schema = Identifiers.quote(schema);
        this.verifications = new VerificationQueries(schema);
    }

    /**
     * What changes of a stream table without its definition.
     *
     * @param freshness how fresh it is, or {@code null} before the first load
     * @param problem what is wrong with it, or {@code null}
     * @param driftedAt when it was found to differ from its query, if that was not repaired
     */
    public record Condition(
            @Nullable Freshness freshness,
            StreamTableOverview.@Nullable Problem problem,
            @Nullable Instant driftedAt) {}

    /** The conditions of all stream tables, by their numbers. */
    public Map<Long, Condition> conditions(Session session) throws SQLException {
        record Item(long id, Condition condition) {}
        List<Item> items = session.list(
                "SELECT t.id, c.at, extract(epoch FROM clock_timestamp() - c.at), s.last_error_code, s.last_error,"
                        + " s.last_error_action, s.consecutive_errors, s.last_error_at, "
                        + verifications.unrepaired("v") + " FROM " + schema
                        + ".pgs_stream_tables AS t JOIN " + schema
                        + ".pgs_states AS s ON s.stream_table_id = t.id JOIN "
                        + schema
                        + ".pgs_freshness AS f ON f.stream_table_id = t.id LEFT JOIN " + schema
                        + ".pgs_verifications AS v ON v.stream_table_id = t.id CROSS JOIN LATERAL (SELECT CASE WHEN"
                        + " t.effective_mode IN ('IMMEDIATE', 'ON_COMMIT') THEN clock_timestamp() ELSE"
                        + " f.data_timestamp END) AS c(at)",
                row -> new Item(row.getLong(1), new Condition(freshness(row), problem(row), instant(row, 9))));
        Map<Long, Condition> conditions = new HashMap<>();
        items.forEach(item -> conditions.put(item.id(), item.condition()));
        return conditions;
    }

    private static @Nullable Freshness freshness(ResultSet row) throws SQLException {
        Instant at = instant(row, 2);
        return (at == null) ? null : new Freshness(at, Duration.ofNanos(Math.max(0, (long) (row.getDouble(3) * 1e9))));
    }

    private static StreamTableOverview.@Nullable Problem problem(ResultSet row) throws SQLException {
        String code = row.getString(4);
        return (code == null)
                ? null
                : new StreamTableOverview.Problem(
                        code, row.getString(5), row.getString(6), row.getInt(7), instant(row, 8));
    }

    private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
        Timestamp at = row.getTimestamp(column);
        return (at == null) ? null : at.toInstant();
    }

    /** Whether the scheduled refreshes of all stream tables are paused. */
    public boolean paused(Session session) throws SQLException {
        return session.one(
                "SELECT EXISTS (SELECT FROM " + schema + ".pgs_control WHERE paused_at IS NOT NULL)",
                row -> row.getBoolean(1));
    }

    /** How many captured changes stream tables have not applied yet. */
    public Map<QualifiedName, Long> pendingChanges(Session session, long counted) throws SQLException {
        Map<QualifiedName, Long> pending = new TreeMap<>();
        session.list(
                "SELECT t.schema_name, t.table_name, p.changes FROM " + schema + ".pending_changes(?) AS p JOIN "
                        + schema + ".pgs_stream_tables AS t ON t.id = p.stream_table_id",
                row -> pending.put(new QualifiedName(row.getString(1), row.getString(2)), row.getLong(3)),
                counted);
        return pending;
    }

    /** How much room captured changes take. */
    public Map<String, Long> bufferSizes(Session session) throws SQLException {
        Map<String, Long> sizes = new TreeMap<>();
        session.list(
                "SELECT source, bytes FROM " + schema + ".buffer_sizes()",
                row -> sizes.put(row.getString(1), row.getLong(2)));
        return sizes;
    }

    /** The newest attempts to refresh a stream table. */
    public List<RefreshAttempt> attempts(Session session, long id, int limit) throws SQLException {
        return session.list(
                "SELECT outcome, reason, changes, rows_inserted, rows_updated, rows_deleted, started_at,"
                        + " extract(epoch FROM duration), error_code, error FROM " + schema
                        + ".pgs_refresh_history WHERE stream_table_id = ? ORDER BY id DESC LIMIT ?",
                row -> new RefreshAttempt(
                        FAILED.equals(row.getString(1)) ? null : RefreshOutcome.valueOf(row.getString(1)),
                        row.getString(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getLong(6),
                        row.getTimestamp(7).toInstant(),
                        Duration.ofNanos((long) (row.getDouble(8) * 1e9)),
                        row.getString(9),
                        row.getString(10)),
                id,
                limit);
    }
}
