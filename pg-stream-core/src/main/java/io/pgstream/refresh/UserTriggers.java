package io.pgstream.refresh;

import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;

/**
 * Triggers of the user's on a stream table that can make it differ from its query.
 *
 * @since 0.1.0
 */
public final class UserTriggers {

    private UserTriggers() {}

    /** A sentence for each enabled trigger that may change or suppress rows before they are written. */
    public static List<String> warnings(Session session, long relid) throws SQLException {
        // The bits of tgtype: 1 for each row, 2 before, 4 INSERT, 8 DELETE, 16 UPDATE.
        return session.list(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = ?::bigint::oid AND NOT tgisinternal AND tgenabled <> 'D'"
                        + " AND tgtype & 3 = 3 AND tgtype & 28 <> 0 ORDER BY tgname",
                row -> "The trigger " + row.getString(1)
                        + " runs BEFORE each row is written: where it changes or suppresses"
                        + " a row, the table is no longer equal to its query. Make it an AFTER trigger.",
                relid);
    }
}
