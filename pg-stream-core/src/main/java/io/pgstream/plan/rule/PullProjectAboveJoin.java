package io.pgstream.plan.rule;

import io.pgstream.plan.Join;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.ColumnReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Join on p(c)         Project c=e, y
 *   Project c=e          Join on p(e)
 *     X          =>        X
 *   Y                      Y
 * </pre>
 *
 * <p>So that the tables below subqueries and views join as one block.
 */
final class PullProjectAboveJoin implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (!(operator instanceof Join join) || join.inputs().stream().noneMatch(Project.class::isInstance)) {
            return null;
        }
        List<NamedExpression> items = new ArrayList<>();
        List<Operator> inputs = new ArrayList<>();
        for (Operator input : join.inputs()) {
            if (input instanceof Project project) {
                items.addAll(project.items());
                inputs.add(project.input());
            } else {
                input.output().forEach(column -> items.add(new NamedExpression(column, new ColumnReference(column))));
                inputs.add(input);
            }
        }
        Join below = new Join(inputs, new Substitution(items).in(join.conditions()), join.order());
        return new Project(items, below);
    }
}
