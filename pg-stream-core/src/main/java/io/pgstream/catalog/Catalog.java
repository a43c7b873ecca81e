package io.pgstream.catalog;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.Schedule;
import io.pgstream.StreamTableStatus;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the catalog, in the transaction of the caller.
 *
 * @since 0.1.0
 */
public final class Catalog {

    private static final int HISTORY_LENGTH = 1000;

    private final String schema;

    /** @param schema the catalog's schema, not quoted */
    public Catalog(String schema) {
        this.schema = Identifiers.quote(schema);
    }

    /** Which stream tables their writers pass by. */
    public MissedWrites missedWrites() {
        return new MissedWrites(schema);
    }

    /** Which stream tables the writers of a table lock. */
    public WriterLocks writerLocks() {
        return new WriterLocks(schema);
    }

    private String select() {
        return "SELECT t.id, t.schema_name, t.table_name, t.application, t.query, t.canonical_query, t.requested_mode,"
                + " t.effective_mode, t.full_reason, t.schedule, t.version, t.relid::bigint, t.search_path, t.time_zone,"
                + " t.date_style, t.interval_style, CASE WHEN m.missed THEN 'ERROR' ELSE s.status END,"
                + " s.consecutive_errors,"
                + " CASE WHEN m.missed THEN " + Identifiers.literal(MissedWrites.MESSAGE) + " ELSE s.last_error END"
                + ", t.kept_filters, ARRAY(SELECT format('%I.%I', x.schema_name, x.table_name) FROM " + schema
                + ".pgs_circles AS c JOIN " + schema + ".pgs_circles AS m ON m.circle_id = c.circle_id JOIN " + schema
                + ".pgs_stream_tables AS x ON x.id = m.stream_table_id WHERE c.stream_table_id = t.id ORDER BY x.id)"
                + " FROM"
                + " " + schema + ".pgs_stream_tables AS t JOIN " + schema
                + ".pgs_states AS s ON s.stream_table_id = t.id LEFT JOIN LATERAL (SELECT true AS missed FROM " + schema
                + ".pgs_missed_writes AS w WHERE w.stream_table_id = t.id LIMIT 1) AS m ON true";
    }

    /** All stream tables, in the order of their names. */
    public List<StreamTableRow> all(Session session) throws SQLException {
        return withDependencies(session, session.list(select() + " ORDER BY t.schema_name, t.table_name", this::row));
    }

    /** The stream table of a name with its schema. */
    public @Nullable StreamTableRow find(Session session, QualifiedName name) throws SQLException {
        List<StreamTableRow> rows = withDependencies(
                session,
                session.list(
                        select() + " WHERE t.schema_name = ? AND t.table_name = ?",
                        this::row,
                        name.schema(),
                        name.name()));
        return rows.isEmpty() ? null : rows.get(0);
    }

    private StreamTableRow row(ResultSet row) throws SQLException {
        return new StreamTableRow(
                row.getLong(1),
                new QualifiedName(row.getString(2), row.getString(3)),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                RefreshMode.valueOf(row.getString(7)),
                RefreshMode.valueOf(row.getString(8)),
                row.getString(9),
                Schedule.parse(row.getString(10)),
                row.getInt(11),
                row.getLong(12),
                new Environment(row.getString(13), row.getString(14), row.getString(15), row.getString(16)),
                StreamTableStatus.valueOf(row.getString(17)),
                row.getInt(18),
                row.getString(19),
                List.of(),
                strings(row.getArray(20)),
                strings(row.getArray(21)).stream().map(QualifiedName::parse).toList());
    }

