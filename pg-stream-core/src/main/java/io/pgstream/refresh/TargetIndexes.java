package io.pgstream.refresh;

import io.pgstream.delta.MaintenancePlan;
import io.pgstream.plan.expr.Column;
import io.pgstream.sql.Identifiers;
import io.pgstream.sql.TargetTable;
import io.pgstream.support.Session;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The indexes that the engine needs on a stream table, and its replica identity. Their names tell them from indexes of the
 * user's, and two of one name are the same index: it is made of the table's number and a hash of what they index.
 */
final class TargetIndexes {

    private static final String PREFIX = "pgstream_";

    private static final int HASH_LENGTH = 12;

    private final TargetTable target;

    private final String schema;

    /** The statements by the names of the indexes. */
    private final Map<String, String> wanted = new TreeMap<>();

    private TargetIndexes(TargetTable target, String schema) {
        this.target = target;
        this.schema = schema;
    }

    static TargetIndexes of(Session session, TargetTable target, @Nullable MaintenancePlan plan) throws SQLException {
        String sqlName = target.sqlName();
        long relid = session.one("SELECT ?::regclass::oid::bigint", row -> row.getLong(1), sqlName);
        String schema = session.one(
                "SELECT n.nspname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid ="
                        + " ?::bigint::oid",
                row -> row.getString(1),
                relid);
        TargetIndexes indexes = new TargetIndexes(target, schema);
        for (String statement : StateTables.indexes(target, plan)) {
            String hash = UUID.nameUUIDFromBytes(statement.getBytes(StandardCharsets.UTF_8))
                    .toString()
                    .replace("-", "")
                    .substring(0, HASH_LENGTH);
            indexes.wanted.put(PREFIX + relid + "_" + hash, statement);
        }
        return indexes;
    }

    /** The names of the engine's indexes that the table has. */
    private List<String> existing(Session session) throws SQLException {
        return session.list(
                "SELECT c.relname FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid WHERE i.indrelid ="
                        + " ?::regclass AND c.relname ~ ? ORDER BY 1",
                row -> row.getString(1),
                target.sqlName(),
                ours());
    }

    /** A pattern for the names of the engine's indexes, also of those of a table that a dump brought here. */
    static String ours() {
        return "^" + PREFIX + "[0-9]+_[0-9a-f]{" + HASH_LENGTH + "}$";
    }

    /** Whether the table has exactly the indexes that it needs. */
    boolean fit(Session session) throws SQLException {
        return existing(session).equals(List.copyOf(wanted.keySet()));
    }

    /** Drops those that another definition needed. */
    void dropOthers(Session session) throws SQLException {
        for (String name : existing(session)) {
            if (!wanted.containsKey(name)) {
                session.execute("DROP INDEX " + Identifiers.quote(schema) + "." + Identifiers.quote(name));
            }
        }
    }

    /** Makes those that are missing, and with them what tells subscribers of the table which row is meant. */
    void create(Session session) throws SQLException {
        createMissing(session);
        identify(session);
    }

    /** Makes those that another plan of the same definition needs. */
    void createMissing(Session session) throws SQLException {
        List<String> existing = existing(session);
        for (Map.Entry<String, String> index : wanted.entrySet()) {
            if (!existing.contains(index.getKey())) {
                session.execute(index.getValue().formatted(Identifiers.quote(index.getKey())));
            }
        }
    }

    /** The key, if none of its columns can be NULL; otherwise all columns. */
    private void identify(Session session) throws SQLException {
        String unique = wanted.entrySet().stream()
                .filter(index -> index.getValue().startsWith("CREATE UNIQUE"))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
        StringBuilder sql = new StringBuilder("ALTER TABLE ").append(target.sqlName());
        List<Column> key = target.key();
        if (unique != null && Objects.requireNonNull(key).stream().noneMatch(Column::nullable)) {
            for (Column column : key) {
                sql.append(" ALTER ").append(target.name(column)).append(" SET NOT NULL,");
            }
            sql.append(" REPLICA IDENTITY USING INDEX ").append(Identifiers.quote(unique));
        } else {
            sql.append(" REPLICA IDENTITY FULL");
        }
        session.execute(sql.toString());
    }
}
