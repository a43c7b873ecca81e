package io.pgstream.catalog;

import io.pgstream.QualifiedName;
import io.pgstream.StreamTableDefinition;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What applications have declared in their code or configuration: which tables, and which definitions of them a later
 * declaration has replaced.
 *
 * @since 0.1.0
 */
public final class Declarations {

    private final String schema;

    /** @param schema the catalog's schema, not quoted */
    public Declarations(String schema) {
        this.schema = Identifiers.quote(schema);
    }

    /** Notes that an application declares a stream table; nothing is written if that is known. */
    public void declare(Session session, QualifiedName table, String application) throws SQLException {
        session.update(
                "INSERT INTO " + schema + ".pgs_declarers (stream_table_id, application) SELECT t.id, ? FROM " + schema
                        + ".pgs_stream_tables AS t WHERE t.schema_name = ? AND t.table_name = ? ON CONFLICT DO NOTHING",
                application,
                table.schema(),
                table.name());
        // An older release knows the last one only.
        session.update(
                "INSERT INTO " + schema + ".pgs_declarations (stream_table_id, application) SELECT t.id, ? FROM "
                        + schema + ".pgs_stream_tables AS t WHERE t.schema_name = ? AND t.table_name = ? AND NOT EXISTS"
                        + " (SELECT FROM " + schema + ".pgs_declarations AS d WHERE d.stream_table_id = t.id AND"
                        + " d.application = ?) ON CONFLICT (stream_table_id) DO UPDATE SET application ="
                        + " excluded.application, declared_at = excluded.declared_at",
                application,
                table.schema(),
                table.name(),
                application);
    }

    /** The stream tables that an application has declared at some time. */
    public List<QualifiedName> declaredBy(Session session, String application) throws SQLException {
        return session.list(
                "SELECT t.schema_name, t.table_name FROM (" + all() + ") AS d JOIN " + schema
                        + ".pgs_stream_tables AS t ON t.id = d.stream_table_id WHERE d.application = ? ORDER BY 1, 2",
                row -> new QualifiedName(row.getString(1), row.getString(2)),
                application);
    }

    /** The applications, other than this one, that have declared stream tables. */
    public List<String> others(Session session, String application) throws SQLException {
        return session.list(
                "SELECT DISTINCT d.application FROM (" + all() + ") AS d WHERE d.application <> ? ORDER BY 1",
                row -> row.getString(1),
                application);
    }

    /** An older release has noted nothing but the last declaration. */
    private String all() {
        return "SELECT stream_table_id, application FROM " + schema
                + ".pgs_declarers UNION SELECT stream_table_id, application FROM " + schema + ".pgs_declarations";
    }

    /**
     * Notes that an application no longer declares a stream table, if another one does.
     *
     * @return whether another application does
     */
    public boolean withdraw(Session session, QualifiedName table, String application) throws SQLException {
        String other = session.first(
                "SELECT d.application FROM (" + all() + ") AS d JOIN " + schema + ".pgs_stream_tables AS t ON t.id ="
                        + " d.stream_table_id WHERE t.schema_name = ? AND t.table_name = ? AND d.application <> ?"
                        + " ORDER BY 1 LIMIT 1",
                row -> row.getString(1),
                table.schema(),
                table.name(),
                application);
        if (other == null) {
            return false;
        }
        String mine = " WHERE d.application = ? AND d.stream_table_id = (SELECT t.id FROM " + schema
                + ".pgs_stream_tables AS t WHERE t.schema_name = ? AND t.table_name = ?)";
        session.update(
                "DELETE FROM " + schema + ".pgs_declarers AS d" + mine, application, table.schema(), table.name());
        session.update(
                "UPDATE " + schema + ".pgs_declarations AS d SET application = ?" + mine,
                other,
                application,
                table.schema(),
                table.name());
        return true;
    }

    /** Whether a later declaration has replaced this definition. */
    public boolean superseded(Session session, long id, StreamTableDefinition definition) throws SQLException {
        return session.one(
                "SELECT EXISTS (SELECT FROM " + schema
                        + ".pgs_superseded_definitions WHERE stream_table_id = ? AND definition = ?)",
                row -> row.getBoolean(1),
                id,
                hash(definition));
    }

    /** Notes that a declaration replaces another; the new one is no longer replaced, if it ever was. */
    public void supersede(Session session, long id, StreamTableDefinition old, StreamTableDefinition current)
            throws SQLException {
        session.update(
                "INSERT INTO " + schema + ".pgs_superseded_definitions (stream_table_id, definition) VALUES (?, ?)"
                        + " ON CONFLICT (stream_table_id, definition) DO UPDATE SET superseded_at = excluded.superseded_at",
                id,
                hash(old));
        session.update(
                "DELETE FROM " + schema + ".pgs_superseded_definitions WHERE stream_table_id = ? AND definition = ?",
                id,
                hash(current));
    }

    /**
     * Whether no later set of declared names has replaced this one. A set that was never seen is the latest from now on.
     *
     * @param again whether a set that was replaced becomes the latest again
     */
    public boolean latest(Session session, String application, Collection<QualifiedName> names, boolean again)
            throws SQLException {
        String hash = hash(names.stream().map(QualifiedName::toString).sorted().collect(Collectors.joining(" ")));
        session.update(
                "INSERT INTO " + schema + ".pgs_declared_sets (application, tables) VALUES (?, ?) ON CONFLICT"
                        + " (application, tables) DO UPDATE SET declared_at = clock_timestamp() WHERE ?",
                application,
                hash,
                again);
        return session.one(
                "SELECT tables = ? FROM " + schema
                        + ".pgs_declared_sets WHERE application = ? ORDER BY declared_at DESC LIMIT 1",
                row -> row.getBoolean(1),
                hash,
                application);
    }

    private static String hash(StreamTableDefinition definition) {
        return hash(definition.mode() + ":" + definition.query());
    }

    private static String hash(String text) {
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
