package io.pgstream.plan.rule;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Lateral;
import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Filter p(X), q(f)      Filter q(f)
 *   Lateral f      =>      Lateral f
 *     X                      Filter p(X)
 *                              X
 * </pre>
 */
final class PushFilterBeneathLateral implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (!(operator instanceof Filter filter && filter.input() instanceof Lateral lateral)) {
            return null;
        }
        Set<Column> below = new HashSet<>(lateral.input().output());
        List<Expression> pushed = filter.conditions().stream()
                .filter(condition -> below.containsAll(condition.columns()))
                .toList();
        if (pushed.isEmpty()) {
            return null;
        }
        List<Expression> kept = filter.conditions().stream()
                .filter(condition -> !pushed.contains(condition))
                .toList();
        return Filter.of(kept, lateral.withInputs(List.of(new Filter(pushed, lateral.input()))));
    }
}
