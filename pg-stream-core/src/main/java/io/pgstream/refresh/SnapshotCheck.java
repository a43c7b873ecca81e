package io.pgstream.refresh;

import io.pgstream.support.Session;
import java.sql.SQLException;

/**
 * Looks at a stream table and its sources at the snapshot of a refresh, after the refresh and before its commit.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SnapshotCheck {

    /** Looks at nothing. */
    SnapshotCheck NONE = session -> {};

    /** Runs in the transaction of the refresh; it must not write. */
    void run(Session session) throws SQLException;
}
