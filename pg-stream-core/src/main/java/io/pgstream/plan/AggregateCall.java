package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One aggregate function over the rows of a group.
 *
 * @param function which one
 * @param argument what is aggregated; {@code null} for {@code count(*)}; the whole call of an opaque one
 * @param filter only rows for which it is true count; {@code null} for all, and for an opaque call, which has its own
 * @since 0.1.0
 */
public record AggregateCall(
        AggregateFunction function,
        @Nullable Expression argument,
        @Nullable Expression filter) {

    /** The call as SQL. */
    public String sql(Function<Column, String> columns) {
        if (function == AggregateFunction.OPAQUE && argument != null) {
            return argument.sql(columns);
        }
        String arguments = (argument == null) ? "*" : argument.sql(columns);
        String call = function.sqlName() + "(" + arguments + ")";
        return (filter == null) ? call : call + " FILTER (WHERE " + filter.sql(columns) + ")";
    }

    /** The same call with expressions in the place of columns. */
    public AggregateCall substitute(Function<Column, Expression> expressions) {
        return new AggregateCall(function, substitute(argument, expressions), substitute(filter, expressions));
    }

    private static @Nullable Expression substitute(
            @Nullable Expression expression, Function<Column, Expression> expressions) {
        return (expression == null) ? null : expression.substitute(expressions);
    }

    @Override
    public String toString() {
        return sql(Column::toString);
    }
}
