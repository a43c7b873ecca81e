package io.pgstream.plan.rule;

import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Project c=f(b)        Project c=f(e)
 *   Project b=e     =>    X
 *     X
 * </pre>
 */
final class MergeProjects implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (operator instanceof Project outer && outer.input() instanceof Project inner) {
            Substitution substitution = new Substitution(inner.items());
            return new Project(
                    outer.items().stream()
                            .map(item -> new NamedExpression(
                                    item.column(), item.expression().substitute(substitution)))
                            .toList(),
                    inner.input());
        }
        return null;
    }
}
