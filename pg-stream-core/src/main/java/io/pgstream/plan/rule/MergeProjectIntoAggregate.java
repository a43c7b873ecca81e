package io.pgstream.plan.rule;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.NamedAggregate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Aggregate by k=a f(b)       Aggregate by k=d f(e)
 *   Project a=d, b=e      =>    X
 *     X
 * </pre>
 */
final class MergeProjectIntoAggregate implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (!(operator instanceof Aggregate aggregate && aggregate.input() instanceof Project project)) {
            return null;
        }
        Substitution substitution = new Substitution(project.items());
        return new Aggregate(
                aggregate.keys().stream()
                        .map(key -> new NamedExpression(
                                key.column(), key.expression().substitute(substitution)))
                        .toList(),
                aggregate.aggregates().stream()
                        .map(item ->
                                new NamedAggregate(item.column(), item.call().substitute(substitution)))
                        .toList(),
                project.input());
    }
}
