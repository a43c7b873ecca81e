package io.pgstream.refresh;

import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.Environment;
import io.pgstream.catalog.FrontierQuery;
import io.pgstream.catalog.FrontierRow;
import io.pgstream.catalog.Reliance;
import io.pgstream.plan.ForeignKey;
import io.pgstream.sql.HandOn;
import io.pgstream.support.LostClients;
import io.pgstream.support.Session;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a refresh: the locks, and only then the first SELECT, which takes the snapshot, puts the settings in force and
 * reads all that decides what is to be done. The driver sends it all at once, and the server works it off statement by
 * statement, each parsed when its turn comes: it is one round trip, and the order is kept.
 */
final class Opening {

    /**
     * A small delta is looked up through indexes that are in memory, and its statements come again and again: one plan of
     * each is kept.
     */
    private static final String SMALL_DELTA_SETTINGS = String.join(
            ", ",
            Environment.set("random_page_cost", "1.1"),
            Environment.set("max_parallel_workers_per_gather", "0"),
            Environment.set("jit", "off"),
            Environment.set("work_mem", "64MB"));

    /**
     * To cost merge joins the planner looks for the ends of indexes, which is half of its time for a long statement; a small delta is
     * looked up or hashed.
     */
    private static final String NO_MERGE_JOINS = Environment.set("enable_mergejoin", "off");

    private final Session session;

    private final PreparedTable table;

    private final RefreshPolicy policy;

    private final RefreshLocks locks;

    private final FrontierQuery query;

    private HandOnTables handOn = HandOnTables.unknown();

    private List<ForeignKey> foreignKeys = List.of();

    /** Whether all was read, after the locks were taken in one round trip. */
    private boolean readInFull;

    Opening(Session session, Catalog catalog, PreparedTable table, RefreshPolicy policy) {
        this.session = session;
        this.table = table;
        this.policy = policy;
        this.locks = new RefreshLocks(session, policy, List.of(table));
        this.query = catalog.frontier(table.row().id());
    }

    /** What is known of the tables by which changes are handed on. */
    HandOnTables handOn() {
        return handOn;
    }

    /** The foreign keys that held at the frontier, and hold now; none where that is not known. */
    List<ForeignKey> foreignKeys() {
        return foreignKeys;
    }

    /** Takes the locks and reads. */
    FrontierRow run() throws SQLException, LockedElsewhereException, RedefinitionNeededException {
        session.connection().setAutoCommit(false);
        try {
            return atOnce();
        } catch (SQLException e) {
            locks.takeAfter(e);
            readInFull = true;
            return read();
        }
    }

    private FrontierRow atOnce() throws SQLException {
        Map<Long, Long> limits = policy.countingLimits(table);
        Set<Long> large = table.volume().large();
        List<HandOn.Place> places = table.places();
        Reliance reliance = table.surroundings().known();
        String sql = table.opening(
                policy.ownLockMillis(),
                sizes(),
                limits,
                large,
                places,
                (reliance == null) ? null : reliance.question(),
                () -> locks.sql() + "; " + reading(reliance, limits, large)
                        + (places.isEmpty() ? "" : "; " + HandOnTables.asking(places)));
        try (PreparedStatement statement = session.prepareAgain(sql)) {
            boolean rows = statement.execute();
            while (!rows && statement.getUpdateCount() >= 0) {
                rows = statement.getMoreResults();
            }
            FrontierRow read = first(statement, reliance);
            if (reliance != null && read != null) {
                foreignKeys = reliance.foreignKeys();
            }
            FrontierRow.Captured captured = FrontierRow.Captured.NOTHING;
            if (table.differential() && !table.buffers().isEmpty() && statement.getMoreResults()) {
                captured = FrontierQuery.readCounts(statement.getResultSet());
            }
            if (!places.isEmpty() && statement.getMoreResults()) {
                handOn = HandOnTables.read(places, statement.getResultSet());
            }
            return ((read == null) ? readChanged() : read).with(captured);
        }
    }

    private @Nullable FrontierRow first(PreparedStatement statement, @Nullable Reliance reliance) throws SQLException {
        readInFull = reliance == null;
        return (reliance == null)
                ? FrontierQuery.read(statement.getResultSet())
                : FrontierQuery.readBriefly(statement.getResultSet(), reliance);
    }

    /** Something has changed that the refresh relies on: what it is says the whole statement, at the same snapshot. */
    private FrontierRow readChanged() throws SQLException {
        table.surroundings().changed();
        readInFull = true;
        return readAgain();
    }

    /** Nothing that was read, behind locks that were taken with it, is in the way of the refresh: the next one asks whether it has stayed so. */
    void confirm(FrontierRow read) throws SQLException {
        if (!readInFull) {
            table.surroundings().stayed();
        } else if (table.surroundings().due()) {
            table.surroundings().learn(query.reliance(session, read));
        }
    }

    /** Takes the locks only, for a caller who has to do something before the snapshot. */
    void lock() throws SQLException, LockedElsewhereException, RedefinitionNeededException {
        locks.take();
    }

    /** Reads, behind the locks. */
    FrontierRow read() throws SQLException {
        return query.read(session, settings(), counts(policy.countingLimits(table), Set.of()));
    }

    /** Reads, behind the locks, with all changes counted. */
    FrontierRow readAndCount() throws SQLException {
        return query.read(session, settings(), counts(Map.of(), Set.of()));
    }

    /** Counts all changes, at the snapshot of what was read. */
    FrontierRow.Captured count() throws SQLException {
        return query.count(session, counts(Map.of(), Set.of()));
    }

    /** Reads again, at the same snapshot, what can change inside of one; the changes are not counted. */
    FrontierRow readAgain() throws SQLException {
        return query.read(session, "true", "");
    }

    private String reading(@Nullable Reliance reliance, Map<Long, Long> limits, Set<Long> large) {
        String counts = counts(limits, large);
        return ((reliance == null) ? query.sql(settings()) : query.brief(settings(), reliance))
                + (counts.isEmpty() ? "" : "; " + query.counting(counts));
    }

    private String settings() {
        return table.row().environment().setLocalInSelect() + ", " + SMALL_DELTA_SETTINGS + ", "
                + (table.hashes() ? NO_MERGE_JOINS + ", " : "") + LostClients.NOTICED;
    }

    /** A query that counts what is captured; empty where that does not matter. */
    private String counts(Map<Long, Long> limits, Set<Long> large) {
        if (!table.differential()) {
            return "";
        }
        return sizes() ? table.buffers().counts(limits, large) : table.buffers().counts();
    }

    /** Whether the sizes of the buffers are asked for. */
    private boolean sizes() {
        return policy.chooses(table) || table.volume().matters();
    }
}
