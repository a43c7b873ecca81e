package io.pgstream.request;

import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The requests in the catalog. Each statement is a transaction of its own. */
final class RequestQueue {

    /** The first half of the locks that callers hold while they wait; the same number is in the catalog's procedure. */
    private static final int LOCK = 1885828978;

    private static final String WAITED =
            "EXISTS (SELECT FROM pg_locks AS l WHERE l.locktype = 'advisory' AND l.classid = "
                    + LOCK
                    + " AND l.objid = (r.id % 2147483647)::oid AND l.objsubid = 2 AND l.database = (SELECT d.oid FROM"
                    + " pg_database AS d WHERE d.datname = current_database()))";

    private final String schema;

    private final UUID engine;

    /**
     * @param catalogSchema the catalog's schema, not quoted
     * @param engine which engine this is
     */
    RequestQueue(String catalogSchema, UUID engine) {
        this.schema = Identifiers.quote(catalogSchema);
        this.engine = engine;
    }

    /**
     * Takes the oldest request that somebody waits for, or {@code null}. Only those of callers who have the rights of this
     * engine's role: for others there may be another engine.
     */
    @Nullable
    Request claim(Session session) throws SQLException {
        return session.first(
                "UPDATE " + schema + ".pgs_requests AS q SET state = 'RUNNING', engine = ?::uuid, started_at ="
                        + " clock_timestamp() FROM (SELECT r.id FROM " + schema
                        + ".pgs_requests AS r JOIN pg_roles AS c ON c.rolname = r.caller WHERE r.state = 'QUEUED' AND"
                        + " pg_has_role(c.oid, current_user, 'USAGE') AND (r.queued_at > clock_timestamp() - interval"
                        + " '2 seconds' OR " + WAITED + ") ORDER BY r.id LIMIT 1 FOR UPDATE OF r SKIP LOCKED) AS n"
                        + " WHERE q.id = n.id RETURNING q.id, q.action, ARRAY(SELECT key FROM"
                        + " jsonb_each_text(q.arguments) WHERE value IS NOT NULL ORDER BY key), ARRAY(SELECT value FROM"
                        + " jsonb_each_text(q.arguments) WHERE value IS NOT NULL ORDER BY key)",
                RequestQueue::request,
                engine.toString());
    }

    private static Request request(ResultSet row) throws SQLException {
        String[] names = (String[]) row.getArray(3).getArray();
        String[] values = (String[]) row.getArray(4).getArray();
        Map<String, String> arguments = new HashMap<>();
        for (int i = 0; i < names.length; i++) {
            arguments.put(names[i], values[i]);
        }
        return new Request(row.getLong(1), row.getString(2), arguments);
    }

    /** Which of the requests that this engine works on are still waited for. */
    Set<Long> waited(Session session) throws SQLException {
        List<Long> ids = session.list(
                "SELECT r.id FROM " + schema
                        + ".pgs_requests AS r WHERE r.state = 'RUNNING' AND r.engine = ?::uuid AND " + WAITED,
                row -> row.getLong(1),
                engine.toString());
        return new HashSet<>(ids);
    }

    void succeeded(Session session, long id, String result) throws SQLException {
        session.update(
                "UPDATE " + schema + ".pgs_requests SET state = 'DONE', ended_at = clock_timestamp(), result = ?::jsonb"
                        + " WHERE id = ?",
                result,
                id);
    }

    void failed(Session session, long id, SqlFailure failure) throws SQLException {
        session.update(
                "UPDATE " + schema
                        + ".pgs_requests SET state = 'FAILED', ended_at = clock_timestamp(), error_state = ?,"
                        + " error_message = ?, error_detail = ?, error_hint = ? WHERE id = ?",
                failure.state(),
                failure.message(),
                failure.detail(),
                failure.hint(),
                id);
    }

    /** Forgets what is over or was never begun, and marks what engines that are gone had begun. */
    void tidy(Session session) throws SQLException {
        session.update(
                "UPDATE " + schema + ".pgs_requests AS r SET state = 'FAILED', ended_at = clock_timestamp(),"
                        + " error_state = '58000', error_message = 'the engine has ended while it worked on this', error_detail ="
                        + " '', error_hint = 'What it had not committed is rolled back.' WHERE r.state = 'RUNNING' AND NOT EXISTS"
                        + " (SELECT FROM " + schema + ".pgs_engines AS e WHERE e.id = r.engine AND " + schema
                        + ".engine_alive(e.backend_pid, e.seen_at)) AND r.started_at < clock_timestamp() - interval '1 minute'");
        session.update("UPDATE " + schema + ".pgs_requests AS r SET state = 'CANCELLED', ended_at = clock_timestamp()"
                + " WHERE r.state = 'QUEUED' AND r.queued_at < clock_timestamp() - interval '5 seconds' AND NOT "
                + WAITED);
        session.update("DELETE FROM " + schema + ".pgs_requests WHERE ended_at < clock_timestamp() - interval '1 day'");
    }
}
