package io.pgstream.plan.rule;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Filter p(c)          Project c=e
 *   Project c=e  =>      Filter p(e)
 *     X                    X
 * </pre>
 *
 * <p>Valid because the expressions are functions of the row; volatile ones never get here.
 */
final class PushFilterBeneathProject implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (operator instanceof Filter filter && filter.input() instanceof Project project) {
            Substitution substitution = new Substitution(project.items());
            return new Project(project.items(), new Filter(substitution.in(filter.conditions()), project.input()));
        }
        return null;
    }
}
