package io.pgstream.delta;

import io.pgstream.plan.Fence;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lists;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Relation;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.RowLimit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides in which order a delta meets the other inputs of a join, and how. A small delta goes from input to input along
 * equalities, each time to the one that promises the least work and the fewest rows. It looks rows up behind a fence, or,
 * where it is not small beside the input or there is no index, meets the whole input, read once. Where the delta is large
 * or something is not connected by an equality, the planner decides: it knows nothing of the size of a delta.
 */
final class JoinOrder {

    /** The cost of one descent of an index, in the cost of one row fetched by it. */
    static final double DESCENT = 2;

    /** The same for a row that is read in passing and meets a hash table. */
    static final double PASSING = 0.1;

    /** The same for a row that is put into a hash table or looked for in it. */
    static final double HASHED = 0.3;

    /** The same for the set-up of a hash join. */
    static final double SET_UP = 20;

    /** From which cost on, that of some 2,000 lookups, a whole input is read only if a delta turns out to have as many rows as expected. */
    private static final long WORTH_A_CHOICE = 5_000;

    /** Up to so many rows, those that meet no row of a delta are dropped for nothing. */
    private static final double SMALL_WHOLE = 20_000;

    private final List<Expression> conditions;

    private final DeltaContext context;

    JoinOrder(List<Expression> conditions, DeltaContext context) {
        this.conditions = conditions;
        this.context = context;
    }

    /**
     * Joins deltas with other inputs.
     *
     * @param deltas where to start
     * @param unordered the inputs that follow, in any order; a join among them is taken apart
     * @param on the conditions of the join
     */
    static Operator join(List<Operator> deltas, List<Operator> unordered, List<Expression> on, DeltaContext context) {
        return join(deltas, unordered, on, context, true);
    }

    /** The same for what only exists inside one relation, and so cannot be put into another: the rows of a recursion. */
    static Operator inPlace(Operator rows, List<Operator> unordered, List<Expression> on, DeltaContext context) {
        return join(List.of(rows), unordered, on, context, false);
    }

    /** The same for partitions, of which there can be many fewer than changed rows: how they go on is chosen when it runs. */
    static Operator touched(Operator rows, List<Operator> unordered, List<Expression> on, DeltaContext context) {
        return join(List.of(rows), unordered, on, context, false, true);
    }

    static Operator join(
            List<Operator> deltas,
            List<Operator> unordered,
            List<Expression> on,
            DeltaContext context,
            boolean staged) {
        return join(deltas, unordered, on, context, staged, staged);
    }

    private static Operator join(
            List<Operator> deltas,
            List<Operator> unordered,
            List<Expression> on,
            DeltaContext context,
            boolean staged,
            boolean chosen) {
        Operator marked = (unordered.size() == 1) ? MarkedJoin.of(deltas, unordered.get(0), on, context, staged) : null;
        if (marked != null) {
            return marked;
        }
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
        if (deltas.size() == 1 && others.isEmpty()) {
            return Filter.of(conditions, deltas.get(0));
        }
        Operator ordered =
                context.lookUp() ? new JoinOrder(conditions, context).ordered(deltas, others, staged, chosen) : null;
        if (ordered != null) {
            return ordered;
        }
        List<Operator> all = new ArrayList<>(deltas);
        all.addAll(others);
        return new Join(all, conditions, Join.Order.FREE);
    }

    private @Nullable Operator ordered(List<Operator> deltas, List<Operator> others, boolean staged, boolean chosen) {
        List<JoinStep> steps = steps(deltas, others, staged);
        if (steps == null) {
            return null;
        }
        List<Expression> open = new ArrayList<>(conditions);
        Operator start = deltas.get(0);
        if (deltas.size() > 1) {
            List<Expression> between = within(open, columns(deltas));
            open.removeAll(between);
            start = new Join(deltas, between, betweenDeltas(deltas, between));
        }
        double rows = size(deltas);
        List<Operator> inputs = new ArrayList<>(List.of(start));
        for (int i = 0; i < steps.size(); i++) {
            JoinStep step = steps.get(i);
            if (staged && step.whole() && inputs.size() > 1) {
                inputs = staged(inputs, open, rows);
            }
            inputs =
                    (chosen && inputs.get(0) instanceof Relation relation && inputs.size() == 1 && step.lookUpTo() >= 1)
                            ? List.of(chosenWhenItRuns(relation, step, open))
                            : with(inputs, rows, step, open, staged);
            rows = step.rows();
            if (staged && step.whole() && i < steps.size() - 1) {
                inputs = staged(inputs, open, rows);
            }
        }
        Operator result =
                (inputs.size() == 1) ? Filter.of(open, inputs.get(0)) : new Join(inputs, open, Join.Order.FENCED);
        return context.sizes().remember(result, rows);
    }

