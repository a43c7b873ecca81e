package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Each row of the input with each row that a row source makes of it: a function that returns a set, {@code VALUES}, or a
 * subquery that reads no table. What comes of a row depends on that row alone, so that this is linear, and every row keeps
 * its weight.
 *
 * @param input the rows that the source is computed for
 * @param source the text of the row source over columns of the input
 * @param columns the columns of the source, in its order
 * @param ordinality the column that numbers the rows of the source; {@code null} if none does
 * @param typed whether the types of the columns are part of the alias, as for functions that return {@code record}
 * @param outer the conditions of a left join with the source: rows for which it has no row under them are kept, with
 *     NULLs; {@code null} for an inner join
 * @since 0.1.0
 */
public record Lateral(
        Operator input,
        Expression source,
        List<Column> columns,
        @Nullable Column ordinality,
        boolean typed,
        @Nullable List<Expression> outer)
        implements Operator {

    public Lateral {
        columns = List.copyOf(columns);
        outer = (outer == null) ? null : List.copyOf(outer);
    }

    @Override
    public List<Column> output() {
        return Lists.concat(input.output(), (outer == null) ? columns : OuterJoin.nullable(columns));
    }

    /** What it reads of its input and, in the conditions, of the source. */
    public List<Expression> expressions() {
        List<Expression> expressions = new ArrayList<>();
        expressions.add(source);
        if (outer != null) {
            expressions.addAll(outer);
        }
        return List.copyOf(expressions);
    }

    /** The same over another input, from whose columns the source is computed. */
    public Lateral over(Operator newInput, Expression newSource, @Nullable List<Expression> newOuter) {
        return new Lateral(newInput, newSource, columns, ordinality, typed, newOuter);
    }

    @Override
    public List<Operator> inputs() {
        return List.of(input);
    }

    @Override
    public Operator withInputs(List<Operator> inputs) {
        return (inputs.get(0) == input) ? this : over(inputs.get(0), source, outer);
    }

    @Override
    public boolean linear() {
        return true;
    }

    @Override
    public String describe() {
        return (outer == null ? "Lateral " : "LeftLateral on " + outer + " ") + columns + " of " + source;
    }

    @Override
    public int hashCode() {
        return Operator.hash(this);
    }
}
