package io.pgstream.refresh;

import io.pgstream.support.Session;
import java.sql.SQLException;

/**
 * What is done at the snapshot of a refresh, after the rows are written and before the commit.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface BeforeCommit {

    /** Nothing. */
    BeforeCommit NONE = session -> {};

    /** Runs in the transaction of the refresh, also of one that found nothing to do; that one is rolled back. */
    void run(Session session) throws SQLException;
}
