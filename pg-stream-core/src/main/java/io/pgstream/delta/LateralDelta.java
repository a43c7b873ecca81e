package io.pgstream.delta;

import io.pgstream.plan.Lateral;

/**
 * Linear: the rows that are made of a row depend on that row alone, and have its weight.
 *
 * <p>With {@code unnest(a)}, {@code (a={1,2}, -1), (a={2,3}, +1)} gives {@code (1, -1), (2, -1), (2, +1), (3, +1)}, of which
 * the 2 cancels when it is consolidated. A row that a left join keeps with NULLs is one of them.
 */
final class LateralDelta {

    private LateralDelta() {}

    static Delta of(Lateral lateral, DeltaContext context) {
        Delta input = Differentiator.changed(lateral.input(), context);
        return new Delta(lateral.over(input.operator(), lateral.source(), lateral.outer()), input.weight());
    }
}
