package io.pgstream.delta;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
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

    /** Tables of up to this many rows are as cheap to read as to look up. */
    private static final long TINY_TABLE = 200;

    private JoinOrder() {}

    /**
     * Joins deltas with other inputs.
     *
     * @param deltas where to start
     * @param others the inputs that follow, in any order
     */
    static Operator join(List<Operator> deltas, List<Operator> others, List<Expression> conditions, boolean probe) {
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
                    .filter(candidate -> cheap(candidate, bound, conditions))
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

    /** Whether an input can be looked up by equalities with what is bound. */
    private static boolean cheap(Operator input, Set<Column> bound, List<Expression> conditions) {
        Operator leaf = (input instanceof Filter filter) ? filter.input() : input;
        if (!(leaf instanceof Scan scan)) {
            return false;
        }
        Set<String> names = new HashSet<>();
        for (Expression condition : conditions) {
            if (condition instanceof Equality equality) {
                addBound(equality.left(), equality.right(), scan, bound, names);
                addBound(equality.right(), equality.left(), scan, bound, names);
            }
        }
        return scan.table().canProbe(names)
                || (!names.isEmpty() && scan.table().rows() > 0 && scan.table().rows() <= TINY_TABLE);
    }

    private static void addBound(Expression side, Expression other, Scan scan, Set<Column> bound, Set<String> names) {
        if (side instanceof ColumnReference reference
                && scan.output().contains(reference.column())
                && bound.containsAll(other.columns())) {
            names.add(reference.column().name());
        }
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

    /** The lookups of these inputs that have no index: the table and the columns that one should start with. */
    static List<String> missingIndexes(Join join) {
        List<String> missing = new ArrayList<>();
        for (Operator input : join.inputs()) {
            Operator leaf = (input instanceof Filter filter) ? filter.input() : input;
            Set<Column> others = new HashSet<>(join.output());
            others.removeAll(new HashSet<>(input.output()));
            if (leaf instanceof Scan scan
                    && scan.table().rows() > TINY_TABLE
                    && !cheap(input, others, join.conditions())) {
                Set<String> names = new java.util.TreeSet<>();
                for (Expression condition : join.conditions()) {
                    if (condition instanceof Equality equality) {
                        addBound(equality.left(), equality.right(), scan, others, names);
                        addBound(equality.right(), equality.left(), scan, others, names);
                    }
                }
                if (!names.isEmpty()) {
                    missing.add("CREATE INDEX ON "
                            + io.pgstream.sql.Identifiers.quote(scan.table().name()) + " ("
                            + io.pgstream.sql.Identifiers.quoteAll(names) + ")");
                }
            }
        }
        return missing;
    }
}
