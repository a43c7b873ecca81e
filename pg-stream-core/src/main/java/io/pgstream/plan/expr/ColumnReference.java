package io.pgstream.plan.expr;

import java.util.List;
import java.util.function.Function;

/**
 * The value of a column.
 *
 * @param column the column
 * @since 0.1.0
 */
public record ColumnReference(Column column) implements Expression {

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
        return columns.apply(column);
    }

    @Override
    public boolean atomic() {
        return true;
    }

    @Override
    public String toString() {
        return column.toString();
    }
}
