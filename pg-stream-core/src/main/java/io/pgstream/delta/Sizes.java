package io.pgstream.delta;

import io.pgstream.plan.ChangeScan;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Relation;
import io.pgstream.plan.Scan;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Expression;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How many rows there are: in a delta, from the number of changes that were counted, and in a table, from the planner's
 * statistics. The planner itself knows nothing of the size of a delta, which is why joins with one are ordered here.
 * What is told is good enough to choose by, no more.
 */
final class Sizes {

    /** A condition of which nothing is known, as the planner assumes it for an inequality. */
    private static final double SELECTIVITY = 1.0 / 3;

    /** A state table: larger than any delta that is looked up. */
    private static final double STATE = 100_000;

    private final ChangeCounts counts;

    private final Statistics statistics;

    /** By identity: two operators that are equal can be at different places. */
    private final Map<Operator, Double> known = new IdentityHashMap<>();

    /** By the state's table: the part of its table that a kept filter leaves. */
    private final Map<String, Double> kept = new HashMap<>();

    /**
     * @param counts the tables that have changed, and how much
     * @param nodes what has a state
     */
    Sizes(ChangeCounts counts, Statistics statistics, Collection<MaintainedNode> nodes) {
        this.counts = counts;
        this.statistics = statistics;
        for (MaintainedNode node : nodes) {
            if (node instanceof StatefulNode state
                    && state.aggregate().keepsRows()
                    && state.aggregate().input() instanceof Filter filter) {
                double table = rows(filter.input());
                stateRows(state.relation())
                        .ifPresent(rows -> kept.put(state.relation().sqlName(), Math.min(1, rows / table)));
            }
        }
    }

    /** Whether a state is what a filter leaves of a table. */
    boolean kept(Relation state) {
        return kept.containsKey(state.sqlName());
    }

    /** Remembers the size of a relation, which is not known by what it says of itself. */
    <T extends Operator> T remember(T operator, double rows) {
        known.put(operator, rows);
        return operator;
    }

    double rows(Operator operator) {
        Double rows = known.get(operator);
        if (rows != null) {
            return rows;
        }
        if (operator instanceof ChangeScan scan) {
            return counts.of(scan.table().oid());
        }
        if (operator instanceof Scan scan) {
            return scan.table().rows() > 0 ? scan.table().rows() : STATE;
        }
        if (operator instanceof Relation relation) {
            // What has no index is a part of a delta.
            return relation.indexed().isEmpty()
                    ? counts.all()
                    : stateRows(relation).orElse(STATE);
        }
        if (operator instanceof Filter filter) {
            return rows(filter.input()) * selectivity(filter.conditions());
        }
        if (operator instanceof UnionAll union) {
            return union.inputs().stream().mapToDouble(this::rows).sum();
        }
        // Of a join, the first input is the delta or what is kept of it.
        return operator.inputs().isEmpty() ? 1 : rows(operator.inputs().get(0));
    }

    /** The rows of a state, if they are known. */
    OptionalDouble stateRows(Relation relation) {
        Double rows = statistics.stateRows().get(relation.sqlName());
        return (rows == null) ? OptionalDouble.empty() : OptionalDouble.of(rows);
    }

    /** The changed rows of a table that an operator reads, as far as filters above it leave them. */
    double changes(Operator operator) {
        if (operator instanceof Scan scan) {
            return counts.of(scan.table().oid());
        }
        double changes =
                operator.inputs().stream().mapToDouble(this::changes).max().orElse(0);
        return (operator instanceof Filter filter) ? changes * selectivity(filter.conditions()) : changes;
    }

    private double selectivity(List<Expression> conditions) {
        return statistics.selectivities().getOrDefault(conditions, SELECTIVITY);
    }

    /** The part of its table that an input leaves. */
    double selectivity(Operator input) {
        if (input instanceof Filter filter) {
            return selectivity(filter.conditions()) * selectivity(filter.input());
        }
        if (input instanceof Relation relation) {
            return kept.getOrDefault(relation.sqlName(), 1.0);
        }
        return (input.inputs().size() == 1) ? selectivity(input.inputs().get(0)) : 1;
    }
}