    private List<StreamTableRow> withDependencies(Session session, List<StreamTableRow> rows) throws SQLException {
        record Item(long table, StreamTableRow.Dependency dependency) {}
        List<Item> items = session.list(
                "SELECT stream_table_id, source_relid::bigint, source_name, columns, capture_id FROM " + schema
                        + ".pgs_dependencies WHERE stream_table_id = ANY (?) ORDER BY stream_table_id, source_relid",
                row -> new Item(
                        row.getLong(1),
                        new StreamTableRow.Dependency(
                                row.getLong(2), QualifiedName.parse(row.getString(3)), strings(row.getArray(4)), (Long)
                                        row.getObject(5))),
                (Object) rows.stream().map(StreamTableRow::id).toArray(Long[]::new));
        Map<Long, List<StreamTableRow.Dependency>> byTable = items.stream()
                .collect(Collectors.groupingBy(Item::table, Collectors.mapping(Item::dependency, Collectors.toList())));
        List<StreamTableRow> result = new ArrayList<>();
        for (StreamTableRow row : rows) {
            result.add(row.withDependencies(byTable.getOrDefault(row.id(), List.of())));
        }
        return result;
    }

    private static List<String> strings(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }

    /** Reserves the number of a new stream table. */
    public long nextId(Session session) throws SQLException {
        return session.one(
                "SELECT nextval(pg_get_serial_sequence(?, 'id'))",
                row -> row.getLong(1),
                schema + ".pgs_stream_tables");
    }

