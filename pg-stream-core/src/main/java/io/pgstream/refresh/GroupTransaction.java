package io.pgstream.refresh;

import io.pgstream.QualifiedName;
import io.pgstream.RefreshResult;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.FrontierRow;
import io.pgstream.cdc.Frontier;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refreshes of several stream tables in one transaction, those that are read before their readers: afterwards each equals
 * its query at the one snapshot, together with what the transaction wrote itself. A reader gets the changes of the tables
 * that were refreshed before it from their change buffers, as always; the new frontiers contain the transaction's own id,
 * so that nobody of the group reads those changes again.
 */
final class GroupTransaction implements Membership {

    /** From here on a frontier would be too long; the next attempt finds a quieter moment. */
    private static final long LONGEST_GAP = 100_000;

    /** What the refresh before it can have changed; it sets the rest itself, when it begins to read. */
    private static final String SETTINGS_OF_NOBODY = "SET LOCAL enable_nestloop TO DEFAULT; " + RefreshLocks.ONE_PLAN;

    private final Session session;

    private final Catalog catalog;

    private final List<PreparedTable> tables;

    private final RefreshPolicy policy;

    private final BeforeCommit check;

    private final Set<Long> left = new HashSet<>();

    private @Nullable Instant now;

    private @Nullable String frontier;

    /** @param tables those that are read before their readers */
    GroupTransaction(
            Session session, Catalog catalog, List<PreparedTable> tables, RefreshPolicy policy, BeforeCommit check) {
        this.session = session;
        this.catalog = catalog;
        this.tables = List.copyOf(tables);
        this.policy = policy;
        this.check = check;
    }

    /** The captures that the tables no longer read after this refresh. */
    Set<Long> leftCaptures() {
        return left;
    }

    /** Refreshes all of them, or none. */
    List<RefreshResult> run(Map<Long, Extent> extents)
            throws SQLException, LockedElsewhereException, RedefinitionNeededException, MemberException {
        new RefreshLocks(session, policy, tables).take();
        List<RefreshResult> results = new ArrayList<>();
        Set<Long> done = new HashSet<>();
        for (PreparedTable table : tables) {
            if (!done.contains(table.row().id())) {
                List<PreparedTable> circle = circle(table);
                results.addAll(
                        circle.isEmpty()
                                ? List.of(member(
                                        table, extents.getOrDefault(table.row().id(), Extent.CHANGES)))
                                : circle(circle, extents.keySet()));
                circle.forEach(member -> done.add(member.row().id()));
            }
        }
        results.sort(Comparator.comparingInt(result -> position(result.name())));
        check.run(session);
        if (frontier != null) {
            session.commit();
        } else {
            session.connection().rollback();
        }
        return results;
    }

    private int position(QualifiedName name) {
        return tables.stream().map(table -> table.row().name()).toList().indexOf(name);
    }

    /** The tables of the circle that a table is in. */
    private List<PreparedTable> circle(PreparedTable table) {
        return tables.stream()
                .filter(other -> table.row().circle().contains(other.row().name()))
                .toList();
    }

    private List<RefreshResult> circle(List<PreparedTable> circle, Set<Long> forced)
            throws SQLException, MemberException {
        session.execute(SETTINGS_OF_NOBODY);
        CircleRefresh refresh = new CircleRefresh(session, catalog, circle, policy, this);
        List<RefreshResult> results = refresh.refresh(forced);
        left.addAll(refresh.leftCaptures());
        return results;
    }

    private RefreshResult member(PreparedTable table, Extent extent) throws MemberException {
        RefreshTransaction member = new RefreshTransaction(session, catalog, table, policy, BeforeCommit.NONE, this);
        try {
            session.execute(SETTINGS_OF_NOBODY);
            RefreshResult result = member.refresh(extent);
            left.addAll(member.leftCaptures());
            return result;
        } catch (SQLException | RedefinitionNeededException | DriftException | UnsureException e) {
            throw new MemberException(table, e);
        }
    }

    @Override
    public boolean shared() {
        return true;
    }

    @Override
    public FrontierRow read(FrontierRow read) {
        // The clock of the first one: the snapshot does not get younger while the others are refreshed.
        Instant first = (now == null) ? read.now() : now;
        now = first;
        return read.at(first);
    }

    @Override
    public void write(FrontierRow read) throws SQLException {
        if (frontier == null) {
            long own =
                    session.one("SELECT pg_current_xact_id()::text", row -> Long.parseUnsignedLong(row.getString(1)));
            Frontier snapshot = new Frontier(read.snapshot());
            if (own - Long.parseUnsignedLong(snapshot.xmax()) > LONGEST_GAP) {
                throw new SQLException("Too many transactions have begun since the snapshot", "40001");
            }
            frontier = snapshot.including(own).text();
        }
    }

    @Override
    public FrontierRow upTo(FrontierRow read) {
        return (frontier == null) ? read : read.upTo(frontier);
    }
}
