package io.pgstream.plan.expr;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * {@code left = right}: NULL if a side is NULL, so that as a condition it never holds for NULLs.
 *
 * @param left the left side
 * @param right the right side
 * @since 0.1.0
 */
public record Equality(Expression left, Expression right) implements Expression {

    /**
     * Whether both sides are told apart by what compares them. Under a collation that takes 'a' and 'A' for equal, one value of
     * a side that has another collation can be equal to two of the other side. So can a point in time be to two local times, of which one does not exist.
     */
    public boolean tellsApart() {
        return oneCollation()
                && (!(left instanceof ColumnReference one)
                        || !(right instanceof ColumnReference other)
                        || one.column().type().keepsApartAs(other.column().type())
                        || other.column().type().keepsApartAs(one.column().type()));
    }

    private boolean oneCollation() {
        long collations = Stream.concat(left.columns().stream(), right.columns().stream())
                .map(column -> column.type().collation())
                .distinct()
                .count();
        return collations <= 1
                && !left.toString().contains("COLLATE")
                && !right.toString().contains("COLLATE");
    }

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
