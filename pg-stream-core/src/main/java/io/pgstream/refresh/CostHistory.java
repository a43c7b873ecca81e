package io.pgstream.refresh;

import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.catalog.Catalog;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What refreshes of all stream tables have cost. The history in the catalog is the memory: an instance that starts reads of
 * each table what it, or another instance, has seen before.
 */
final class CostHistory {

    private static final int REFRESHES = 100;

    private final Catalog catalog;

    private final Map<Long, RefreshCosts> tables = new ConcurrentHashMap<>();

    CostHistory(Catalog catalog) {
        this.catalog = catalog;
    }

    RefreshCosts of(long table) {
        return tables.computeIfAbsent(table, id -> new RefreshCosts());
    }

    /** Reads what is known of a table, if nothing is known here. */
    void read(Session session, long table) throws SQLException {
        RefreshCosts costs = of(table);
        if (costs.unknown()) {
            List<Catalog.Cost> newest = catalog.costs(session, table, REFRESHES);
            for (int i = newest.size() - 1; i >= 0; i--) {
                Catalog.Cost cost = newest.get(i);
                if (RefreshPolicy.leavesStates(cost.reason())) {
                    costs.fullWithoutStates(cost.work(), 0, cost.micros());
                } else {
                    learn(costs, cost.outcome(), cost.work(), cost.micros(), false, 0);
                }
            }
        }
    }

    /**
     * @param first whether the statements of a delta had to be made and planned
     * @param stateMicros the part of a full refresh that the states took
     * @param onceMicros the part of it that others will not have
     */
    void learn(long table, RefreshResult result, double work, boolean first, double stateMicros, double onceMicros) {
        double micros = result.duration().toNanos() / 1e3 - onceMicros;
        if (RefreshPolicy.leavesStates(result.reason())) {
            of(table).fullWithoutStates(result.changes(), work, micros);
        } else {
            learn(of(table), result.outcome(), work, micros, first, stateMicros);
        }
    }

    private static void learn(
            RefreshCosts costs, RefreshOutcome outcome, double work, double micros, boolean first, double stateMicros) {
        if (outcome == RefreshOutcome.DIFFERENTIAL) {
            costs.differential(work, micros, first);
        } else if (outcome == RefreshOutcome.FULL) {
            costs.full(work, micros, stateMicros);
        }
    }

    void forget(long table) {
        tables.remove(table);
    }
}
