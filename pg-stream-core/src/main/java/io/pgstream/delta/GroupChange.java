package io.pgstream.delta;

import io.pgstream.plan.Consolidate;
import io.pgstream.plan.Lists;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.sql.AggregateRenderer;
import io.pgstream.sql.GroupDelta;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.sql.WithClause;
import java.util.List;

/** What a delta changes in the groups of an aggregate, for {@link AggregateRenderer} to write. */
final class GroupChange {

    /** Up to which part of the groups it is cheaper to find their rows than to compute all of them. */
    private static final double FEW_OF_GROUPS = 0.25;

    /** From how many changed rows on, and from how many in a group, it pays to group by the weight first. */
    private static final double MANY_ROWS = 500;

    private static final double ROWS_OF_GROUP = 8;

    private GroupChange() {}

    /**
     * The relation {@code change} of a node, with everything that it needs.
     *
     * @param quick whether groups that must be read again are counted instead
     */
    static WithClause with(StatefulNode node, AggregateRenderer renderer, DeltaContext context, boolean quick) {
        String delta = delta(node, context);
        if (quick) {
            WithClause with = context.nextStatement();
            renderer.quickChange(with, delta);
            return with;
        }
        String current = OperatorRenderer.render(
                new Project(node.items(), context.present(node.aggregate().input())));
        WithClause with = context.nextStatement();
        renderer.change(with, node.items(), delta, current, fewGroups(node, context.sizes()));
        return with;
    }

    /** Of how many groups the rows are looked for when they are read again, rounded so that it stays the same as groups come and go. */
    private static long fewGroups(StatefulNode node, Sizes sizes) {
        double groups = sizes.stateRows(node.relation()).orElse(0);
        return (groups > 0)
                ? Math.max(1, Long.highestOneBit((long) (groups * FEW_OF_GROUPS)))
                : (Long.getLong("pgstream.test.worthAChoice", 1) == 0) ? 1 : 0;
    }

    /** The delta of an aggregate's input, summed up by group. */
    static String delta(StatefulNode node, DeltaContext context) {
        Operator rows = node.aggregate().input();
        List<Expression> expressions =
                node.items().stream().map(NamedExpression::expression).toList();
        Delta input = FallibleExpressions.settled(Differentiator.changed(rows, context), rows, expressions, context);
        String groups = new GroupDelta(node.layout(), node.items(), input.weight())
                .render(inputDelta(node, input, context), fewGroups(node, context));
        Column order = LookupOrder.ofGroups(node, context);
        return (order == null) ? groups : groups + " ORDER BY " + order.sqlName();
    }

    /** The same for a delta of which all rows have come, or all have gone, whose weights are all the same. */
    static String oneSidedDelta(StatefulNode node, DeltaContext context, boolean gone) {
        Delta input = Differentiator.changed(node.aggregate().input(), context);
        return new GroupDelta(node.layout(), node.items(), input.weight())
                .renderOneSided(context.render(new Project(node.items(), input.operator())), gone);
    }

    /** Whether there are so few groups beside the changed rows that it pays to group twice. */
    private static boolean fewGroups(StatefulNode node, DeltaContext context) {
        double rows = context.sizes().changes(node.aggregate().input());
        double groups = node.layout().keys().isEmpty()
                ? 1
                : context.sizes().stateRows(node.relation()).orElse(Double.POSITIVE_INFINITY);
        return rows >= MANY_ROWS && groups * ROWS_OF_GROUP <= rows;
    }

    /** The keys and arguments of an aggregate in the delta of its input. */
    private static String inputDelta(StatefulNode node, Delta input, DeltaContext context) {
        NamedExpression weight = new NamedExpression(input.weight(), new ColumnReference(input.weight()));
        Operator projected = new Project(Lists.append(node.items(), weight), input.operator());
        return context.render(node.layout().rescans() ? new Consolidate(input.weight(), projected) : projected);
    }
}
