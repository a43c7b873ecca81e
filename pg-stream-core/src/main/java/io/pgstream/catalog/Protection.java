package io.pgstream.catalog;

import io.pgstream.QualifiedName;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;

/**
 * The trigger that refuses direct writes to a stream table. It is one for statements. Its function looks for the key by itself: a
 * condition of the trigger would be read and planned anew for each statement, which takes longer than the call.
 *
 * @since 0.1.0
 */
public final class Protection {

    /** The name of the trigger on every stream table. */
    public static final String TRIGGER = "pgstream_protection";

    private final String schema;

    /** @param schema the catalog's schema, not quoted */
    public Protection(String schema) {
        this.schema = Identifiers.quote(schema);
    }

    /** Protects a table that is not protected yet. */
    public void protect(Session session, QualifiedName table) throws SQLException {
        String hash = session.one(
                "SELECT sha256(convert_to(key, 'UTF8'))::text FROM " + schema + ".pgs_writer_key",
                row -> row.getString(1));
        session.execute("CREATE TRIGGER " + TRIGGER + " BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON "
                + Identifiers.quote(table) + " FOR EACH STATEMENT EXECUTE FUNCTION " + schema
                + ".refuse_direct_write(" + Identifiers.literal(hash) + ")");
    }

    /** Makes a table an ordinary one. */
    public void release(Session session, QualifiedName table) throws SQLException {
        session.execute("DROP TRIGGER IF EXISTS " + TRIGGER + " ON " + Identifiers.quote(table));
    }

    /** The stream tables that have lost their protection, or never had one, and that the role may protect. */
    public List<QualifiedName> unprotected(Session session) throws SQLException {
        return session.list(
                "SELECT t.schema_name, t.table_name FROM " + schema + ".pgs_stream_tables AS t JOIN pg_class AS c"
                        + " ON c.oid = t.relid AND c.relname = t.table_name JOIN pg_namespace AS n ON n.oid ="
                        + " c.relnamespace AND n.nspname = t.schema_name WHERE NOT EXISTS (SELECT FROM pg_trigger AS g"
                        + " WHERE g.tgrelid = t.relid AND g.tgname = ?) AND has_table_privilege(c.oid, 'TRIGGER') AND"
                        + " has_schema_privilege(n.oid, 'USAGE') ORDER BY 1, 2",
                row -> new QualifiedName(row.getString(1), row.getString(2)),
                TRIGGER);
    }

    /** Whether catalog and table were made here by a dump of another database, so that their numbers mean nothing. */
    public boolean restored(Session session, long id) throws SQLException {
        return session.one(
                "SELECT coalesce(system_id <> " + schema + ".database_identity(), false) FROM " + schema
                        + ".pgs_frontiers WHERE stream_table_id = ?",
                row -> row.getBoolean(1),
                id);
    }

    /** Remembers the columns of a table as the engine has made them. */
    public void remember(Session session, long id) throws SQLException {
        session.update(
                "UPDATE " + schema + ".pgs_stream_tables SET target_fingerprint = " + schema
                        + ".target_fingerprint(relid) WHERE id = ?",
                id);
    }
}
