package io.pgstream.plan.rule;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Replicate;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Filter p           Replicate n
 *   Replicate n  =>    Filter p
 *     X                  X
 * </pre>
 */
final class PushFilterBeneathReplicate implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (operator instanceof Filter filter && filter.input() instanceof Replicate replicate) {
            return new Replicate(replicate.count(), new Filter(filter.conditions(), replicate.input()));
        }
        return null;
    }
}
