package io.pgstream.plan.expr;

import java.util.List;
import java.util.function.Function;

/**
 * {@code left = right}: NULL if a side is NULL, so that as a condition it never holds for NULLs.
 *
 * @param left the left side
 * @param right the right side
 * @since 0.1.0
 */
public record Equality(Expression left, Expression right) implements Expression {

    @Override
    public List<Expression> operands() {
        return List.of(left, right);
    }

    @Override
    public Expression withOperands(List<Expression> operands) {
        return new Equality(operands.get(0), operands.get(1));
    }

    @Override
    public String sql(Function<Column, String> columns) {
        return Expression.operand(left, columns) + " = " + Expression.operand(right, columns);
    }

    @Override
    public String toString() {
        return sql(Column::toString);
    }
}