    /** The inputs with the next one. A small one that is read as a whole meets the delta by hash, whatever the planner thinks. */
    private List<Operator> with(
            List<Operator> inputs, double rows, JoinStep step, List<Expression> open, boolean staged) {
        if (!step.whole()) {
            List<Expression> met = within(open, columns(Lists.append(inputs, step.input())));
            Join batch =
                    (staged && inputs.size() == 1) ? BatchLookup.of(inputs.get(0), step.input(), met, context) : null;
            if (batch == null) {
                return Lists.append(LookupOrder.of(inputs, rows, step.input(), open, context), step.input());
            }
            open.removeAll(met);
            return List.of(batch);
        }
        Operator whole = step.all(context);
        List<Operator> both = Lists.append(inputs, whole);
        List<Expression> met = within(open, columns(both));
        List<Expression> between = step.between(met);
        if (staged
                && inputs.size() == 1
                && context.sizes().rows(step.input()) <= SMALL_WHOLE
                && Join.hashable(inputs.get(0), whole, between)) {
            open.removeAll(met);
            return List.of(new Join(both, between, Join.Order.HASHED));
        }
        return Lists.append(inputs, new Fence(whole));
    }

    /**
     * How many rows a delta has left by now was only estimated, and conditions that say the same twice, or exclude each other, put that out by any
     * factor: the statement has both ways to go on, and takes the cheaper one by the rows that there are. The other one costs its planning.
     */
    private Operator chosenWhenItRuns(Relation delta, JoinStep step, List<Expression> open) {
        Operator whole = new Fence(step.all(context));
        List<Expression> between = within(open, columns(List.of(delta, whole)));
        open.removeAll(between);
        long limit = Math.round(step.lookUpTo());
        Operator looking = LookupOrder.of(delta, limit, step.input(), between, context);
        Join few = new Join(Lists.concat(List.of(looking), step.inputs()), between, Join.Order.FENCED);
        Join many = new Join(List.of(delta, whole), step.between(between), Join.Order.FENCED);
        return new UnionAll(
                few.output(),
                List.of(
                        new Filter(List.of(new RowLimit(delta.sqlName(), limit, true)), few),
                        new Filter(List.of(new RowLimit(delta.sqlName(), limit, false)), many)));
    }

    /** The planner takes a delta for a row or two: it would meet another one in a nested loop, at the square of their size. */
    static Join.Order betweenDeltas(List<Operator> deltas, List<Expression> conditions) {
        return (deltas.size() == 2 && Join.hashable(deltas.get(0), deltas.get(1), conditions))
                ? Join.Order.HASHED
                : Join.Order.FREE;
    }

    /** Left in one statement the planner could look up first and read a whole input afterwards, or for each row. */
    private List<Operator> staged(List<Operator> inputs, List<Expression> open, double rows) {
        List<Expression> now = within(open, columns(inputs));
        open.removeAll(now);
        Operator joined = new Join(inputs, now, Join.Order.FENCED);
        return new ArrayList<>(List.of(context.materialize(context.sizes().remember(joined, rows))));
    }

    /** Deltas that meet each other by a key leave no more rows than the smaller one has. */
    private double size(List<Operator> deltas) {
        return deltas.stream().mapToDouble(context.sizes()::rows).min().orElse(1);
    }

    private @Nullable List<JoinStep> steps(List<Operator> deltas, List<Operator> others, boolean staged) {
        List<JoinStep> steps = new ArrayList<>();
        List<Operator> open = new ArrayList<>(others);
        Set<Column> bound = columns(deltas);
        double rows = size(deltas);
        while (!open.isEmpty()) {
            JoinStep next = next(open, bound, rows, staged);
            if (next == null) {
                return null;
            }
            steps.add(next);
            open.removeAll(next.inputs());
            bound.addAll(columns(next.inputs()));
            rows = next.rows();
        }
        return steps;
    }

    /** @param branches whether an input can be met with what stands behind it */
    private @Nullable JoinStep next(List<Operator> open, Set<Column> bound, double rows, boolean branches) {
        JoinStep single = single(open, bound, rows);
        JoinStep branch = branches ? branch(open, bound, rows) : null;
        return (branch != null && (single == null || branch.total() < single.total() || Branch.always()))
                ? branch
                : single;
    }

    /** The cheapest step to one of some inputs; {@code null} if nothing leads to any. */
    @Nullable
    JoinStep single(List<Operator> open, Set<Column> bound, double rows) {
        JoinStep best = null;
        for (Operator candidate : open) {
            JoinStep step = step(candidate, bound, rows);
            if (step != null && (best == null || step.total() < best.total())) {
                best = step;
            }
        }
        return best;
    }

    /** The same with all that stands behind an input. */
    private @Nullable JoinStep branch(List<Operator> open, Set<Column> bound, double rows) {
        JoinStep best = null;
        for (Operator candidate : open) {
            IndexLookup lookup = IndexLookup.of(candidate, bound, conditions);
            Branch branch = (lookup.constant() || !lookup.equated() || Double.isInfinite(lookup.matched()))
                    ? null
                    : Branch.of(candidate, open, bound, conditions, context.sizes());
            if (branch != null) {
                double left =
                        Math.max(1, rows * lookup.matched() * context.sizes().selectivity(candidate) * branch.part());
                double cost = SET_UP + branch.cost() + HASHED * (rows + branch.rows());
                double each = DESCENT + lookup.fetched() + lookup.matched() * branch.lookUp();
                JoinStep step = new JoinStep(candidate, branch, true, cost, left, lookUpTo(cost, each, rows));
                best = (best == null || step.total() < best.total()) ? step : best;
            }
        }
        return best;
    }