    /** Adds a stream table; its dependencies and states follow. */
    public void insert(Session session, StreamTableRow row) throws SQLException {
        session.update(
                "INSERT INTO " + schema + ".pgs_stream_tables (id, schema_name, table_name, application, query,"
                        + " canonical_query, requested_mode, effective_mode, full_reason, schedule, relid, search_path,"
                        + " time_zone, date_style, interval_style, kept_filters) OVERRIDING SYSTEM VALUE"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::bigint::oid, ?, ?, ?, ?, ?)",
                row.id(),
                row.name().schema(),
                row.name().name(),
                row.application(),
                row.query(),
                row.canonicalQuery(),
                row.requestedMode().name(),
                row.effectiveMode().name(),
                row.fullReason(),
                row.schedule().text(),
                row.relid(),
                row.environment().searchPath(),
                row.environment().timeZone(),
                row.environment().dateStyle(),
                row.environment().intervalStyle(),
                row.keptFilters().toArray(new String[0]));
        session.update("INSERT INTO " + schema + ".pgs_frontiers (stream_table_id) VALUES (?)", row.id());
        session.update("INSERT INTO " + schema + ".pgs_states (stream_table_id) VALUES (?)", row.id());
        insertDependencies(session, row);
    }

    private void insertDependencies(Session session, StreamTableRow row) throws SQLException {
        for (StreamTableRow.Dependency dependency : row.dependencies()) {
            session.update(
                    "INSERT INTO " + schema + ".pgs_dependencies (stream_table_id, source_relid, source_name, columns,"
                            + " capture_id) VALUES (?, ?::bigint::oid, ?, ?, ?)",
                    row.id(),
                    dependency.relid(),
                    dependency.name().toString(),
                    dependency.columns().toArray(new String[0]),
                    dependency.captureId());
        }
    }

    /** Replaces the definition of a stream table. */
    public void replace(Session session, StreamTableRow row) throws SQLException {
        session.update(
                "UPDATE " + schema + ".pgs_stream_tables SET query = ?, canonical_query = ?, requested_mode = ?,"
                        + " effective_mode = ?, full_reason = ?, schedule = ?, relid = ?::bigint::oid, search_path = ?,"
                        + " time_zone = ?, date_style = ?, interval_style = ?, application = ?, kept_filters = ?, version = version + 1,"
                        + " altered_at = clock_timestamp() WHERE id = ?",
                row.query(),
                row.canonicalQuery(),
                row.requestedMode().name(),
                row.effectiveMode().name(),
                row.fullReason(),
                row.schedule().text(),
                row.relid(),
                row.environment().searchPath(),
                row.environment().timeZone(),
                row.environment().dateStyle(),
                row.environment().intervalStyle(),
                row.application(),
                row.keptFilters().toArray(new String[0]),
                row.id());
        session.update("DELETE FROM " + schema + ".pgs_dependencies WHERE stream_table_id = ?", row.id());
        insertDependencies(session, row);
        session.update(
                "UPDATE " + schema + ".pgs_frontiers SET frontier = NULL, plan_hash = NULL WHERE stream_table_id = ?",
                row.id());
    }

    /** Changes the schedule only. */
    public void reschedule(Session session, long id, Schedule schedule) throws SQLException {
        session.update("UPDATE " + schema + ".pgs_stream_tables SET schedule = ? WHERE id = ?", schedule.text(), id);
    }

    public void delete(Session session, long id) throws SQLException {
        session.update("DELETE FROM " + schema + ".pgs_stream_tables WHERE id = ?", id);
    }

    /** An expression that lets the engine's writes pass the protection until the end of the transaction or function. */
    public String showWriterKey() {
        return WriterKey.show(schema);
    }

    /** The same for functions that are called often. */
    public String showKeptWriterKey() {
        return WriterKey.showKept(schema);
    }

    /** What a refresh of a stream table reads first. */
    public FrontierQuery frontier(long id) {
        return new FrontierQuery(schema, id);
    }

    /** Reads changes from another capture, or under another fingerprint, from the next refresh on. */
    public void rebind(Session session, long id, FrontierRow.Source source) throws SQLException {
        session.update(
                "UPDATE " + schema + ".pgs_dependencies SET capture_id = ?, fingerprint = ?"
                        + " WHERE stream_table_id = ? AND source_relid = ?::bigint::oid",
                source.newestCaptureId(),
                source.newestFingerprint(),
                id,
                source.relid());
    }

    /**
     * Moves the frontier to the snapshot of the transaction, and records the refresh.
     *
     * @param work the rows that the changes were expected to touch
     * @param commit whether the transaction ends with it, in the same round trip
     */
    public void advance(
            Session session,
            long id,
            FrontierRow read,
            @Nullable String planHash,
            RefreshResult result,
            double work,
            boolean commit)
            throws SQLException {
        session.update(
                "WITH recorded AS (INSERT INTO " + schema
                        + ".pgs_refresh_history (stream_table_id, outcome, reason, changes, rows_inserted,"
                        + " rows_updated, rows_deleted, started_at, duration, work)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?::timestamptz, make_interval(secs => ?), ?) RETURNING *) UPDATE "
                        + schema
                        + ".pgs_frontiers AS f SET frontier = ?::pg_snapshot, plan_hash = ?, system_id = ?, data_timestamp"
                        + " = ?::timestamptz, refreshes = f.refreshes + 1, full_refreshes = f.full_refreshes +"
                        + " (r.outcome = 'FULL')::int, refresh_time = f.refresh_time + r.duration, rows_inserted ="
                        + " f.rows_inserted + r.rows_inserted, rows_updated = f.rows_updated + r.rows_updated,"
                        + " rows_deleted = f.rows_deleted + r.rows_deleted FROM recorded AS r"
                        + " WHERE f.stream_table_id = r.stream_table_id"
                        + (commit ? "; COMMIT" : ""),
                id,
                result.outcome().name(),
                result.reason(),
                result.changes(),
                result.inserted(),
                result.updated(),
                result.deleted(),
                java.sql.Timestamp.from(result.startedAt()),
                result.duration().toNanos() / 1e9,
                work,
                read.snapshot(),
                planHash,
                read.surroundings().database(),
                java.sql.Timestamp.from(read.now()));
    }

    /**
     * What a refresh has cost.
     *
     * @param reason why it was full
     * @param work the rows that the changes were expected to touch
     */
    public record Cost(RefreshOutcome outcome, @Nullable String reason, double work, double micros) {}

    /** What the newest refreshes of a stream table have cost, the newest first. */
    public List<Cost> costs(Session session, long id, int limit) throws SQLException {
        return session.list(
                "SELECT outcome, reason, coalesce(work, changes), 1e6 * extract(epoch FROM duration) FROM " + schema
                        + ".pgs_refresh_history WHERE stream_table_id = ? AND outcome IN ('DIFFERENTIAL', 'FULL')"
                        + " ORDER BY id DESC LIMIT ?",
                row -> new Cost(
                        RefreshOutcome.valueOf(row.getString(1)), row.getString(2), row.getDouble(3), row.getDouble(4)),
                id,
                limit);
    }

    /** Records a failure. */
    public void recordFailure(Session session, long id, RefreshResult result, ErrorCode code, String error)
            throws SQLException {
        session.update(
                "INSERT INTO " + schema
                        + ".pgs_refresh_history (stream_table_id, outcome, started_at, duration, error_code, error)"
                        + " VALUES (?, 'FAILED', ?::timestamptz, make_interval(secs => ?), ?, ?)",
                id,
                java.sql.Timestamp.from(result.startedAt()),
                result.duration().toNanos() / 1e9,
                code.name(),
                error);
    }

    /** Forgets all but the newest refreshes of a stream table. */
    public void trimHistory(Session session, long id) throws SQLException {
        session.update(
                "DELETE FROM " + schema + ".pgs_refresh_history WHERE stream_table_id = ? AND id < (SELECT id FROM "
                        + schema + ".pgs_refresh_history WHERE stream_table_id = ? ORDER BY id DESC OFFSET ? LIMIT 1)",
                id,
                id,
                HISTORY_LENGTH - 1);
    }

    /** The newest refreshes that succeeded. */
    public List<RefreshResult> history(Session session, StreamTableRow table, int limit) throws SQLException {
        return session.list(
                "SELECT outcome, reason, changes, rows_inserted, rows_updated, rows_deleted, started_at,"
                        + " extract(epoch FROM duration) FROM " + schema + ".pgs_refresh_history"
                        + " WHERE stream_table_id = ? AND outcome <> 'FAILED' ORDER BY id DESC LIMIT ?",
                row -> new RefreshResult(
                        table.name(),
                        RefreshOutcome.valueOf(row.getString(1)),
                        row.getString(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getLong(6),
                        row.getTimestamp(7).toInstant(),
                        Duration.ofNanos((long) (row.getDouble(8) * 1e9))),
                table.id(),
                limit);
    }

    /** The age of the data: since the last refresh, or since it was last found unchanged. */
    public @Nullable Freshness freshness(Session session, long id) throws SQLException {
        return session.first(
                "SELECT f.data_timestamp, extract(epoch FROM clock_timestamp() - f.data_timestamp) FROM " + schema
                        + ".pgs_freshness AS f WHERE f.stream_table_id = ? AND f.data_timestamp IS NOT NULL",
                row -> new Freshness(
                        row.getTimestamp(1).toInstant(), Duration.ofNanos((long) (row.getDouble(2) * 1e9))),
                id);
    }

    /** A refresh has succeeded, or found nothing to do. */
    public void succeeded(Session session, long id, Instant checkedAt) throws SQLException {
        session.update(
                "UPDATE " + schema
                        + ".pgs_states SET status = CASE WHEN status = 'INITIALIZING' THEN 'ACTIVE' ELSE status"
                        + " END, consecutive_errors = 0, last_error = NULL, last_error_code = NULL, last_error_action = NULL, checked_at ="
                        + " ?::timestamptz WHERE stream_table_id = ?",
                java.sql.Timestamp.from(checkedAt),
                id);
    }

    /** A refresh has failed. Returns the status that follows from it, or {@code null} if the table is gone. */
    public @Nullable StreamTableStatus failed(Session session, long id, PgStreamException failure, int maximum)
            throws SQLException {
        return session.first(
                "UPDATE " + schema
                        + ".pgs_states SET consecutive_errors = consecutive_errors + 1, failures = failures + 1,"
                        + " last_error = ?, last_error_action = ?,"
                        + " last_error_code = ?, last_error_at = clock_timestamp(), status = CASE WHEN"
                        + " status = 'ACTIVE' AND consecutive_errors + 1 >= ? THEN 'ERROR' ELSE status END"
                        + " WHERE stream_table_id = ? RETURNING status",
                row -> StreamTableStatus.valueOf(row.getString(1)),
                String.valueOf(failure.getMessage()),
                failure.action(),
                failure.code().name(),
                maximum,
                id);
    }

    /** Sets the status by a person's wish, and forgets the failures. */
    public void setStatus(Session session, long id, StreamTableStatus status) throws SQLException {
        session.update(
                "UPDATE " + schema + ".pgs_states SET status = ?, consecutive_errors = 0, last_error = NULL,"
                        + " last_error_code = NULL, last_error_action = NULL WHERE stream_table_id = ?",
                status.name(),
                id);
    }
}
