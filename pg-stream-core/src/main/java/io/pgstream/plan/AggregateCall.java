package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One aggregate function over the rows of a group.
 *
 * @param function which one
 * @param argument what is aggregated; {@code null} for {@code count(*)}
 * @param filter only rows for which it is true count; {@code null} for all
 * @since 0.1.0
 */
public record AggregateCall(
        AggregateFunction function,
        @Nullable Expression argument,
        @Nullable Expression filter) {

    /** The call as SQL. */
    public String sql(Function<Column, String> columns) {
        String arguments = (argument == null) ? "*" : argument.sql(columns);
        String call = function.sqlName() + "(" + arguments + ")";
        return (filter == null) ? call : call + " FILTER (WHERE " + filter.sql(columns) + ")";
    }

    @Override
    public String toString() {
        return sql(Column::toString);
    }
}
