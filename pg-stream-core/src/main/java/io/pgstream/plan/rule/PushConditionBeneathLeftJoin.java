package io.pgstream.plan.rule;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.expr.Expression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * LeftJoin c, p(Y)      LeftJoin c
 *   X               =>    X
 *   Y                     Filter p(Y)
 *                           Y
 * </pre>
 *
 * <p>A condition of {@code ON} about the left side alone stays: it decides about partners, not about rows.
 */
final class PushConditionBeneathLeftJoin implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (!(operator instanceof OuterJoin join) || join.full()) {
            return null;
        }
        List<Expression> pushed = Conditions.within(join.conditions(), join.right());
        if (pushed.isEmpty()) {
            return null;
        }
        return new OuterJoin(
                join.left(), new Filter(pushed, join.right()), Conditions.without(join.conditions(), pushed), false);
    }
}
