package io.pgstream.delta;

import io.pgstream.analyze.RowIdentity;
import io.pgstream.plan.ChangeScan;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lists;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Relation;
import io.pgstream.plan.Scan;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Division;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.RowLimit;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bilinear. Written against the tables as they are now, one changed input gives ΔX ⋈ Y. With more of them the delta is
 * built up along the join, one input at a time: with P the join so far, Δ(P ⋈ Z) = ΔP ⋈ Z + P ⋈ ΔZ - ΔP ⋈ ΔZ, in which ΔP
 * is computed once. That is three terms a changed input, where inclusion and exclusion over all of them would be
 * 2<sup>k</sup> - 1. No old state of a table is ever built.
 *
 * <p>Where rows of P look Z up and meet at most one row of it, by a key of Z, the keys in ΔZ tell more ({@link TouchedKeys}): a row
 * of ΔP with such a key need not look for Z as it is now, because ΔZ has what was there before. Then Δ(P ⋈ Z) =
 * (ΔP ▷ keys(ΔZ)) ⋈ Z + P ⋈ ΔZ + ΔP ⋈ -ΔZ⁻ with the negative rows ΔZ⁻ of ΔZ. The lines of a new order look no order up,
 * nor do those of a deleted one, and no row is put out only to be taken back. Where a foreign key refers to the key, P is not looked
 * up by keys that came or went either ({@link ReferencedKeys}).
 *
 * <p>Deltas are consolidated before they look rows up one by one, so that a change that the query does not see looks
 * nothing up; what meets whole inputs first is not, because adding up costs more than meeting a hash table. Only where
 * one input has changed and each of its rows meets at most one row of every other, looking up is cheaper than adding up.
 *
 * <p>Each changed input that is met without such keys makes up to three rows of one, two of which cancel out. Twice that is cheaper than
 * adding up; a chain of many would be 3<sup>k</sup>, so that it is added up before it is met a third time.
 */
final class JoinDelta {

    /** How often rows may be made three before they are added up. */
    private static final int MOST_GROWN = 2;

    /** Fewer rows are read as soon as it is asked whether they need be. */
    private static final double MANY_IN_VAIN = 1_000;

    /** What a filter leaves of a buffer that is better read twice than put aside. */
    private static final double MOST_ROWS = 0.7;

    private final Join join;

    private final DeltaContext context;

    /** The delta of each changed input that others meet, consolidated. */
    private final Map<Operator, Delta> deltas = new LinkedHashMap<>();

    /** For inputs that are met by a key: what tells which keys have changed. */
    private final Map<Operator, Delta> keys = new LinkedHashMap<>();

    /** Inputs that are joins of their own, which are read as a whole. */
    private final List<Operator> branches;

    private final SemiJoinReduction reduction;

    private JoinDelta(Join join, List<Operator> branches, DeltaContext context) {
        this.join = join;
        this.branches = branches;
        this.context = context;
        this.reduction = new SemiJoinReduction(join.conditions(), this::changedKeys, context);
    }

    static Delta of(Join join, DeltaContext context) {
        List<Operator> changed = join.inputs().stream().filter(context::changed).toList();
        if (changed.size() > 1 && join.conditions().stream().anyMatch(condition -> fallible(condition, join))) {
            return fallible(join, context);
        }
        return (changed.size() == 1)
                ? new JoinDelta(join, List.of(), context).ofOne(changed.get(0))
                : ordered(join, changed, context).chain();
    }

    /** Whether a condition divides what one input has by what another has: rows of one input by itself are not in passing. */
    private static boolean fallible(Expression condition, Join join) {
        List<Expression> sides = (condition instanceof Equality) ? condition.operands() : List.of(condition);
        return sides.stream()
                .filter(Division::mayFail)
                .anyMatch(side ->
                        join.inputs().stream().noneMatch(input -> input.output().containsAll(side.columns())));
    }

    /** Conditions that may fail see only pairs that are left. */
    private static Delta fallible(Join join, DeltaContext context) {
        List<Expression> last = join.conditions().stream()
                .filter(condition -> fallible(condition, join))
                .toList();
        List<Expression> first = join.conditions().stream()
                .filter(condition -> !last.contains(condition))
                .toList();
        Delta pairs = context.net(of(new Join(join.inputs(), first, join.order()), context));
        return new Delta(new Filter(last, pairs.operator()), pairs.weight());
    }

    /** The join in the order in which its delta is built up, with a join of its own for what is met at once. */
    private static JoinDelta ordered(Join join, List<Operator> changed, DeltaContext context) {
        List<Operator> order = JoinOrder.chain(join.inputs(), join.conditions(), changed, context);
        List<Expression> conditions = new ArrayList<>(join.conditions());
        List<Operator> branches =
                order.stream().filter(input -> !join.inputs().contains(input)).toList();
        branches.forEach(branch -> conditions.removeAll(((Join) branch).conditions()));
        return new JoinDelta(new Join(order, conditions, join.order()), branches, context);
    }

