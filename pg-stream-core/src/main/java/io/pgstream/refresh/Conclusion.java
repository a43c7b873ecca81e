package io.pgstream.refresh;

import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.FrontierRow;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The end of a refresh that has written: what is noted in the catalog, in the same transaction. */
final class Conclusion {

    private final Session session;

    private final Catalog catalog;

    private final PreparedTable table;

    private final RefreshPolicy policy;

    private final Membership membership;

    private final Opening opening;

    private final Set<Long> left = new HashSet<>();

    Conclusion(
            Session session,
            Catalog catalog,
            PreparedTable table,
            RefreshPolicy policy,
            Membership membership,
            Opening opening) {
        this.session = session;
        this.catalog = catalog;
        this.table = table;
        this.policy = policy;
        this.membership = membership;
        this.opening = opening;
    }

    /** Notes that a table is right at this moment, without having written anything. */
    static void settled(Session session, Catalog catalog, PreparedTable table, RefreshPolicy policy)
            throws SQLException, RedefinitionNeededException {
        Opening opening = new Opening(session, catalog, table, policy);
        FrontierRow read = opening.read();
        RefreshResult result = new RefreshResult(
                table.row().name(),
                RefreshOutcome.DIFFERENTIAL,
                "its writers have maintained it until here",
                0,
                0,
                0,
                0,
                read.now(),
                Duration.ZERO);
        new Conclusion(session, catalog, table, policy, Membership.WITHIN, opening)
                .record(read, table.planHash(), result, 0, false);
        catalog.succeeded(session, table.row().id(), read.now());
    }

    /** The captures that the table no longer reads after this refresh. */
    Set<Long> leftCaptures() {
        return left;
    }

    /**
     * Moves the frontier, and records the refresh.
     *
     * @param planHash the plan that the states, or the rows of a circle, were written by
     * @param work the rows that the changes were expected to touch
     * @param last whether the transaction ends with it, in the same round trip
     */
    void record(FrontierRow read, @Nullable String planHash, RefreshResult result, double work, boolean last)
            throws SQLException, RedefinitionNeededException {
        checkPartitions(read);
        for (FrontierRow.Source source : read.sources()) {
            boolean moved = source.newestCaptureId() != null
                    && !source.newestCaptureId().equals(source.captureId());
            if (moved || !String.valueOf(source.newestFingerprint()).equals(source.fingerprint())) {
                catalog.rebind(session, table.row().id(), source);
            }
            if (moved && source.captureId() != null) {
                left.add(source.captureId());
            }
        }
        catalog.advance(session, table.row().id(), membership.upTo(read), planHash, result, work, last);
    }

    /** ATTACH and DETACH change what a partitioned table shows also inside of one snapshot. */
    private void checkPartitions(FrontierRow read) throws SQLException, RedefinitionNeededException {
        for (FrontierRow.Source source : read.sources()) {
            if (source.captureId() != null && policy.partitioned(source.relid())) {
                FrontierRow again = opening.readAgain();
                if (!again.sources().equals(read.sources())) {
                    throw new RedefinitionNeededException("partitions were attached or detached during the refresh");
                }
            }
        }
    }
}
