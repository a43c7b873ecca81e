package io.pgstream.refresh;

import io.pgstream.catalog.Protection;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;

/**
 * Whether a full refresh takes all rows out and puts the new ones in, instead of finding and writing those that differ. Where most rows differ, as places in
 * an order of all do, to compare them and to update each costs more than twice as much as to delete and insert them all. Readers see the old
 * rows until the commit either way.
 *
 * <p>Nobody else may be told of the changes: a trigger, a reader that follows the table, a foreign key or a subscriber would get rows that have not
 * changed, and deletes where rows have changed.
 */
final class Rewriting {

    /** The part of the rows that must have differed. */
    private static final double MOST = 0.6;

    /** So small a table costs what it costs. */
    private static final long LEAST = 500;

    /** So often the rows are compared all the same, because what changes can have become less. */
    private static final int COMPARED = 10;

    private static final String ROWS =
            "SELECT c.reltuples::bigint FROM pg_class AS c WHERE c.oid = ?::regclass AND NOT c.relhasrules"
                    + " AND NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgname <> '"
                    + Protection.TRIGGER
                    + "') AND NOT EXISTS (SELECT FROM pg_publication)";

    private long differed;

    private int rewritten;

    synchronized boolean pays(Session session, PreparedTable table) throws SQLException {
        if (differed < LEAST || rewritten >= COMPARED || !table.row().circle().isEmpty()) {
            return false;
        }
        List<Long> rows =
                session.list(ROWS, row -> row.getLong(1), table.target().sqlName());
        return !rows.isEmpty() && differed > MOST * rows.get(0);
    }

    /**
     * A full refresh or a delta has written rows.
     *
     * @param all whether it wrote all rows, whichever differed
     */
    synchronized void learn(Counts counts, boolean all) {
        if (all) {
            rewritten++;
        } else {
            rewritten = 0;
            differed = counts.updated() + counts.deleted();
        }
    }
}
