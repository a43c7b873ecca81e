package io.pgstream.delta;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Lists;
import io.pgstream.plan.Operator;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Clock;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.List;

/**
 * Linear: Δ(σ(X)) = σ(ΔX).
 *
 * <p>With {@code a > 1}, {@code (a=1, -1), (a=2, +1)} gives {@code (a=2, +1)}: the row comes into the result.
 *
 * <p>Conditions that read the clock were others at the last refresh: Δ(σ(X)) = σ_then(ΔX) + (σ_now - σ_then)(X), with X as
 * it is now. A row that is new in X and has the condition only now is counted once, by the second term; so is one that
 * stayed and got or lost the condition. The second term reads only rows for which the conditions may differ.
 */
final class FilterDelta {

    private FilterDelta() {}

    static Delta of(Filter filter, DeltaContext context) {
        if (!Crossings.readsClock(filter)) {
            Delta changed = FallibleExpressions.settled(
                    Differentiator.changed(filter.input(), context), filter.input(), filter.conditions(), context);
            return new Delta(new Filter(filter.conditions(), changed.operator()), changed.weight());
        }
        Delta input = context.delta(filter.input());
        Column weight = context.factory().weight();
        List<Operator> terms = new ArrayList<>();
        if (input != null) {
            List<Expression> then =
                    filter.conditions().stream().map(Clock::previous).toList();
            terms.add(Crossings.weighted(
                    filter.output(), new Filter(then, input.operator()), new ColumnReference(input.weight()), weight));
        }
        if (context.timePassed()) {
            terms.add(Crossings.weighted(
                    filter.output(),
                    Crossings.crossing(filter, context),
                    Crossing.direction(Crossings.dynamic(filter.conditions())),
                    weight));
        }
        List<Column> columns = Lists.append(filter.output(), weight);
        return new Delta((terms.size() == 1) ? terms.get(0) : new UnionAll(columns, terms), weight);
    }
}