    /**
     * Up to how many rows it is cheaper to look an input up.
     *
     * @param whole the cost of reading all of it
     * @param each the cost of looking up what one row meets
     */
    private static double lookUpTo(double whole, double each, double rows) {
        // Less than is worth a second plan is read as a whole in any case.
        return (whole < each * rows && !Double.isInfinite(each) && whole > worthAChoice())
                ? (whole - HASHED * rows) / (each - HASHED)
                : 0;
    }

    /** How to go on with an input, or {@code null} if nothing leads to it. */
    private @Nullable JoinStep step(Operator candidate, Set<Column> bound, double rows) {
        IndexLookup lookup = IndexLookup.of(candidate, bound, conditions);
        if (lookup.constant()) {
            return new JoinStep(candidate, false, rows, rows * context.sizes().rows(candidate), 0);
        }
        double found = Math.max(1e-3, lookup.matched() * context.sizes().selectivity(candidate));
        double byIndex = rows * (DESCENT + lookup.fetched());
        double whole = wholeCost(candidate, lookup, rows);
        if (Double.isInfinite(byIndex) && Double.isInfinite(whole)) {
            return null;
        }
        double lookUpTo = lookUpTo(whole, DESCENT + lookup.fetched(), rows);
        return new JoinStep(candidate, whole < byIndex, Math.min(byIndex, whole), Math.max(1, rows * found), lookUpTo);
    }

    /** Tests set it, to see both ways with few rows. */
    private static long worthAChoice() {
        return Long.getLong("pgstream.test.worthAChoice", WORTH_A_CHOICE);
    }

    /** Only a table, or a state, is read as a whole; what else stands above one can cost more than to read it. */
    private double wholeCost(Operator candidate, IndexLookup lookup, double rows) {
        double read = Branch.read(candidate, context.sizes());
        return (read > 0 && lookup.equated())
                ? SET_UP + PASSING * read + HASHED * (rows + context.sizes().rows(candidate))
                : Double.POSITIVE_INFINITY;
    }

    /**
     * An order for a delta that is built up along the join: the largest delta first, so that it meets every other input
     * once and on its own, and each further input where it costs least. What is met with all that stands behind it is a join of its own.
     */
    static List<Operator> chain(
            List<Operator> inputs, List<Expression> conditions, List<Operator> changed, DeltaContext context) {
        List<Operator> open = new ArrayList<>(inputs);
        Operator first = changed.get(0);
        double rows = -1;
        for (Operator input : changed) {
            double changes = context.sizes().changes(input);
            if (changes > rows) {
                first = input;
                rows = changes;
            }
        }
        List<Operator> order = new ArrayList<>(List.of(first));
        open.remove(first);
        JoinOrder joinOrder = new JoinOrder(conditions, context);
        while (!open.isEmpty()) {
            Set<Column> bound = columns(order);
            Map<Operator, Operator> present = new LinkedHashMap<>();
            open.forEach(candidate -> present.put(context.present(candidate), candidate));
            JoinStep step = joinOrder.next(List.copyOf(present.keySet()), bound, rows, context.lookUp());
            Operator next = (step != null)
                    ? step.of(present)
                    : open.stream()
                            .filter(candidate ->
                                    conditions.stream().anyMatch(condition -> connects(condition, bound, candidate)))
                            .findFirst()
                            .orElse(open.get(0));
            rows = (step != null) ? step.rows() : rows;
            order.add(next);
            boolean branch = step != null && step.branch() != null;
            open.removeAll(branch ? next.inputs() : List.of(next));
        }
        return order;
    }

    /** Whether rows that go on to an input look it up one by one. */
    static boolean looksUp(Operator rows, Operator input, List<Expression> conditions, DeltaContext context) {
        if (!context.lookUp()) {
            return false;
        }
        JoinStep step = new JoinOrder(conditions, context)
                .step(
                        context.present(input),
                        columns(List.of(rows)),
                        context.sizes().rows(rows));
        return step != null && !step.whole();
    }

    /** The conditions that read only these columns. */
    static List<Expression> within(List<Expression> conditions, Collection<Column> columns) {
        Set<Column> reach = new HashSet<>(columns);
        return conditions.stream()
                .filter(condition -> reach.containsAll(condition.columns()))
                .toList();
    }

    private static boolean connects(Expression condition, Set<Column> bound, Operator candidate) {
        Set<Column> reach = new HashSet<>(bound);
        reach.addAll(candidate.output());
        Set<Column> used = condition.columns();
        return reach.containsAll(used)
                && used.stream().anyMatch(bound::contains)
                && used.stream().anyMatch(candidate.output()::contains);
    }

    /** All that some operators put out. */
    static Set<Column> columns(List<Operator> operators) {
        Set<Column> columns = new HashSet<>();
        operators.forEach(operator -> columns.addAll(operator.output()));
        return columns;
    }
}
