package io.pgstream.delta;

import io.pgstream.plan.Filter;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.sql.TargetTable;
import java.util.stream.Collectors;

/**
 * A filter directly above a state that is joined with something else, as {@code HAVING} in a subquery is. Where it leaves
 * little, an index holds just these rows, so that a delta can meet all of them at once instead of looking each of its rows
 * up.
 *
 * @param table the state
 * @param condition what the filter lets through, over the columns of the state
 * @since 0.1.0
 */
public record StateFilter(TargetTable table, String condition) {

    /** Up to which part of a state an index on it pays. */
    public static final double SELECTIVE = 0.1;

    static StateFilter of(StatefulNode node, Filter filter) {
        String condition = filter.conditions().stream()
                .map(each -> Expression.operand(each.substitute(column -> output(node, column)), node.state()::name))
                .collect(Collectors.joining(" AND "));
        return new StateFilter(node.state(), condition);
    }

    private static Expression output(StatefulNode node, Column column) {
        return node.layout().outputs().stream()
                .filter(item -> item.column().equals(column))
                .map(NamedExpression::expression)
                .findFirst()
                .orElse(new ColumnReference(column));
    }
}
