package io.pgstream.plan.rule;

import io.pgstream.plan.Filter;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.Expression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Filter p(X), q(m)        Filter q(m)
 *   MarkJoin m on c          MarkJoin m on c
 *     X                =>      Filter p(X)
 *     Y                          X
 *                              Y
 * </pre>
 */
final class PushFilterBeneathMarkJoin implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (!(operator instanceof Filter filter && filter.input() instanceof MarkJoin join)) {
            return null;
        }
        List<Expression> pushed = Conditions.within(filter.conditions(), join.left());
        if (pushed.isEmpty()) {
            return null;
        }
        List<Expression> kept = Conditions.without(filter.conditions(), pushed);
        return Filter.of(kept, join.withInputs(List.of(new Filter(pushed, join.left()), join.right())));
    }
}
