package io.pgstream.delta;

import io.pgstream.plan.Lists;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.ColumnReference;

/**
 * Linear: Δ(π(X)) = π(ΔX), the weight carried along.
 *
 * <p>With {@code a / 2}, {@code (a=2, -1), (a=3, +1)} gives {@code (1, -1), (1, +1)}, which cancels when it is
 * consolidated.
 */
final class ProjectDelta {

    private ProjectDelta() {}

    static Delta of(Project project, DeltaContext context) {
        Delta input = Differentiator.changed(project.input(), context);
        NamedExpression weight = new NamedExpression(input.weight(), new ColumnReference(input.weight()));
        return new Delta(new Project(Lists.append(project.items(), weight), input.operator()), input.weight());
    }
}
