package io.pgstream.plan.expr;

import java.util.List;
import java.util.function.Function;

/**
 * Any scalar expression, as the text that PostgreSQL printed with places for its operands. It is carried through
 * untouched: what it means is PostgreSQL's business.
 *
 * @param fragments the text before, between and behind the operands; one more than there are operands
 * @param operands what stands between the fragments
 * @since 0.1.0
 */
public record Template(List<String> fragments, List<Expression> operands) implements Expression {

    public Template {
        fragments = List.copyOf(fragments);
        operands = List.copyOf(operands);
        if (fragments.size() != operands.size() + 1) {
            throw new IllegalArgumentException("A template has one fragment more than operands");
        }
    }

    /** A template without operands. */
    public static Template text(String text) {
        return new Template(List.of(text), List.of());
    }

    @Override
    public Expression withOperands(List<Expression> newOperands) {
        return new Template(fragments, newOperands);
    }

    @Override
    public String sql(Function<Column, String> columns) {
        StringBuilder text = new StringBuilder(fragments.get(0));
        for (int i = 0; i < operands.size(); i++) {
            text.append(Expression.operand(operands.get(i), columns)).append(fragments.get(i + 1));
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return sql(Column::toString);
    }
}
