package io.pgstream.delta;

import io.pgstream.plan.Lists;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
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
                branches.add(positional(input, delta));
            }
        }
        return new Delta(new UnionAll(Lists.append(union.output(), weight), branches), weight);
    }

    private static Operator positional(Operator input, Delta delta) {
        List<NamedExpression> items = new ArrayList<>();
        input.output().forEach(column -> items.add(new NamedExpression(column, new ColumnReference(column))));
        items.add(new NamedExpression(delta.weight(), new ColumnReference(delta.weight())));
        return new Project(items, delta.operator());
    }
}
