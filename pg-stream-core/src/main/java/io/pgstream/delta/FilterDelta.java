package io.pgstream.delta;

import io.pgstream.plan.Filter;

/**
 * Linear: Δ(σ(X)) = σ(ΔX).
 *
 * <p>With {@code a > 1}, {@code (a=1, -1), (a=2, +1)} gives {@code (a=2, +1)}: the row comes into the result.
 */
final class FilterDelta {

    private FilterDelta() {}

    static Delta of(Filter filter, DeltaContext context) {
        Delta input = Differentiator.changed(filter.input(), context);
        return new Delta(new Filter(filter.conditions(), input.operator()), input.weight());
    }
}
