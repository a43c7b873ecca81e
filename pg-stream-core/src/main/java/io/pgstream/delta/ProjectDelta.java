package io.pgstream.delta;

import io.pgstream.plan.Lists;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Clock;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.List;

/**
 * Linear: Δ(π(X)) = π(ΔX), the weight carried along.
 *
 * <p>With {@code a / 2}, {@code (a=2, -1), (a=3, +1)} gives {@code (1, -1), (1, +1)}, which cancels when it is
 * consolidated.
 *
 * <p>Expressions that read the clock were others at the last refresh: Δ(π(X)) = π_then(ΔX) + (π_now - π_then)(X), with X as
 * it is now; of X only the rows are read for which an expression may differ.
 */
final class ProjectDelta {

    private ProjectDelta() {}

    static Delta of(Project project, DeltaContext context) {
        if (!Crossings.readsClock(project)) {
            List<Expression> expressions =
                    project.items().stream().map(NamedExpression::expression).toList();
            Delta input = FallibleExpressions.settled(
                    Differentiator.changed(project.input(), context), project.input(), expressions, context);
            NamedExpression weight = new NamedExpression(input.weight(), new ColumnReference(input.weight()));
            return new Delta(new Project(Lists.append(project.items(), weight), input.operator()), input.weight());
        }
        Column weight = context.factory().weight();
        List<NamedExpression> then = project.items().stream()
                .map(item -> new NamedExpression(item.column(), Clock.previous(item.expression())))
                .toList();
        List<Operator> terms = new ArrayList<>();
        Delta input = context.delta(project.input());
        if (input != null) {
            terms.add(term(then, new ColumnReference(input.weight()), weight, input.operator()));
        }
        if (context.timePassed()) {
            Operator crossing = Crossings.crossing(project, context);
            terms.add(term(then, Template.text("-1::bigint"), weight, crossing));
            terms.add(term(project.items(), Template.text("1::bigint"), weight, crossing));
        }
        List<Column> columns = Lists.append(project.output(), weight);
        return new Delta((terms.size() == 1) ? terms.get(0) : new UnionAll(columns, terms), weight);
    }

    private static Operator term(List<NamedExpression> items, Expression value, Column weight, Operator input) {
        return new Project(Lists.append(items, new NamedExpression(weight, value)), input);
    }
}
