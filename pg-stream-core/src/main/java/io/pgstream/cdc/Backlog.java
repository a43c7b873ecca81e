package io.pgstream.cdc;

import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes changes out of the way that one consumer has not read and another has: every refresh reads the segments from end to
 * end, and one that runs each second would read what waits for one that runs each hour. They are moved to a table with an index, of which a
 * refresh reads just what it needs.
 *
 * <p>A change keeps the number of its transaction, by which consumers know whether they have read it. Only changes of transactions that
 * have ended are moved: while the segment is copied nobody can write to it. Readers go on; they are kept out for the moment
 * in which the copies and the emptied segment become visible together, as for any clean-up, because TRUNCATE is not MVCC-safe.
 */
final class Backlog {

    /** Readers hold a segment for as long as their refresh takes. */
    private static final int ATTEMPTS = 100;

    private static final long PAUSE_NANOS = 3_000_000;

    private final String catalog;

    /** @param catalog the catalog's schema, quoted */
    Backlog(String catalog) {
        this.catalog = catalog;
    }

    /**
     * Moves what a segment holds, if writers have left it, a consumer has read all of it, and another has not. Commits.
     *
     * @return whether the segment is empty now
     */
    boolean take(Session session, long capture, CaptureNames names, int segment) throws SQLException {
        try {
            boolean moved = waits(session, capture, names, names.segment(segment))
                    && copied(session, names, names.segment(segment));
            session.commit();
            return moved;
        } catch (SQLException e) {
            session.rollbackQuietly();
            if (SqlErrors.state(e).equals("55P03") || SqlErrors.runAgain(e)) {
                return false;
            }
            throw e;
        }
    }

    private boolean waits(Session session, long capture, CaptureNames names, String segment) throws SQLException {
        return session.one(
                "WITH changes AS MATERIALIZED (SELECT DISTINCT pgstream_xid FROM " + segment + "), consumers AS"
                        + " MATERIALIZED (SELECT d.capture_id = c.id AS reads, f.frontier IS NULL OR EXISTS (SELECT FROM"
                        + " changes AS b WHERE NOT pg_visible_in_snapshot(b.pgstream_xid, f.frontier)) AS lacks "
                        + BufferCleaner.consumers(catalog) + ") SELECT EXISTS (SELECT FROM consumers AS"
                        + " r WHERE r.reads AND NOT r.lacks) AND EXISTS (SELECT FROM consumers AS r WHERE r.lacks) AND"
                        + " NOT EXISTS (SELECT FROM pg_proc AS p WHERE p.oid = to_regprocedure(?) AND position(? IN p.prosrc) > 0)",
                row -> row.getBoolean(1),
                capture,
                names.function() + "()",
                segment + " ");
    }

    private static boolean copied(Session session, CaptureNames names, String segment) throws SQLException {
        session.execute("LOCK TABLE " + segment + " IN SHARE MODE NOWAIT");
        session.execute("INSERT INTO " + names.backlog() + " SELECT * FROM " + segment);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            session.execute("SAVEPOINT copied");
            try {
                session.execute("LOCK TABLE " + segment + " IN ACCESS EXCLUSIVE MODE NOWAIT");
                session.execute("TRUNCATE " + segment);
                return true;
            } catch (SQLException e) {
                if (!SqlErrors.state(e).equals("55P03")) {
                    throw e;
                }
                session.execute("ROLLBACK TO SAVEPOINT copied; RELEASE SAVEPOINT copied");
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        session.rollbackQuietly();
        return false;
    }
}
