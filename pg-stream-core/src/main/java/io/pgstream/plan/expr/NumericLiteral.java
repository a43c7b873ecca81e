package io.pgstream.plan.expr;

import java.util.List;
import java.util.function.Function;

/**
 * A number as it was written, without a sign.
 *
 * @param text digits with at most one point
 * @since 0.1.0
 */
public record NumericLiteral(String text) implements Expression {

    @Override
    public List<Expression> operands() {
        return List.of();
    }

    @Override
    public Expression withOperands(List<Expression> operands) {
        return this;
    }

    @Override
    public String sql(Function<Column, String> columns) {
        return text;
    }

    @Override
    public boolean atomic() {
        return true;
    }

    @Override
    public String toString() {
        return text;
    }
}
