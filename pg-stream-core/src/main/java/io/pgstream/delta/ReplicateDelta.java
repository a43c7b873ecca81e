package io.pgstream.delta;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Lists;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Project;
import io.pgstream.plan.Replicate;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.List;

/**
 * Linear: a row of weight w that is repeated n times is a row of weight n · w.
 *
 * <p>With n = least(l, r), {@code (l=2, r=1, -1), (l=2, r=2, +1)} gives the row once with -1 and once with +2.
 */
final class ReplicateDelta {

    private ReplicateDelta() {}

    static Delta of(Replicate replicate, DeltaContext context) {
        Delta input = Differentiator.changed(replicate.input(), context);
        Column weight = context.factory().weight();
        Expression times = new Template(
                List.of("(", " * ", ")::bigint"), List.of(new ColumnReference(input.weight()), replicate.count()));
        Expression some = new Template(List.of("", " > 0"), List.of(replicate.count()));
        List<NamedExpression> items = Lists.append(
                replicate.output().stream()
                        .map(column -> new NamedExpression(column, new ColumnReference(column)))
                        .toList(),
                new NamedExpression(weight, times));
        return new Delta(new Project(items, new Filter(List.of(some), input.operator())), weight);
    }
}
