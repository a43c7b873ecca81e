package io.pgstream.plan.rule;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Filter m           Project X, m = true
 *   MarkJoin m, c      Join c
 *     X          =>      X
 *     Y                  Y
 * </pre>
 *
 * <p>Where a row of X meets at most one row of Y: then the semi join is a join, which takes part in the order of the joins
 * around it.
 */
final class MakeSemiJoinInner implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (!(operator instanceof Filter filter && filter.input() instanceof MarkJoin join) || join.beyond() != null) {
            return null;
        }
        Expression mark = new ColumnReference(join.mark());
        if (!filter.conditions().contains(mark)
                || !UniqueColumns.equated(
                        join.right(),
                        join.conditions(),
                        new HashSet<>(join.left().output()))) {
            return null;
        }
        List<NamedExpression> items = new ArrayList<>();
        join.left().output().forEach(column -> items.add(new NamedExpression(column, new ColumnReference(column))));
        items.add(new NamedExpression(join.mark(), Template.text("true")));
        Operator inner =
                new Project(items, new Join(List.of(join.left(), join.right()), join.conditions(), Join.Order.FREE));
        return Filter.of(Conditions.without(filter.conditions(), List.of(mark)), inner);
    }
}
