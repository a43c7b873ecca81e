package io.pgstream.cdc;

import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Empties segments of change buffers that no consumer needs any more. A segment is emptied only under a lock that waits
 * for nobody and lets nobody in, after a statement that began under the lock has found nothing that a consumer has not
 * read: then no writer has an uncommitted row in it and no reader an older snapshot to read it with.
 *
 * <p>Where writers never leave such a moment, the capture function is pointed at the other segment, and the first one is
 * emptied when its last writer has gone. What a consumer that is far behind still needs goes to the {@link Backlog}.
 *
 * @since 0.1.0
 */
public final class BufferCleaner {

    /** Nobody waits for this, and compiling a query for it would keep writers waiting. */
    private static final String QUIET = "SET LOCAL synchronous_commit = off; SET LOCAL jit = off";

    /** A consumer with the frontier {@code f} has not read the change {@code b}. */
    private static final String UNREAD = "f.frontier IS NULL OR NOT pg_visible_in_snapshot(b.pgstream_xid, f.frontier)";

    /** A segment is locked for moments only, by writers and by readers. */
    private static final int ATTEMPTS = 20;

    private static final long PAUSE_NANOS = 3_000_000;

    private final String catalog;

    private final String buffers;

    private final long emptyAbove;

    private final long switchAbove;

    private final Backlog backlog;

    /**
     * @param catalogSchema the catalog's schema, not quoted
     * @param bufferSchema the schema of the buffers, not quoted
     * @param emptyAbove the bytes from which on a segment is worth emptying
     * @param switchAbove the bytes from which on a segment that cannot be emptied is left
     */
    public BufferCleaner(String catalogSchema, String bufferSchema, long emptyAbove, long switchAbove) {
        this.catalog = Identifiers.quote(catalogSchema);
        this.buffers = bufferSchema;
        this.emptyAbove = emptyAbove;
        this.switchAbove = switchAbove;
        this.backlog = new Backlog(catalog);
    }

    /** Cleans the segments of a capture. Commits. */
    public void clean(Session session, long capture) throws SQLException {
        CaptureNames names = new CaptureNames(buffers, capture);
        for (int segment = 0; segment < names.segments().size(); segment++) {
            long size = size(session, names.segment(segment));
            session.commit();
            if (size > emptyAbove
                    && !empty(session, capture, names, names.segment(segment))
                    && size > switchAbove
                    && !backlog.take(session, capture, names, segment)) {
                leave(session, capture, names, segment);
            }
        }
        long waiting = size(session, names.backlog());
        session.commit();
        if (waiting > 0) {
            empty(session, capture, names, names.backlog());
        }
    }

    private static long size(Session session, String segment) throws SQLException {
        return session.one("SELECT coalesce(pg_relation_size(to_regclass(?)), 0)", row -> row.getLong(1), segment);
    }

    /**
     * Whether a consumer of the source has not read all of the segment, also one that reads an older capture: the refresh
     * that moves it here can be running, and begins here with a snapshot from before this statement.
     */
    private String needed(CaptureNames names, String segment) {
        return "SELECT EXISTS (SELECT " + consumers(catalog) + " AND "
                + (segment.equals(names.backlog()) ? lacksOfBacklog(segment) : lacks(segment)) + ")";
    }

    /** The consumers {@code d} of the source of a capture {@code c}, a parameter, that have a frontier {@code f} or are about to get one here. */
    static String consumers(String catalog) {
        return "FROM " + catalog + ".pgs_captures AS c JOIN " + catalog
                + ".pgs_dependencies AS d ON d.source_relid = c.source_relid AND d.capture_id IS NOT NULL JOIN "
                + catalog + ".pgs_frontiers AS f ON f.stream_table_id = d.stream_table_id WHERE c.id = ?"
                + " AND (f.frontier IS NOT NULL OR d.capture_id <> c.id)";
    }

    /**
     * Whether a consumer of the source has not read something on the last page of the segment. Of many consumers most have not, after each refresh of one
     * of them; to tell that none is left takes all changes.
     */
    private String neededAtTheEnd(String segment) {
        // In a SELECT of its own, because the size is asked for each row otherwise.
        String lastPage = "(SELECT ('(' || greatest(pg_relation_size(to_regclass(" + Identifiers.literal(segment)
                + ")) / current_setting('block_size')::bigint - 1, 0) || ',0)')::tid)";
        return "SELECT EXISTS (SELECT " + consumers(catalog) + " AND EXISTS (SELECT FROM " + segment
                + " AS b WHERE b.ctid >= " + lastPage
                + " AND (" + UNREAD + ")))";
    }

    private static String lacks(String segment) {
        return "EXISTS (SELECT FROM (SELECT DISTINCT pgstream_xid FROM " + segment + ") AS b WHERE " + UNREAD + ")";
    }

    /** By the index. */
    private static String lacksOfBacklog(String backlog) {
        return "(f.frontier IS NULL AND EXISTS (SELECT FROM " + backlog + ") OR EXISTS (SELECT FROM " + backlog
                + " AS b WHERE " + ChangeBuffers.behind("f.frontier") + "))";
    }

    private boolean empty(Session session, long capture, CaptureNames names, String segment) throws SQLException {
        // Most often a consumer still has to read it: refreshes must not wait for a lock that is of no use.
        session.execute(QUIET);
        boolean stillNeeded = (!segment.equals(names.backlog())
                        && session.one(neededAtTheEnd(segment), row -> row.getBoolean(1), capture))
                || session.one(needed(names, segment), row -> row.getBoolean(1), capture);
        session.commit();
        for (int attempt = 0; !stillNeeded && attempt < ATTEMPTS; attempt++) {
            Boolean emptied = tryToEmpty(session, capture, names, segment);
            if (emptied != null) {
                return emptied;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return false;
    }

    /** Whether it is empty now, or {@code null} if somebody reads or writes it at this moment. */
    private @Nullable Boolean tryToEmpty(Session session, long capture, CaptureNames names, String segment)
            throws SQLException {
        try {
            session.execute(QUIET + "; LOCK TABLE " + segment + " IN ACCESS EXCLUSIVE MODE NOWAIT");
            boolean needed = session.one(needed(names, segment), row -> row.getBoolean(1), capture);
            if (!needed) {
                session.execute("TRUNCATE " + segment);
            }
            session.commit();
            return !needed;
        } catch (SQLException e) {
            session.rollbackQuietly();
            if (SqlErrors.state(e).equals("55P03") || SqlErrors.runAgain(e)) {
                return null;
            }
            throw e;
        }
    }

    /** Points the writers at the other segment, if that is empty and this is the one they write to. */
    private void leave(Session session, long capture, CaptureNames names, int segment) throws SQLException {
        try {
            // Two instances must not replace the function at once; a refresh that moves here must not be waited for.
            session.list(
                    "SELECT id FROM " + catalog + ".pgs_captures WHERE id = ? FOR NO KEY UPDATE", row -> "", capture);
            String source = session.first(
                    "SELECT prosrc FROM pg_proc WHERE oid = to_regprocedure(?)",
                    row -> row.getString(1),
                    names.function() + "()");
            if (source != null
                    && source.contains(names.segment(segment) + " ")
                    && size(session, names.segment(1 - segment)) == 0) {
                session.execute(CaptureFunction.withSegment(names, source, segment));
            }
            session.commit();
        } catch (SQLException e) {
            session.rollbackQuietly();
            if (!SqlErrors.runAgain(e) && !SqlErrors.state(e).startsWith("XX")) {
                throw e;
            }
        }
    }
}
