package io.pgstream.delta;

import io.pgstream.plan.Lists;
import io.pgstream.plan.Operator;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Column;
import java.util.ArrayList;
import java.util.List;

/** Linear: Δ(X ⊎ Y) = ΔX ⊎ ΔY; branches that have not changed are left out. */
final class UnionAllDelta {

    private UnionAllDelta() {}

    static Delta of(UnionAll union, DeltaContext context) {
        Column weight = context.factory().weight();
        List<Operator> branches = new ArrayList<>();
        for (Operator input : union.inputs()) {
            Delta delta = context.delta(input);
            if (delta != null) {
                branches.add(DeltaContext.positional(input, delta).operator());
            }
        }
        return new Delta(new UnionAll(Lists.append(union.output(), weight), branches), weight);
    }
}
