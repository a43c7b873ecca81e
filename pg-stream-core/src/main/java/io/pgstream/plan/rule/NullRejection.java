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
import java.util.regex.Pattern;

/** Whether a condition cannot be true where certain columns are NULL. */
final class NullRejection {

    /**
     * Nothing but numbers, casts to numbers, and PostgreSQL's own arithmetic and comparisons, all of which are NULL where
     * an operand is; an operator of another schema is printed with its schema.
     */
    private static final Pattern STRICT =
            Pattern.compile("(?:[-+*/<>=()\\s\\d.]++|::(?:numeric|smallint|integer|bigint|real|double precision))*+");

    private static final List<String> IS_NOT_NULL = List.of("", " IS NOT NULL");

    private NullRejection() {}

    static boolean rejects(Expression condition, Collection<Column> columns) {
        boolean notNull = condition instanceof Template template
                && template.fragments().equals(IS_NOT_NULL)
                && nullWith(template.operands().get(0), columns);
        return notNull || nullWith(condition, columns);
    }

    /** Whether an expression is NULL if one of these columns is. */
    static boolean nullWith(Expression expression, Collection<Column> columns) {
        if (expression instanceof ColumnReference reference) {
            return columns.contains(reference.column());
        }
        boolean strict = expression instanceof Equality
                || expression instanceof Arithmetic
                || expression instanceof Cast
                || (expression instanceof Template template
                        && template.fragments().stream()
                                .allMatch(fragment -> STRICT.matcher(fragment).matches()));
        return strict && expression.operands().stream().anyMatch(operand -> nullWith(operand, columns));
    }
}
