package io.pgstream.catalog;

import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.Set;

/**
 * The user-defined functions that the queries of stream tables call: one that is replaced changes the result as a changed
 * query does.
 *
 * @since 0.1.0
 */
public final class UsedFunctions {

    private final String schema;

    /** @param schema the catalog's schema, not quoted */
    public UsedFunctions(String schema) {
        this.schema = Identifiers.quote(schema);
    }

    /** Remembers which functions a query calls, as they are now. */
    public void store(Session session, long id, Set<Long> functions) throws SQLException {
        session.update("DELETE FROM " + schema + ".pgs_used_functions WHERE stream_table_id = ?", id);
        if (!functions.isEmpty()) {
            session.update(
                    "INSERT INTO " + schema + ".pgs_used_functions (stream_table_id, functions, fingerprint)"
                            + " SELECT ?, f.oids, " + schema
                            + ".functions_fingerprint(f.oids) FROM (SELECT ?::bigint[]::oid[] AS oids) AS f",
                    id,
                    functions.stream().sorted().toArray(Long[]::new));
        }
    }
}
