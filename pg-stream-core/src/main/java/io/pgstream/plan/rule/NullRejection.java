package io.pgstream.plan.rule;

import io.pgstream.plan.expr.Arithmetic;
import io.pgstream.plan.expr.Cast;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Whether a condition cannot be true where certain columns are NULL. */
final class NullRejection {

    /** As PostgreSQL prints its own ones; an operator of another schema is printed with its schema. */
    private static final Set<String> COMPARISONS = Set.of(" < ", " > ", " <= ", " >= ", " <> ");

    private static final List<String> IS_NOT_NULL = List.of("", " IS NOT NULL");

    private NullRejection() {}

    static boolean rejects(Expression condition, Collection<Column> columns) {
        if (condition instanceof Equality equality) {
            return nullWith(equality.left(), columns) || nullWith(equality.right(), columns);
        }
        if (!(condition instanceof Template template)) {
            return false;
        }
        List<String> fragments = template.fragments();
        boolean comparison = fragments.size() == 3
                && fragments.get(0).isEmpty()
                && COMPARISONS.contains(fragments.get(1))
                && fragments.get(2).isEmpty();
        return (comparison || fragments.equals(IS_NOT_NULL))
                && template.operands().stream().anyMatch(operand -> nullWith(operand, columns));
    }

    /** Whether an expression is NULL if one of these columns is. */
    private static boolean nullWith(Expression expression, Collection<Column> columns) {
        if (expression instanceof ColumnReference reference) {
            return columns.contains(reference.column());
        }
        return (expression instanceof Arithmetic || expression instanceof Cast)
                && expression.operands().stream().anyMatch(operand -> nullWith(operand, columns));
    }
}
