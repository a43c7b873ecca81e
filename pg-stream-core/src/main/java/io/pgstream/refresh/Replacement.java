package io.pgstream.refresh;

import io.pgstream.support.Session;
import java.sql.SQLException;

/**
 * Puts a newly built table in the place of a stream table's old one, in the transaction that loads it.
 *
 * @since 0.1.0
 */
public interface Replacement {

    /** Makes the new table and its states, empty, and stores the definition; all locks are held. */
    void prepare(Session session) throws SQLException;

    /** Takes the old table away and gives the loaded one its name. */
    void swap(Session session) throws SQLException;
}
