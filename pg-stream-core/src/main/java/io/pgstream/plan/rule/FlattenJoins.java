package io.pgstream.plan.rule;

import io.pgstream.plan.Join;
import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Join on d            Join on c, d
 *   Join on c            X
 *     X          =>      Y
 *     Y                  Z
 *   Z
 * </pre>
 */
final class FlattenJoins implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (!(operator instanceof Join join) || join.inputs().stream().noneMatch(Join.class::isInstance)) {
            return null;
        }
        List<Operator> inputs = new ArrayList<>();
        List<Expression> conditions = new ArrayList<>();
        for (Operator input : join.inputs()) {
            if (input instanceof Join inner) {
                inputs.addAll(inner.inputs());
                conditions.addAll(inner.conditions());
            } else {
                inputs.add(input);
            }
        }
        conditions.addAll(join.conditions());
        return new Join(inputs, conditions, join.order());
    }
}
