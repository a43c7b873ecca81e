package io.pgstream.plan.rule;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Operator;
import io.pgstream.plan.PartitionWise;
import io.pgstream.plan.expr.Expression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Filter p(key), q(c)       Filter q(c)
 *   Window by key      =>     Window by key
 *     X                         Filter p(key)
 *                                 X
 * </pre>
 *
 * <p>A condition on the partition columns alone keeps whole partitions. Any other would change what the rows that stay
 * are counted with.
 */
final class PushFilterBeneathPartitionWise implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (!(operator instanceof Filter filter && filter.input() instanceof PartitionWise partitionWise)
                || partitionWise.partition().isEmpty()) {
            return null;
        }
        List<Expression> pushed = filter.conditions().stream()
                .filter(condition -> partitionWise.partition().containsAll(condition.columns()))
                .toList();
        if (pushed.isEmpty()) {
            return null;
        }
        List<Expression> kept = filter.conditions().stream()
                .filter(condition -> !pushed.contains(condition))
                .toList();
        return Filter.of(kept, partitionWise.withInputs(List.of(new Filter(pushed, partitionWise.input()))));
    }
}
