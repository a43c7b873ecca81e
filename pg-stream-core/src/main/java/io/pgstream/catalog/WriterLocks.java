package io.pgstream.catalog;

import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which stream tables the writers of a table lock, because a change reaches them.
 *
 * @since 0.1.0
 */
public final class WriterLocks {

    private final String schema;

    /** @param schema the schema of the catalog, quoted */
    WriterLocks(String schema) {
        this.schema = schema;
    }

    /**
     * A stream table that a change of another table can reach, at once or over others.
     *
     * @param source the table that is changed
     * @param last the last one of the stream tables over {@code source} by which it is reached; the largest number there is if that one
     *     is reached at the commit
     * @param table the number of the stream table
     * @param onCommit whether it follows at the commit
     * @param shared whether writers of different rows may hold its lock together
     */
    public record Reached(long source, long last, long table, boolean onCommit, boolean shared) {}

    /** Its writers lock a table from now on. */
    public void add(Session session, long id, boolean shared) throws SQLException {
        session.update(
                "INSERT INTO " + schema + ".pgs_writer_locks (stream_table_id, shared) VALUES (?, ?) ON CONFLICT"
                        + " (stream_table_id) DO UPDATE SET shared = excluded.shared",
                id,
                shared);
    }

    /** They do no longer. */
    public void remove(Session session, long id) throws SQLException {
        session.update("DELETE FROM " + schema + ".pgs_writer_locks WHERE stream_table_id = ?", id);
    }

    /** What changes of each table reach, and what changes of each stream table do. Two ways to one table exclude others from it. */
    public List<Reached> reached(Session session) throws SQLException {
        return session.list(
                "WITH RECURSIVE reads AS (SELECT d.source_relid AS source, t.id, t.relid, t.effective_mode = 'ON_COMMIT' AS late,"
                        + " w.shared FROM " + schema + ".pgs_writer_locks AS w JOIN " + schema
                        + ".pgs_stream_tables AS t ON t.id = w.stream_table_id JOIN " + schema
                        + ".pgs_dependencies AS d ON d.stream_table_id = t.id), reached(source, first, id, relid, late, shared) AS ("
                        + "SELECT r.source, CASE WHEN r.late THEN 9223372036854775807 ELSE r.id END, r.id, r.relid, r.late, r.shared"
                        + " FROM reads AS r UNION SELECT w.source, w.first, r.id, r.relid, r.late, false FROM reached AS w JOIN reads"
                        + " AS r ON r.source = w.relid) SELECT source::bigint, max(first), id, late, bool_and(shared) FROM reached"
                        + " GROUP BY source, id, late ORDER BY 1, late, id",
                row -> new Reached(
                        row.getLong(1), row.getLong(2), row.getLong(3), row.getBoolean(4), row.getBoolean(5)));
    }

    /** All stream tables whose writers lock them, as what their own changes reach, by the numbers of their relations. */
    public Map<Long, Reached> all(Session session) throws SQLException {
        Map<Long, Reached> result = new TreeMap<>();
        for (Reached each : session.list(
                "SELECT t.relid::bigint, t.id, t.effective_mode = 'ON_COMMIT', w.shared FROM " + schema
                        + ".pgs_writer_locks AS w JOIN " + schema
                        + ".pgs_stream_tables AS t ON t.id = w.stream_table_id",
                row -> new Reached(
                        row.getLong(1), row.getLong(2), row.getLong(2), row.getBoolean(3), row.getBoolean(4)))) {
            result.put(each.source(), each);
        }
        return result;
    }

    /** The name of the function that locks what is noted for a commit. */
    public String inOrder() {
        return schema + ".lock_in_order";
    }
}
