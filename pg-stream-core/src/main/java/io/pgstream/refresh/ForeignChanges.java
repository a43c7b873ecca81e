package io.pgstream.refresh;

import io.pgstream.cdc.ChangeBuffers;
import io.pgstream.support.Session;
import java.sql.SQLException;

/**
 * Changes that another server has captured, and that a dump brought here in the change buffers. What they change is in the
 * sources already, and the numbers of their transactions will be given out here again, or have been: left alone, they
 * would count as new for ever.
 */
final class ForeignChanges {

    private ForeignChanges() {}

    /** Removes those that could be taken for new: rows that are visible although their transactions, of this server, are not. */
    static void remove(Session session, ChangeBuffers buffers) throws SQLException {
        for (String segment : buffers.tables()) {
            session.update("DELETE FROM " + segment + " WHERE NOT pg_visible_in_snapshot(pgstream_xid,"
                    + " pg_current_snapshot()) AND pgstream_xid IS DISTINCT FROM pg_current_xact_id_if_assigned()");
        }
    }
}
