package io.pgstream.plan.rule;

import io.pgstream.plan.Lateral;
import io.pgstream.plan.Lists;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Lateral f(c)         Project c=e, f
 *   Project c=e  =>      Lateral f(e)
 *     X                    X
 * </pre>
 */
final class PullProjectAboveLateral implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (!(operator instanceof Lateral lateral && lateral.input() instanceof Project project)) {
            return null;
        }
        List<NamedExpression> own = lateral
                .output()
                .subList(project.items().size(), lateral.output().size())
                .stream()
                .map(column -> new NamedExpression(column, new ColumnReference(column)))
                .toList();
        Substitution substitution = new Substitution(Lists.concat(project.items(), own));
        List<Expression> outer = lateral.outer();
        Lateral below = lateral.over(
                project.input(),
                lateral.source().substitute(substitution),
                (outer == null) ? null : substitution.in(outer));
        return new Project(Lists.concat(project.items(), own), below);
    }
}
