package io.pgstream.plan.rule;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.Filter;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whether no two rows of an input have the same values in some columns. */
final class UniqueColumns {

    private UniqueColumns() {}

    /** Whether conditions equate columns that are unique in the input with expressions over others. */
    static boolean equated(Operator input, List<Expression> conditions, Set<Column> others) {
        Set<Column> equated = new HashSet<>();
        for (Expression condition : conditions) {
            if (condition instanceof Equality equality && equality.tellsApart()) {
                add(equality.left(), equality.right(), others, equated);
                add(equality.right(), equality.left(), others, equated);
            }
        }
        return unique(input, equated);
    }

    private static void add(Expression side, Expression other, Set<Column> others, Set<Column> equated) {
        if (side instanceof ColumnReference reference
                && !others.contains(reference.column())
                && others.containsAll(other.columns())) {
            equated.add(reference.column());
        }
    }

    private static boolean unique(Operator input, Set<Column> columns) {
        if (input instanceof Filter filter) {
            return unique(filter.input(), columns);
        }
        if (input instanceof MarkJoin join) {
            return unique(join.left(), columns);
        }
        if (input instanceof Aggregate aggregate) {
            return columns.containsAll(
                    aggregate.keys().stream().map(NamedExpression::column).toList());
        }
        if (input instanceof Scan scan) {
            List<String> names = scan.output().stream()
                    .filter(columns::contains)
                    .map(Column::name)
                    .toList();
            return scan.table().keys().stream().anyMatch(names::containsAll);
        }
        return false;
    }
}
