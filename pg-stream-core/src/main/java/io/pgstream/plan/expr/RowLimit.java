package io.pgstream.plan.expr;

import java.util.List;
import java.util.function.Function;

/**
 * Whether a relation of the same statement has at most, or more than, so many rows. It reads no column, so that PostgreSQL asks it once, before
 * anything of what it is a condition for is computed.
 *
 * @param relation the relation as an item of FROM, without an alias
 * @param rows the limit
 * @param within whether the relation must keep the limit; otherwise it must exceed it
 * @since 0.1.0
 */
public record RowLimit(String relation, long rows, boolean within) implements Expression {

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
        return (within ? "NOT " : "") + "EXISTS (SELECT FROM " + relation + " AS counted OFFSET " + rows + ")";
    }

    @Override
    public String toString() {
        return relation + (within ? " has at most " : " has more than ") + rows + " rows";
    }
}
