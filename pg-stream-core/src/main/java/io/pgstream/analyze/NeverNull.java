package io.pgstream.analyze;

import io.pgstream.plan.expr.Arithmetic;
import io.pgstream.plan.expr.Cast;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.NumericLiteral;

/**
 * Whether an expression has a value for every row. Nobody counts the values of such a one: there are as many as rows. It is told of
 * columns that are NOT NULL, and of what PostgreSQL's own operators make of numbers; an operator of the user's can do anything.
 */
final class NeverNull {

    private NeverNull() {}

    static boolean of(Expression expression) {
        return (expression instanceof ColumnReference reference
                        && !reference.column().nullable())
                || (expression instanceof Arithmetic && ofNumbers(expression));
    }

    private static boolean ofNumbers(Expression expression) {
        if (expression instanceof Arithmetic arithmetic) {
            return ofNumbers(arithmetic.left()) && ofNumbers(arithmetic.right());
        }
        if (expression instanceof Cast cast) {
            return cast.type().matches("smallint|integer|bigint|numeric(\\(.*\\))?") && ofNumbers(cast.operand());
        }
        return expression instanceof NumericLiteral
                || (expression instanceof ColumnReference reference && number(reference.column()));
    }

    private static boolean number(Column column) {
        return !column.nullable() && (column.type().isInteger() || column.type().isNumeric());
    }
}
