package io.pgstream.delta;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides in which order a delta meets the other inputs of a join. A small delta goes from input to input along
 * equalities with an index, each looked up behind a fence; where an index is missing or the delta is large, the planner
 * decides.
 */
final class JoinOrder {

    private JoinOrder() {}

    /**
     * Joins deltas with other inputs.
     *
     * @param deltas where to start
     * @param unordered the inputs that follow, in any order; a join among them is taken apart
     * @param on the conditions of the join
     */
    static Operator join(List<Operator> deltas, List<Operator> unordered, List<Expression> on, boolean probe) {
        List<Operator> others = new ArrayList<>();
        List<Expression> conditions = new ArrayList<>(on);
        for (Operator other : unordered) {
            if (other instanceof Join join) {
                others.addAll(join.inputs());
                conditions.addAll(join.conditions());
            } else {
                others.add(other);
            }
        }
        List<Operator> all = new ArrayList<>(deltas);
        all.addAll(others);
        if (all.size() == 1) {
            return Filter.of(conditions, all.get(0));
        }
        List<Operator> order = probe ? fencedOrder(deltas, others, conditions) : null;
        if (order == null || others.isEmpty()) {
            return new Join(all, conditions, Join.Order.FREE);
        }
        if (deltas.size() == 1) {
            return new Join(order, conditions, Join.Order.FENCED);
        }
        Set<Column> reach = columns(deltas);
        List<Expression> between = within(conditions, reach);
        List<Operator> inputs = new ArrayList<>();
        inputs.add(new Join(deltas, between, Join.Order.FREE));
        inputs.addAll(order.subList(deltas.size(), order.size()));
        List<Expression> rest = conditions.stream()
                .filter(condition -> !between.contains(condition))
                .toList();
        return new Join(inputs, rest, Join.Order.FENCED);
    }

    private static @Nullable List<Operator> fencedOrder(
            List<Operator> deltas, List<Operator> others, List<Expression> conditions) {
        List<Operator> order = new ArrayList<>(deltas);
        List<Operator> open = new ArrayList<>(others);
        Set<Column> bound = columns(deltas);
        while (!open.isEmpty()) {
            Operator next = open.stream()
                    .filter(candidate -> IndexLookup.cheap(candidate, bound, conditions))
                    .findFirst()
                    .orElse(null);
            if (next == null) {
                return null;
            }
            order.add(next);
            open.remove(next);
            bound.addAll(next.output());
        }
        return order;
    }

    /** The conditions that read only these columns. */
    static List<Expression> within(List<Expression> conditions, Collection<Column> columns) {
        Set<Column> reach = new HashSet<>(columns);
        return conditions.stream()
                .filter(condition -> reach.containsAll(condition.columns()))
                .toList();
    }

    /** The inputs in an order in which each is connected to one before by a condition, a changed one first. */
    static List<Operator> connected(List<Operator> inputs, List<Expression> conditions, Set<Operator> changed) {
        List<Operator> open = new ArrayList<>(inputs);
        List<Operator> order = new ArrayList<>();
        Operator first = inputs.stream().filter(changed::contains).findFirst().orElse(inputs.get(0));
        order.add(first);
        open.remove(first);
        while (!open.isEmpty()) {
            Set<Column> bound = columns(order);
            Operator next = open.stream()
                    .filter(candidate ->
                            conditions.stream().anyMatch(condition -> connects(condition, bound, candidate)))
                    .findFirst()
                    .orElse(open.get(0));
            order.add(next);
            open.remove(next);
        }
        return order;
    }

    private static boolean connects(Expression condition, Set<Column> bound, Operator candidate) {
        Set<Column> reach = new HashSet<>(bound);
        reach.addAll(candidate.output());
        Set<Column> used = condition.columns();
        return reach.containsAll(used)
                && used.stream().anyMatch(bound::contains)
                && used.stream().anyMatch(candidate.output()::contains);
    }

    private static Set<Column> columns(List<Operator> operators) {
        Set<Column> columns = new HashSet<>();
        operators.forEach(operator -> columns.addAll(operator.output()));
        return columns;
    }
}
