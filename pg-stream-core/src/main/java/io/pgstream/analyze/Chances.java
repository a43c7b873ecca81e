package io.pgstream.analyze;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.AggregateFunction;
import io.pgstream.plan.NamedAggregate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.PartitionWise;
import io.pgstream.plan.Ranked;
import io.pgstream.plan.SortKey;
import io.pgstream.plan.Top;
import io.pgstream.plan.Window;
import io.pgstream.plan.expr.Column;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What in a query is left to chance, so that two runs of it over the same rows can differ: the stream table has one of the
 * results.
 *
 * @since 0.1.0
 */
public final class Chances {

    private static final Pattern ORDERED = Pattern.compile(
            "(array_agg|string_agg|json_agg|jsonb_agg|json_object_agg|jsonb_object_agg|xmlagg|json_arrayagg"
                    + "|json_objectagg)\\(.*",
            Pattern.DOTALL);

    private static final Pattern COUNTS_ROWS = Pattern.compile(
            "(row_number|ntile|lag|lead|first_value|last_value|nth_value)\\(.*|.*\\b(rows|groups) (between|unbounded|\\d).*",
            Pattern.DOTALL);

    private final Set<String> notes = new LinkedHashSet<>();

    private Chances() {}

    /** A sentence for each. */
    public static List<String> of(Operator root) {
        Chances chances = new Chances();
        chances.add(root);
        return List.copyOf(chances.notes);
    }

    private void add(Operator operator) {
        operator.inputs().forEach(this::add);
        if (operator instanceof Aggregate aggregate) {
            aggregate.aggregates().forEach(this::aggregate);
            aggregate.varyingKeys().stream().map(NamedExpression::column).forEach(this::key);
        }
        if (operator instanceof Window window) {
            window.functions().forEach(this::window);
        }
        if (operator instanceof Top top && !top.ties()) {
            sorted(top, top.order(), "LIMIT or DISTINCT ON");
        }
        if (operator instanceof Ranked ranked && ranked.describe().contains("row_number")) {
            sorted(ranked, ranked.order(), "row_number()");
        }
    }

    private void key(Column key) {
        if (key.scale() == null) {
            notes.add("Of " + key.name()
                    + " a group shows any of the values that are equal and can look different, as 1.0"
                    + " and 1.00 do, and keeps the one that it has shown as long as a row has it.");
        }
    }

    private void aggregate(NamedAggregate item) {
        String call = item.call().sql(Column::name);
        String lower = call.toLowerCase(Locale.ROOT);
        AggregateFunction function = item.call().function();
        boolean floating = item.column().type().base().matches("double precision|real");
        if (function == AggregateFunction.SUM || function == AggregateFunction.AVG) {
            if (floating) {
                notes.add(
                        call + " adds floating-point numbers, whose sum depends on the order in which they are added.");
            }
        } else if (function == AggregateFunction.OPAQUE) {
            if (ORDERED.matcher(lower).matches() && !lower.contains("order by") && !lower.contains("(distinct ")) {
                notes.add(call + " has no ORDER BY, so that the order of what it collects is left to chance.");
            }
            if (lower.startsWith("mode(")) {
                notes.add(call + " takes any of several values that are equally frequent.");
            }
        }
    }

    private void window(NamedExpression item) {
        String call = item.expression().sql(Column::name);
        if (COUNTS_ROWS.matcher(call.toLowerCase(Locale.ROOT)).matches()) {
            notes.add(call + " depends on the order of rows that its ORDER BY leaves equal, if there are any.");
        }
    }

    private void sorted(PartitionWise operator, List<SortKey> order, String what) {
        Set<Column> fixed = new LinkedHashSet<>(operator.partition());
        order.forEach(key -> fixed.add(key.column()));
        Operator input = operator.inputs().get(0);
        if (!fixed.containsAll(input.output()) && new Dependencies(input).key(new ArrayList<>(fixed)) == null) {
            notes.add(what + " keeps any of several rows that its ORDER BY leaves equal, if there are any.");
        }
    }
}
