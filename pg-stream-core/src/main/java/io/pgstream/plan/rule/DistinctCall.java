package io.pgstream.plan.rule;

import io.pgstream.plan.AggregateCall;
import io.pgstream.plan.AggregateFunction;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call such as {@code count(DISTINCT x) FILTER (WHERE p)}, which the tree has as the text of the whole call.
 *
 * @param function {@code COUNT}, {@code SUM} or {@code AVG}
 * @param argument the column of which different values are taken
 * @param filter only these rows count; {@code null} for all
 */
record DistinctCall(
        AggregateFunction function,
        ColumnReference argument,
        @Nullable Expression filter) {

    private static final String FILTER = ") FILTER (WHERE ";

    /** What an aggregate is, or {@code null} if it is something else. */
    static @Nullable DistinctCall of(AggregateCall call) {
        if (call.function() != AggregateFunction.OPAQUE
                || !(call.argument() instanceof Template template)
                || template.operands().isEmpty()
                || !(template.operands().get(0) instanceof ColumnReference argument)) {
            return null;
        }
        AggregateFunction function = function(template.fragments().get(0), argument);
        if (function == null) {
            return null;
        }
        if (template.fragments().size() == 2 && template.fragments().get(1).equals(")")) {
            return new DistinctCall(function, argument, null);
        }
        Expression filter = filter(template);
        return (filter == null) ? null : new DistinctCall(function, argument, filter);
    }

    /** What is taken of values that are all different: of equal ones that look different, a sum would show one. */
    private static @Nullable AggregateFunction function(String text, ColumnReference argument) {
        SqlType type = argument.column().type();
        boolean summed = !type.domain() && (type.isInteger() || type.hasScale());
        return switch (text) {
            case "count(DISTINCT " -> type.groupable() ? AggregateFunction.COUNT : null;
            case "sum(DISTINCT " -> summed ? AggregateFunction.SUM : null;
            case "avg(DISTINCT " -> summed ? AggregateFunction.AVG : null;
            default -> null;
        };
    }

    private static @Nullable Expression filter(Template call) {
        List<String> fragments =
                new ArrayList<>(call.fragments().subList(1, call.fragments().size()));
        int last = fragments.size() - 1;
        if (!fragments.get(0).startsWith(FILTER) || !fragments.get(last).endsWith(")")) {
            return null;
        }
        fragments.set(0, fragments.get(0).substring(FILTER.length()));
        String end = fragments.get(last);
        fragments.set(last, end.substring(0, end.length() - 1));
        return new Template(
                fragments, call.operands().subList(1, call.operands().size()));
    }
}