    private Delta ofOne(Operator input) {
        Delta delta =
                RowIdentity.meetsAtMostOne(join, input) ? Differentiator.changed(input, context) : consolidated(input);
        deltas.put(input, delta);
        Column weight = context.factory().weight();
        return new Delta(term(List.of(input), join.inputs(), join.conditions(), weight, false), weight);
    }

    private Delta consolidated(Operator input) {
        return DeltaContext.required(context.consolidated(input), input);
    }

    private static Delta union(List<Operator> terms, List<Column> columns, Column weight) {
        Operator operator = (terms.size() == 1) ? terms.get(0) : new UnionAll(Lists.append(columns, weight), terms);
        return new Delta(operator, weight);
    }

    /** A join in which some inputs are replaced by their deltas. */
    private Operator term(
            List<Operator> replaced,
            List<Operator> inputs,
            List<Expression> conditions,
            Column weight,
            boolean negative) {
        List<Operator> first = new ArrayList<>();
        List<Operator> others = new ArrayList<>();
        List<Column> weights = new ArrayList<>();
        for (Operator input : inputs) {
            Delta delta = deltas.get(input);
            if (delta != null && replaced.contains(input)) {
                first.add(delta.operator());
                weights.add(delta.weight());
            } else {
                others.add(context.present(input));
            }
        }
        return weighted(JoinOrder.join(first, others, conditions, context), columns(inputs), weights, weight, negative);
    }

    private static List<Column> columns(List<Operator> inputs) {
        return inputs.stream().flatMap(input -> input.output().stream()).toList();
    }

    private static Operator weighted(
            Operator joined, List<Column> columns, List<Column> weights, Column weight, boolean negative) {
        List<NamedExpression> items = new ArrayList<>();
        columns.forEach(column -> items.add(new NamedExpression(column, new ColumnReference(column))));
        items.add(new NamedExpression(weight, product(weights, negative)));
        return new Project(items, joined);
    }

    private static Expression product(List<Column> weights, boolean negative) {
        List<Expression> operands = new ArrayList<>();
        List<String> fragments = new ArrayList<>();
        fragments.add(negative ? "-" : "");
        for (int i = 0; i < weights.size(); i++) {
            operands.add(new ColumnReference(weights.get(i)));
            fragments.add((i < weights.size() - 1) ? " * " : "");
        }
        return (operands.size() == 1 && !negative) ? operands.get(0) : new Template(fragments, operands);
    }

    private Delta chain() {
        List<Operator> order = join.inputs();
        Operator first = order.get(0);
        order.stream().skip(1).filter(context::changed).forEach(this::meet);
        Delta start = context.columnsOf(first);
        // An outer join has conditions about one side alone.
        Operator passing = Filter.of(JoinOrder.within(join.conditions(), first.output()), start.operator());
        boolean added = context.isConsolidated(first);
        boolean staged = added && passing.equals(start.operator());
        Prefix prefix = new Prefix(List.of(first), new Delta(passing, start.weight()), staged, added, 0);
        for (Operator next : order.subList(1, order.size())) {
            prefix = extend(prefix, next);
        }
        return prefix.delta();
    }

    /**
     * Prepares an input to be met. Of a filtered table that is met by a key, the delta is taken beneath the filter: the keys
     * in it tell more, because what the filter drops need not be looked for either.
     */
    private void meet(Operator input) {
        if (input instanceof Filter filter
                && filter.input() instanceof Scan scan
                && !Crossings.readsClock(filter)
                && RowIdentity.partnerKey(input, join.conditions()) != null) {
            Delta all = consolidated(scan);
            Operator passing = context.materialize(new Filter(filter.conditions(), all.operator()));
            keys.put(input, all);
            deltas.put(input, new Delta(passing, all.weight()));
        } else {
            deltas.put(input, consolidated(input));
        }
    }

    /**
     * The join so far.
     *
     * @param inputs the inputs that it has
     * @param delta its delta
     * @param staged whether the delta is a relation of the statement, which can be read twice
     * @param consolidated whether its rows have been added up, if only once on the way
     * @param grown how often rows that cancel out have come in since they were added up
     */
    private record Prefix(List<Operator> inputs, Delta delta, boolean staged, boolean consolidated, int grown) {}

    /**
     * Whether it is as cheap to read it again as to put it aside: most of the rows of a buffer, of which two terms each make something else. The second
     * one often finds nothing to meet, and does not begin.
     */
    private boolean rereadable(Prefix prefix) {
        Operator operator = prefix.delta().operator();
        return prefix.inputs().size() == 1
                && !prefix.staged()
                && captured(operator)
                && context.sizes().selectivity(operator) >= MOST_ROWS;
    }

    private static boolean captured(Operator operator) {
        return operator instanceof ChangeScan
                || ((operator instanceof Filter || operator instanceof Project)
                        && captured(operator.inputs().get(0)));
    }

