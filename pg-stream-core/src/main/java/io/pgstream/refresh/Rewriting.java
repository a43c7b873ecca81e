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

    /** The part of the rows that must have differed: to compare them all costs half of what writing them all does. */
    private static final double MOST = 0.4;

    /** So small a table costs what it costs. */
    private static final long LEAST = 500;

    /**
     * After so many refreshes at most that wrote all rows they are compared all the same, because what changes can have become less. After the first one by which most
     * rows differed it is four, and twice as many after each that confirms it: of some tables most rows change now and then.
     */
    private static final int MOST_TRUST = 10;

    private static final int FIRST_TRUST = 4;

    private static final String ROWS =
            "SELECT c.reltuples::bigint FROM pg_class AS c WHERE c.oid = ?::regclass AND NOT c.relhasrules"
                    + " AND NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgname <> '"
                    + Protection.TRIGGER
                    + "') AND NOT EXISTS (SELECT FROM pg_publication)";

    private long differed;

    /** Whether nothing was concluded from that yet. */
    private boolean news;

    /** From how many rows on most differ, if the refresh that runs compares them only because it is time to; infinite otherwise. */
    private double checked = Double.POSITIVE_INFINITY;

    /** How many refreshes may write all rows before they are compared again. */
    private int trust;

    private int rewritten;

    synchronized boolean pays(Session session, PreparedTable table) throws SQLException {
        if (differed < LEAST || !table.row().circle().isEmpty()) {
            trust = 0;
            return false;
        }
        List<Long> rows =
                session.list(ROWS, row -> row.getLong(1), table.target().sqlName());
        boolean most = !rows.isEmpty() && differed > MOST * rows.get(0);
        if (news) {
            trust = most ? Math.min(Math.max(FIRST_TRUST, 2 * trust), MOST_TRUST) : 0;
            news = false;
        }
        checked = (most && rewritten >= trust) ? MOST * rows.get(0) : Double.POSITIVE_INFINITY;
        return most && rewritten < trust;
    }

    /** Whether a refresh compared all rows only to see whether most of them differ still, and they do: those that follow will cost less. */
    synchronized boolean confirmed(Counts counts) {
        boolean confirmed = counts.updated() + counts.deleted() > checked;
        checked = Double.POSITIVE_INFINITY;
        return confirmed;
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
            news = true;
            differed = counts.updated() + counts.deleted();
        }
    }
}
