package io.pgstream.delta;

import io.pgstream.analyze.RowIdentity;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lists;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Bilinear. Written against the tables as they are now, one changed input gives ΔX ⋈ Y, and two give the inclusion and
 * exclusion ΔX ⋈ Y + X ⋈ ΔY - ΔX ⋈ ΔY. From three changed inputs on, the delta is built up along the join, one changed
 * input at a time: with P the join so far, Δ(P ⋈ Z) = ΔP ⋈ Z + P ⋈ ΔZ - ΔP ⋈ ΔZ, in which ΔP is computed once. That is
 * three terms a changed input, where inclusion and exclusion over all of them would be 2<sup>k</sup> - 1. No old state
 * of a table is ever built.
 *
 * <p>The deltas are consolidated first, so that a change that the query does not see looks nothing up. Only where one
 * input has changed and each of its rows meets at most one row of every other, looking up is cheaper than adding up.
 */
final class JoinDelta {

    private final Join join;

    private final DeltaContext context;

    /** The consolidated delta of each changed input. */
    private final Map<Operator, Delta> deltas = new LinkedHashMap<>();

    private JoinDelta(Join join, DeltaContext context) {
        this.join = join;
        this.context = context;
    }

    static Delta of(Join join, DeltaContext context) {
        return new JoinDelta(join, context).delta();
    }

    private Delta delta() {
        List<Operator> changed = join.inputs().stream().filter(context::changed).toList();
        boolean single = changed.size() == 1 && RowIdentity.meetsAtMostOne(join, changed.get(0));
        for (Operator input : join.inputs()) {
            Delta delta = single ? context.delta(input) : context.consolidated(input);
            if (delta != null) {
                deltas.put(input, delta);
            }
        }
        return (deltas.size() <= 2) ? inclusionExclusion() : chain();
    }

    private Delta inclusionExclusion() {
        List<Operator> inputs = join.inputs();
        List<Operator> changed = inputs.stream().filter(deltas::containsKey).toList();
        Column weight = context.factory().weight();
        List<Operator> terms = new ArrayList<>();
        for (Operator input : changed) {
            terms.add(term(List.of(input), inputs, join.conditions(), weight, false));
        }
        if (changed.size() == 2) {
            terms.add(term(changed, inputs, join.conditions(), weight, true));
        }
        return union(terms, join.output(), weight);
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
        List<Operator> order = JoinOrder.chain(join.inputs(), join.conditions(), deltas, context);
        List<Operator> joined = new ArrayList<>();
        joined.add(order.get(0));
        Delta prefix = deltas.get(order.get(0));
        if (prefix == null) {
            throw new IllegalStateException("The chain starts with a changed input");
        }
        for (Operator next : order.subList(1, order.size())) {
            prefix = extend(prefix, joined, next);
            joined.add(next);
        }
        return prefix;
    }

    private Delta extend(Delta prefix, List<Operator> joined, Operator next) {
        List<Operator> all = Lists.append(joined, next);
        List<Expression> inside = JoinOrder.within(join.conditions(), columns(joined));
        List<Expression> conditions = new ArrayList<>(JoinOrder.within(join.conditions(), columns(all)));
        List<Expression> crossing = conditions.stream()
                .filter(condition -> !inside.contains(condition))
                .toList();
        Column weight = context.factory().weight();
        List<Column> columns = columns(all);
        Operator before = JoinOrder.join(List.of(prefix.operator()), List.of(context.present(next)), crossing, context);
        Operator prefixTerm = weighted(before, columns, List.of(prefix.weight()), weight, false);
        Delta delta = deltas.get(next);
        if (delta == null) {
            return staged(union(List.of(prefixTerm), columns, weight));
        }
        Operator nextTerm = term(List.of(next), all, conditions, weight, false);
        Operator both = JoinOrder.join(List.of(prefix.operator(), delta.operator()), List.of(), crossing, context);
        Operator bothTerm = weighted(both, columns, List.of(prefix.weight(), delta.weight()), weight, true);
        return staged(union(List.of(prefixTerm, nextTerm, bothTerm), columns, weight));
    }

    /** Read by up to two terms of the next step, and a fence for the planner. */
    private Delta staged(Delta delta) {
        return new Delta(context.materialize(delta.operator()), delta.weight());
    }
}
