package io.pgstream.plan.rule;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lists;
import io.pgstream.plan.Operator;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Filter p         Join on c, p
 *   Join on c  =>    X
 *     X              Y
 *     Y
 * </pre>
 */
final class MergeFilterIntoJoin implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (operator instanceof Filter filter && filter.input() instanceof Join join) {
            return new Join(join.inputs(), Lists.concat(join.conditions(), filter.conditions()), join.order());
        }
        return null;
    }
}
