package io.pgstream.refresh;

import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The indexes and constraints that users have put on a stream table, so that they outlive a change of its columns. */
final class UserIndexes {

    private static final Logger LOG = LoggerFactory.getLogger(UserIndexes.class);

    private record Index(
            String name, String statement, @Nullable String comment) {}

    private final Session session;

    private final String table;

    private final List<Index> indexes;

    UserIndexes(Session session, String table) throws SQLException {
        this.session = session;
        this.table = table;
        this.indexes = session.list(
                "SELECT i.indexrelid::regclass::text, coalesce((SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s',"
                        + " c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) FROM pg_constraint AS c WHERE"
                        + " c.conindid = i.indexrelid AND c.conrelid = i.indrelid AND c.contype IN ('p', 'u', 'x')),"
                        + " pg_get_indexdef(i.indexrelid)), (SELECT format('COMMENT ON INDEX %s IS %L',"
                        + " i.indexrelid::regclass, d.description) FROM pg_description AS d WHERE d.objoid = i.indexrelid"
                        + " AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0) FROM pg_index AS i JOIN pg_class AS c"
                        + " ON c.oid = i.indexrelid WHERE i.indrelid = ?::regclass AND c.relname !~ ? ORDER BY 1",
                row -> new Index(row.getString(1), row.getString(2), row.getString(3)), table, TargetIndexes.ours());
    }

    /** Makes those again that went with their columns; where a column has no successor, it says so. */
    void restore() throws SQLException {
        for (Index index : indexes) {
            if (session.one("SELECT to_regclass(?) IS NULL", row -> row.getBoolean(1), index.name())) {
                restore(index);
            }
        }
    }

    private void restore(Index index) throws SQLException {
        session.execute("SAVEPOINT pgstream_index");
        try {
            session.execute(index.statement());
            if (index.comment() != null) {
                session.execute(index.comment());
            }
            session.execute("RELEASE SAVEPOINT pgstream_index");
        } catch (SQLException e) {
            if (!SqlErrors.state(e).startsWith("42")) {
                throw e;
            }
            session.execute("ROLLBACK TO SAVEPOINT pgstream_index");
            LOG.warn(
                    "{}: the index {} does not fit the changed columns and is gone: {}",
                    table,
                    index.name(),
                    SqlErrors.message(e));
        }
    }
}
