package io.pgstream.plan.rule;

import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * LeftJoin p(c, d)       Project c=e, d=y
 *   Project c=e            LeftJoin p(e, y)
 *     X             =>       X
 *   Project d=y              Y
 *     Y
 * </pre>
 *
 * <p>On the right only columns are pulled up: any other expression need not be NULL where there is no partner.
 */
final class PullProjectAboveLeftJoin implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (!(operator instanceof OuterJoin join) || join.full()) {
            return null;
        }
        boolean left = join.left() instanceof Project;
        boolean right = join.right() instanceof Project project
                && project.items().stream().allMatch(item -> item.expression() instanceof ColumnReference);
        if (!left && !right) {
            return null;
        }
        List<NamedExpression> items = new ArrayList<>();
        Operator newLeft = left ? pull(join.left(), items) : keep(join.left(), items);
        List<NamedExpression> rightItems = new ArrayList<>();
        Operator newRight = right ? pull(join.right(), rightItems) : keep(join.right(), rightItems);
        List<NamedExpression> matched = new ArrayList<>(items);
        matched.addAll(rightItems);
        for (NamedExpression item : rightItems) {
            Column below = ((ColumnReference) item.expression()).column();
            items.add(new NamedExpression(
                    OuterJoin.nullable(item.column()), new ColumnReference(OuterJoin.nullable(below))));
        }
        return new Project(
                items, new OuterJoin(newLeft, newRight, new Substitution(matched).in(join.conditions()), false));
    }

    private static Operator pull(Operator operator, List<NamedExpression> items) {
        Project project = (Project) operator;
        items.addAll(project.items());
        return project.input();
    }

    private static Operator keep(Operator operator, List<NamedExpression> items) {
        operator.output().forEach(column -> items.add(new NamedExpression(column, new ColumnReference(column))));
        return operator;
    }
}