    private Prefix net(Prefix prefix) {
        return new Prefix(prefix.inputs(), context.net(prefix.delta()), true, true, 0);
    }

    /** A relation of the statement, read by up to two terms of the next step, and a fence for the planner. */
    private Prefix staged(Prefix prefix) {
        if (prefix.staged()) {
            return prefix;
        }
        Delta delta = new Delta(
                context.materialize(prefix.delta().operator()), prefix.delta().weight());
        return new Prefix(prefix.inputs(), delta, true, prefix.consolidated(), prefix.grown());
    }

    /** What tells which keys of a changed input have changed. */
    private Operator changedKeys(Operator input) {
        return DeltaContext.required(keys.getOrDefault(input, deltas.get(input)), input)
                .operator();
    }

    /** The delta of an input that is met now, without rows that come to nothing further on. Its keys are those of all of it. */
    private Delta reduced(Delta delta, Operator next, List<Operator> before) {
        List<Operator> order = join.inputs();
        List<Operator> later = order.subList(before.size() + 1, order.size());
        Delta reduced = reduction.of(delta, next, before, later);
        deltas.put(next, reduced);
        return reduced;
    }

    private Prefix extend(Prefix soFar, Operator next) {
        Delta changes = deltas.get(next);
        Prefix before = (changes != null && soFar.grown() >= MOST_GROWN) ? net(soFar) : soFar;
        List<Operator> all = Lists.append(before.inputs(), next);
        List<Expression> inside = JoinOrder.within(join.conditions(), columns(before.inputs()));
        List<Expression> conditions = JoinOrder.within(join.conditions(), columns(all));
        List<Expression> crossing = conditions.stream()
                .filter(condition -> !inside.contains(condition))
                .toList();
        boolean looksUp =
                !branches.contains(next) && JoinOrder.looksUp(before.delta().operator(), next, crossing, context);
        ReferencedKeys referenced = null;
        Delta delta = null;
        if (changes != null) {
            if (looksUp) {
                referenced = ReferencedKeys.of(
                        before.inputs(),
                        next,
                        changes,
                        keys.get(next),
                        crossing,
                        new JoinOrder(join.conditions(), context),
                        context);
            }
            keys.putIfAbsent(next, changes);
            delta = reduced((referenced == null) ? changes : referenced.altered(), next, before.inputs());
        }
        Prefix prefix = (looksUp || (delta != null && !rereadable(before))) ? staged(before) : before;
        TouchedKeys touched = (delta == null || !looksUp)
                ? null
                : TouchedKeys.of(prefix.delta(), next, delta, changedKeys(next), crossing, context);
        Delta start = (touched == null) ? prefix.delta() : touched.others();
        boolean addUp = looksUp && !prefix.consolidated();
        if (addUp) {
            start = context.addedUp(start);
        }
        Column weight = context.factory().weight();
        List<Column> columns = columns(all);
        List<Operator> terms = new ArrayList<>();
        Operator met = JoinOrder.join(List.of(start.operator()), List.of(context.present(next)), crossing, context);
        terms.add(weighted(met, columns, List.of(start.weight()), weight, false));
        if (delta != null) {
            terms.add(term(List.of(next), all, conditions, weight, false));
            Delta gone = met(delta, touched, referenced);
            Operator both =
                    JoinOrder.join(List.of(prefix.delta().operator(), gone.operator()), List.of(), crossing, context);
            terms.add(weighted(
                    ifAny((referenced == null || changes == null) ? delta : changes, prefix.delta(), both),
                    columns,
                    List.of(prefix.delta().weight(), gone.weight()),
                    weight,
                    true));
        }
        Delta extended = union(terms, columns, weight);
        int grown = prefix.grown() + (delta != null && touched == null ? 1 : 0);
        Prefix result = new Prefix(all, extended, false, prefix.consolidated() || addUp, grown);
        // The planner does not know how many rows there are: left together, it would meet whole inputs row by row.
        return (all.size() < join.inputs().size()) ? staged(result) : result;
    }

    /** What of the delta of an input meets the delta of those before it, negated. */
    private static Delta met(Delta delta, @Nullable TouchedKeys touched, @Nullable ReferencedKeys referenced) {
        if (referenced != null) {
            return referenced.met();
        }
        return (touched == null) ? delta : touched.before();
    }

    /**
     * Two deltas that meet, if there is anything to meet. Changes that the query does not see leave nothing of a delta that is added up, and a full
     * join would read the other one to put out its rows in vain.
     */
    private Operator ifAny(Delta met, Delta rows, Operator both) {
        return (met.operator() instanceof Relation relation && context.sizes().rows(rows.operator()) >= MANY_IN_VAIN)
                ? new Filter(List.of(new RowLimit(relation.sqlName(), 0, false)), both)
                : both;
    }
}
