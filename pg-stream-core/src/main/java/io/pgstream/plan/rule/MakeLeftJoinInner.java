package io.pgstream.plan.rule;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Filter p(Y)       Filter p(Y)
 *   LeftJoin c  =>    Join c
 *     X                 X
 *     Y                 Y
 * </pre>
 *
 * <p>Where the condition is not true for NULLs of the right side: no row without a partner passes it.
 */
final class MakeLeftJoinInner implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (!(operator instanceof Filter filter && filter.input() instanceof OuterJoin join)
                || join.full()
                || filter.conditions().stream()
                        .noneMatch(condition ->
                                NullRejection.rejects(condition, join.right().output()))) {
            return null;
        }
        return new Filter(
                filter.conditions(), new Join(List.of(join.left(), join.right()), join.conditions(), Join.Order.FREE));
    }
}
