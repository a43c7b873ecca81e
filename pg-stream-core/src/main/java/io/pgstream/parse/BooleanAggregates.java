package io.pgstream.parse;

import io.pgstream.plan.AggregateCall;
import io.pgstream.plan.AggregateFunction;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code bool_or(x)} says whether any of the values is true, {@code bool_and(x)} whether none is false: as numbers of values they can be added up and
 * undone, where the aggregates themselves would have to read their groups again.
 */
final class BooleanAggregates {

    private static final String ANY = "bool_or";

    private static final List<String> ALL = List.of("bool_and", "every");

    private BooleanAggregates() {}

    static boolean has(String name) {
        return name.equals(ANY) || ALL.contains(name);
    }

    /**
     * The text of a call.
     *
     * @param counts makes an aggregate, and gives its mark
     */
    static String text(
            String name, Expression argument, @Nullable Expression filter, Function<AggregateCall, String> counts) {
        boolean any = name.equals(ANY);
        Expression deciding =
                new Template(List.of(any ? "CASE WHEN " : "CASE WHEN NOT ", " THEN 1 END"), List.of(argument));
        String values = counts.apply(new AggregateCall(AggregateFunction.COUNT, argument, filter));
        String decided = counts.apply(new AggregateCall(AggregateFunction.COUNT, deciding, filter));
        return "(CASE WHEN " + values + " <> 0 THEN " + decided + (any ? " <> 0" : " = 0") + " END)";
    }
}
