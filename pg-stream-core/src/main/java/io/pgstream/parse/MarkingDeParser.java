package io.pgstream.parse;

import java.util.function.Function;
import net.sf.jsqlparser.expression.AnalyticExpression;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.schema.Column;
import org.jspecify.annotations.Nullable;

/** Prints an expression with marks for what the binding of a query block knows; how differs above and below a GROUP BY. */
final class MarkingDeParser extends TextDeParser {

    private final Function<Column, String> columns;

    private final Function<net.sf.jsqlparser.expression.Function, @Nullable String> calls;

    private final Function<Expression, String> subqueries;

    private final Function<AnalyticExpression, String> aggregates;

    private final Function<AnalyticExpression, String> windows;

    MarkingDeParser(
            Function<Column, String> columns,
            Function<net.sf.jsqlparser.expression.Function, @Nullable String> calls,
            Function<Expression, String> subqueries,
            Function<AnalyticExpression, String> aggregates,
            Function<AnalyticExpression, String> windows) {
        this.columns = columns;
        this.calls = calls;
        this.subqueries = subqueries;
        this.aggregates = aggregates;
        this.windows = windows;
    }

    @Override
    String columnText(Column column) {
        return columns.apply(column);
    }

    @Override
    @Nullable
    String callText(net.sf.jsqlparser.expression.Function function) {
        return calls.apply(function);
    }

    @Override
    String aggregateText(AnalyticExpression call) {
        return aggregates.apply(call);
    }

    @Override
    String windowText(AnalyticExpression call) {
        return windows.apply(call);
    }

    @Override
    String subqueryText(Expression expression) {
        return subqueries.apply(expression);
    }
}
