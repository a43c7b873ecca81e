package io.pgstream.support;

import java.sql.SQLException;

/**
 * What only the owner of a table may do with it.
 *
 * @since 0.1.0
 */
public final class Ownership {

    private Ownership() {}

    /**
     * Whether the session has the rights of a table's owner.
     *
     * @param table the table as SQL writes it, which exists
     */
    public static boolean held(Session session, String table) throws SQLException {
        return session.one(
                "SELECT pg_has_role(current_user, c.relowner, 'USAGE') FROM pg_class AS c WHERE c.oid = to_regclass(?)",
                row -> row.getBoolean(1),
                table);
    }
}
