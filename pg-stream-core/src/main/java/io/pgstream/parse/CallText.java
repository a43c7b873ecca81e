package io.pgstream.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.sf.jsqlparser.expression.AnalyticExpression;
import net.sf.jsqlparser.expression.AnalyticType;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.WindowDefinition;
import net.sf.jsqlparser.expression.WindowElement;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.statement.select.AllColumns;
import net.sf.jsqlparser.statement.select.OrderByElement;
import org.jspecify.annotations.Nullable;

/**
 * Prints the call of an aggregate or a window function, which is not looked into, with its arguments printed by somebody
 * else. What it prints is compared with what JSqlParser prints, so that no part of a call is lost.
 */
final class CallText {

    private CallText() {}

    static String of(net.sf.jsqlparser.expression.Function call, Function<Expression, String> text) {
        checkComplete(call.toString(), function(call, Object::toString));
        return function(call, text);
    }

    private static String function(net.sf.jsqlparser.expression.Function call, Function<Expression, String> text) {
        ExpressionList<?> parameters = call.getParameters();
        String arguments = (parameters == null) ? "" : list(parameters, text);
        return call.getName() + "(" + (call.isDistinct() ? "DISTINCT " : "") + arguments
                + orderBy(call.getOrderByElements(), text) + ")";
    }

    /**
     * Prints a call with FILTER, WITHIN GROUP or OVER.
     *
     * @param named the definition of the window that the call names, if it names one
     */
    static String of(AnalyticExpression call, @Nullable WindowDefinition named, Function<Expression, String> text) {
        return of(call, named, text, List.of());
    }

    /**
     * The same with an OVER that has more in PARTITION BY.
     *
     * @param partition what is put in front of the list
     */
    static String of(
            AnalyticExpression call,
            @Nullable WindowDefinition named,
            Function<Expression, String> text,
            List<String> partition) {
        checkComplete(call.toString(), analytic(call, null, Object::toString, List.of()));
        return analytic(call, named, text, partition);
    }

    private static String analytic(
            AnalyticExpression call,
            @Nullable WindowDefinition named,
            Function<Expression, String> text,
            List<String> more) {
        List<Expression> arguments = new ArrayList<>();
        for (Expression argument : new Expression[] {call.getExpression(), call.getOffset(), call.getDefaultValue()}) {
            if (argument != null) {
                arguments.add(argument);
            }
        }
        String printed = (call.isAllColumns() && arguments.isEmpty()) ? "*" : list(arguments, text);
        String filter = (call.getFilterExpression() == null)
                ? ""
                : " FILTER (WHERE " + text.apply(call.getFilterExpression()) + ")";
        String plain = call.getName() + "(" + (call.isDistinct() ? "DISTINCT " : "") + printed
                + orderBy(call.getFuncOrderBy(), text) + ")";
        if (call.getType() == AnalyticType.FILTER_ONLY) {
            return plain + filter;
        }
        if (call.getType() == AnalyticType.WITHIN_GROUP) {
            return plain + " WITHIN GROUP ("
                    + orderBy(call.getOrderByElements(), text).strip() + ")" + filter;
        }
        if (call.getType() == AnalyticType.OVER) {
            return plain + filter + " OVER " + window(call, named, text, more);
        }
        throw unsupported(call.getName());
    }

    private static String window(
            AnalyticExpression call,
            @Nullable WindowDefinition named,
            Function<Expression, String> text,
            List<String> more) {
        if (call.getWindowName() != null && named == null) {
            return call.getWindowName();
        }
        ExpressionList<?> partition =
                (named == null) ? call.getPartitionExpressionList() : named.getPartitionExpressionList();
        List<OrderByElement> order = (named == null) ? call.getOrderByElements() : named.getOrderByElements();
        WindowElement frame = (named == null) ? call.getWindowElement() : named.getWindowElement();
        List<String> keys = new ArrayList<>(more);
        if (partition != null && !partition.isEmpty()) {
            keys.add(list(partition, text));
        }
        String partitionBy = keys.isEmpty() ? "" : "PARTITION BY " + String.join(", ", keys);
        // No column can be in the bounds of a frame.
        return "(" + partitionBy + orderBy(order, text) + (frame == null ? "" : " " + frame) + ")";
    }

    /** The same call of a plain aggregate without its FILTER. */
    static net.sf.jsqlparser.expression.Function withoutFilter(AnalyticExpression call) {
        var function = new net.sf.jsqlparser.expression.Function().withName(call.getName());
        if (call.getExpression() != null) {
            function.setParameters(call.getExpression());
        }
        if (call.isAllColumns()) {
            function.setParameters(new AllColumns());
        }
        return function;
    }

    static String orderBy(@Nullable List<OrderByElement> elements, Function<Expression, String> text) {
        if (elements == null || elements.isEmpty()) {
            return "";
        }
        return elements.stream()
                .map(element -> text.apply(element.getExpression()) + direction(element))
                .collect(Collectors.joining(", ", " ORDER BY ", ""));
    }

    /** How an element of ORDER BY sorts. */
    static String direction(OrderByElement element) {
        String nulls = (element.getNullOrdering() == null)
                ? ""
                : " " + element.getNullOrdering().name().replace('_', ' ');
        return (element.isAsc() ? (element.isAscDescPresent() ? " ASC" : "") : " DESC") + nulls;
    }

    private static String list(List<? extends Expression> expressions, Function<Expression, String> text) {
        return expressions.stream()
                .map(expression -> (expression instanceof AllColumns) ? "*" : text.apply(expression))
                .collect(Collectors.joining(", "));
    }

    private static void checkComplete(String expected, String printed) {
        if (!normalized(expected).equals(normalized(printed))) {
            throw unsupported(printed.substring(0, Math.max(0, printed.indexOf('('))));
        }
    }

    private static String normalized(String text) {
        return text.replaceAll("[\\s()]+", "").toUpperCase(Locale.ROOT);
    }

    private static UnsupportedConstructException unsupported(String name) {
        return new UnsupportedConstructException(
                "it calls " + name + " with a clause that the parser does not understand",
                "Write the call without the clause.");
    }
}
