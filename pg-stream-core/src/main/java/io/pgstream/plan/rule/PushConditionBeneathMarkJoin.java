package io.pgstream.plan.rule;

import io.pgstream.plan.Filter;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.Expression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * MarkJoin m on c, p(Y)      MarkJoin m on c
 *   X                    =>    X
 *   Y                          Filter p(Y)
 *                                Y
 * </pre>
 */
final class PushConditionBeneathMarkJoin implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (!(operator instanceof MarkJoin join)) {
            return null;
        }
        List<Expression> pushed = Conditions.within(join.conditions(), join.right());
        if (pushed.isEmpty()) {
            return null;
        }
        return new MarkJoin(
                join.left(),
                new Filter(pushed, join.right()),
                Conditions.without(join.conditions(), pushed),
                join.mark(),
                join.beyond(),
                join.order());
    }
}
