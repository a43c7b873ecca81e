package io.pgstream.plan.expr;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * A scalar expression over the columns of an operator's input. Only what the algebra must look into has structure of its
 * own; everything else is a {@link Template}: PostgreSQL's text with places for columns.
 *
 * @since 0.1.0
 */
public sealed interface Expression
        permits ColumnReference, Template, Equality, Arithmetic, Cast, NumericLiteral, Clock, Disjunction, RowLimit {

    /** The expressions directly below this one. */
    List<Expression> operands();

    /** This expression over other operands. */
    Expression withOperands(List<Expression> operands);

    /**
     * The text of this expression.
     *
     * @param columns gives each column its text
     */
    String sql(Function<Column, String> columns);

    /** Whether the text can stand as an operand without parentheses. */
    default boolean atomic() {
        return false;
    }

    /** All the columns that it reads. */
    default Set<Column> columns() {
        Set<Column> columns = new LinkedHashSet<>();
        collectColumns(this, columns);
        return columns;
    }

    /** This expression with each column replaced. */
    default Expression substitute(Function<Column, Expression> replacement) {
        if (this instanceof ColumnReference reference) {
            return replacement.apply(reference.column());
        }
        return withOperands(operands().stream()
                .map(operand -> operand.substitute(replacement))
                .toList());
    }

    private static void collectColumns(Expression expression, Set<Column> columns) {
        if (expression instanceof ColumnReference reference) {
            columns.add(reference.column());
        }
        expression.operands().forEach(operand -> collectColumns(operand, columns));
    }

    /** The text of an operand, in parentheses unless it needs none. */
    static String operand(Expression expression, Function<Column, String> columns) {
        String text = expression.sql(columns);
        return expression.atomic() ? text : "(" + text + ")";
    }
}
