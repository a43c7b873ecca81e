package io.pgstream.plan.rule;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Lists;
import io.pgstream.plan.Operator;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Filter b             Filter a, b
 *   Filter a     =>      X
 *     X
 * </pre>
 */
final class MergeFilters implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (operator instanceof Filter outer && outer.input() instanceof Filter inner) {
            return new Filter(Lists.concat(inner.conditions(), outer.conditions()), inner.input());
        }
        return null;
    }
}
