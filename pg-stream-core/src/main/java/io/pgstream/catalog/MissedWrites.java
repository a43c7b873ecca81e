package io.pgstream.catalog;

import io.pgstream.support.Session;
import java.sql.SQLException;

/**
 * Which stream tables their writers pass by, because a source was altered so that their functions do not fit it any more.
 *
 * @since 0.1.0
 */
public final class MissedWrites {

    /** What the status of such a table says. */
    static final String MESSAGE = "a source was altered, and writes since then are not in the table";

    private final String schema;

    private final String table;

    /** @param schema the schema of the catalog, quoted */
    MissedWrites(String schema) {
        this.schema = schema;
        this.table = schema + ".pgs_missed_writes";
    }

    /** A condition. */
    public String exist(long id) {
        return "EXISTS (SELECT FROM " + table + " AS m WHERE m.stream_table_id = " + id + ")";
    }

    /** A condition: a stream table's relation is as the engine has made it; otherwise it cannot be written to. */
    public String intact(long id) {
        return "EXISTS (SELECT FROM " + schema + ".pgs_stream_tables AS t WHERE t.id = " + id
                + " AND (t.target_fingerprint IS NULL OR t.target_fingerprint = " + schema
                + ".target_fingerprint(t.relid)))";
    }

    /** A statement that notes that a write was missed. */
    public String note(long id) {
        return "INSERT INTO " + table + " (stream_table_id) SELECT " + id + " WHERE NOT " + exist(id);
    }

    /** Whether writes were missed. */
    public boolean exist(Session session, long id) throws SQLException {
        return session.one("SELECT " + exist(id), row -> row.getBoolean(1));
    }

    /** The table is being loaded again, and no writer is at work. */
    public void forget(Session session, long id) throws SQLException {
        session.update("DELETE FROM " + table + " WHERE stream_table_id = ?", id);
    }
}
