package io.pgstream.plan.rule;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Filter p(X)          Filter p(X)
 *   FullJoin on c  =>    LeftJoin on c
 *     X                    X
 *     Y                    Y
 * </pre>
 *
 * <p>Where a condition above, of a filter or of a join, is not true for NULLs of one side: the rows of the other side without a partner do not pass it.
 * What says something about X can be checked before the join then.
 */
final class NarrowFullJoin implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (operator instanceof Filter filter) {
            Operator narrowed = narrowed(filter.input(), filter.conditions());
            return (narrowed == filter.input()) ? null : new Filter(filter.conditions(), narrowed);
        }
        if (!(operator instanceof Join join)) {
            return null;
        }
        List<Operator> inputs = new ArrayList<>();
        join.inputs().forEach(input -> inputs.add(narrowed(input, join.conditions())));
        Operator narrowed = join.withInputs(inputs);
        return (narrowed == join) ? null : narrowed;
    }

    private static Operator narrowed(Operator input, List<Expression> conditions) {
        if (!(input instanceof OuterJoin join && join.full())) {
            return input;
        }
        if (rejects(conditions, join.left())) {
            return new OuterJoin(join.left(), join.right(), join.conditions(), false);
        }
        return rejects(conditions, join.right())
                ? Project.onto(join.output(), new OuterJoin(join.right(), join.left(), join.conditions(), false))
                : input;
    }

    private static boolean rejects(List<Expression> conditions, Operator side) {
        return conditions.stream().anyMatch(condition -> NullRejection.rejects(condition, side.output()));
    }
}
