package io.pgstream.plan.rule;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Join on p(X), c      Join on c
 *   X              =>    Filter p(X)
 *   Y                      X
 *                        Y
 * </pre>
 *
 * <p>A condition without columns goes to the first input: it decides about all rows.
 */
final class PushConditionBeneathJoin implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (!(operator instanceof Join join)) {
            return null;
        }
        List<Expression> open = new ArrayList<>(join.conditions());
        List<Operator> inputs = new ArrayList<>();
        for (Operator input : join.inputs()) {
            HashSet<io.pgstream.plan.expr.Column> reach = new HashSet<>(input.output());
            List<Expression> pushed = open.stream()
                    .filter(condition -> reach.containsAll(condition.columns()))
                    .toList();
            open.removeAll(pushed);
            inputs.add(Filter.of(pushed, input));
        }
        return (open.size() == join.conditions().size()) ? null : new Join(inputs, open, join.order());
    }
}
