package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;

/**
 * An expression and the column that holds its value.
 *
 * @param column the column
 * @param expression the expression
 * @since 0.1.0
 */
public record NamedExpression(Column column, Expression expression) {

    @Override
    public String toString() {
        return column + "=" + expression;
    }
}
