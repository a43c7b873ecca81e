package io.pgstream.plan.rule;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.Filter;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Filter p(key), q(agg)      Filter q(agg)
 *   Aggregate by key=e   =>    Aggregate by key=e
 *     X                          Filter p(e)
 *                                  X
 * </pre>
 *
 * <p>A condition on the keys alone is the same for all rows of a group. Without keys it must stay: the one group is there
 * also when no row passes.
 */
final class PushFilterBeneathAggregate implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (!(operator instanceof Filter filter && filter.input() instanceof Aggregate aggregate)
                || aggregate.scalar()) {
            return null;
        }
        Set<Column> keys =
                aggregate.keys().stream().map(NamedExpression::column).collect(Collectors.toSet());
        List<Expression> pushed = filter.conditions().stream()
                .filter(condition -> keys.containsAll(condition.columns()))
                .toList();
        if (pushed.isEmpty()) {
            return null;
        }
        List<Expression> kept = filter.conditions().stream()
                .filter(condition -> !pushed.contains(condition))
                .toList();
        Operator below = new Filter(new Substitution(aggregate.keys()).in(pushed), aggregate.input());
        return Filter.of(kept, new Aggregate(aggregate.keys(), aggregate.aggregates(), below));
    }
}
