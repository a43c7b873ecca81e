package io.pgstream.plan.expr;

import java.util.List;
import java.util.function.Function;

/**
 * Addition, subtraction or multiplication, in which the scale of a numeric result follows from the scales of the
 * operands.
 *
 * @param symbol {@code +}, {@code -} or {@code *}
 * @param left the left operand
 * @param right the right operand
 * @since 0.1.0
 */
public record Arithmetic(char symbol, Expression left, Expression right) implements Expression {

    public Arithmetic {
        if ("+-*".indexOf(symbol) < 0) {
            throw new IllegalArgumentException("Not an exact operation: " + symbol);
        }
    }

    @Override
    public List<Expression> operands() {
        return List.of(left, right);
    }

    @Override
    public Expression withOperands(List<Expression> operands) {
        return new Arithmetic(symbol, operands.get(0), operands.get(1));
    }

    @Override
    public String sql(Function<Column, String> columns) {
        return Expression.operand(left, columns) + " " + symbol + " " + Expression.operand(right, columns);
    }

    @Override
    public String toString() {
        return sql(Column::toString);
    }
}
