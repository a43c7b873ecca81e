package io.pgstream.parse;

import java.util.Set;
import java.util.function.Predicate;
import net.sf.jsqlparser.expression.AnalyticExpression;
import net.sf.jsqlparser.expression.AnalyticType;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates of rows without a type, as in {@code array_to_json(array_agg(t))}: no column can hold what they give, but one can hold
 * what the function around makes of it. The two are one aggregate then.
 */
final class RecordAggregates {

    /** Functions that give NULL for NULL, as an aggregate of no rows does. */
    private static final Set<String> STRICT = Set.of(
            "array_to_json", "to_json", "to_jsonb", "row_to_json", "cardinality", "array_length", "array_to_string");

    private RecordAggregates() {}

    /**
     * A call around such an aggregate, printed as one call; {@code null} for any other call.
     *
     * @param text prints the arguments
     */
    static @Nullable String text(
            Function outer,
            Predicate<Function> isAggregate,
            RecordKeys records,
            java.util.function.Function<Expression, String> text) {
        ExpressionList<?> parameters = outer.getParameters();
        if (parameters == null || parameters.isEmpty() || !STRICT.contains(FunctionName.of(outer.getName()))) {
            return null;
        }
        String inner = aggregate(ExpressionParser.unwrap(parameters.get(0)), isAggregate, records, text);
        if (inner == null) {
            return null;
        }
        StringBuilder call = new StringBuilder(outer.getName()).append('(').append(inner);
        parameters.stream().skip(1).forEach(more -> call.append(", ").append(text.apply(more)));
        return call.append(')').toString();
    }

    private static @Nullable String aggregate(
            Expression call,
            Predicate<Function> isAggregate,
            RecordKeys records,
            java.util.function.Function<Expression, String> text) {
        if (call instanceof Function function && isAggregate.test(function)) {
            ExpressionList<?> arguments = function.getParameters();
            return (arguments != null && !arguments.isEmpty() && records.is(arguments.get(0)))
                    ? CallText.of(function, text)
                    : null;
        }
        return call instanceof AnalyticExpression filtered
                        && filtered.getType() == AnalyticType.FILTER_ONLY
                        && filtered.getExpression() != null
                        && records.is(filtered.getExpression())
                ? CallText.of(filtered, null, text)
                : null;
    }
}
