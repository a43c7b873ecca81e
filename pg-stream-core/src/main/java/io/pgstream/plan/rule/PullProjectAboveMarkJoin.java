package io.pgstream.plan.rule;

import io.pgstream.plan.Lists;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.ColumnReference;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * MarkJoin m on p(c, d)      Project c=e, m
 *   Project c=e                MarkJoin m on p(e, f)
 *     X                  =>      X
 *   Project d=f                  Y
 *     Y
 * </pre>
 *
 * <p>Whether there is a row does not depend on what is selected of it.
 */
final class PullProjectAboveMarkJoin implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (!(operator instanceof MarkJoin join)) {
            return null;
        }
        if (join.right() instanceof Project project) {
            return over(join, join.left(), project.input(), new Substitution(project.items()));
        }
        if (join.left() instanceof Project project) {
            MarkJoin below = over(join, project.input(), join.right(), new Substitution(project.items()));
            NamedExpression mark = new NamedExpression(join.mark(), new ColumnReference(join.mark()));
            return new Project(Lists.append(project.items(), mark), below);
        }
        return null;
    }

    private static MarkJoin over(MarkJoin join, Operator left, Operator right, Substitution substitution) {
        return new MarkJoin(left, right, substitution.in(join.conditions()), join.mark(), join.beyond(), join.order());
    }
}
