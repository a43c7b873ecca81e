package io.pgstream.plan.expr;

import java.util.List;
import java.util.function.Function;

/**
 * {@code operand::type}.
 *
 * @param operand what is cast
 * @param type the type as PostgreSQL printed it
 * @since 0.1.0
 */
public record Cast(Expression operand, String type) implements Expression {

    /** NULL of a type. */
    public static Expression nothing(SqlType type) {
        return type.domain() ? Template.text(type.nothing()) : new Cast(Template.text("NULL"), type.text());
    }

    @Override
    public List<Expression> operands() {
        return List.of(operand);
    }

    @Override
    public Expression withOperands(List<Expression> operands) {
        return new Cast(operands.get(0), type);
    }

    @Override
    public String sql(Function<Column, String> columns) {
        return Expression.operand(operand, columns) + "::" + type;
    }

    @Override
    public String toString() {
        return sql(Column::toString);
    }
}
