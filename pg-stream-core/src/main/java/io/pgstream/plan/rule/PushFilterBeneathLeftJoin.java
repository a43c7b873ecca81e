package io.pgstream.plan.rule;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.expr.Expression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Filter p(X), q(Y)      Filter q(Y)
 *   LeftJoin c             LeftJoin c
 *     X              =>      Filter p(X)
 *     Y                        X
 *                            Y
 * </pre>
 *
 * <p>A condition on the side that is filled with NULLs stays above: below, it would make unmatched rows of matched ones.
 */
final class PushFilterBeneathLeftJoin implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (!(operator instanceof Filter filter && filter.input() instanceof OuterJoin join) || join.full()) {
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
