package io.pgstream.refresh;

import io.pgstream.support.Session;
import java.sql.SQLException;

/**
 * Stores a changed definition, in the transaction that gives the stream table its rows.
 *
 * @since 0.1.0
 */
public interface Replacement {

    /** Takes locks that the former definition needs, before the snapshot; those of the new one are held. */
    void lock(Session session) throws SQLException;

    /** Makes new states, empty, and stores the definition; all locks are held. */
    void prepare(Session session) throws SQLException;

    /** After the table has its new columns and rows. */
    void finish(Session session) throws SQLException;
}
