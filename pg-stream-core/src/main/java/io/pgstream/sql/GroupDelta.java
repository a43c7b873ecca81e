package io.pgstream.sql;

import io.pgstream.analyze.Accumulator;
import io.pgstream.analyze.AggregateLayout;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.expr.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Sums a delta up by group: the keys, and for each accumulator {@code d<id>}, what is to be added to it, or {@code l<id>} and
 * {@code e<id>}, the extreme of what leaves and of what enters.
 *
 * @since 0.1.0
 */
public final class GroupDelta {

    private final AggregateLayout layout;

    private final List<NamedExpression> items;

    private final Column weight;

    /**
     * @param items the keys, then the arguments of the accumulators, with the columns that hold them
     * @param weight the column of the weight
     */
    public GroupDelta(AggregateLayout layout, List<NamedExpression> items, Column weight) {
        this.layout = layout;
        this.items = List.copyOf(items);
        this.weight = weight;
    }

    /**
     * The SELECT.
     *
     * @param delta a SELECT of the items and the weight, consolidated if the layout rescans
     * @param few whether there are few groups beside the rows of the delta
     */
    public String render(String delta, boolean few) {
        return few ? byWeight(delta) : byRow(delta);
    }

    private String byRow(String delta) {
        String w = "i." + weight.sqlName();
        List<String> columns = keys();
        List<String> changed = new ArrayList<>();
        for (Accumulator accumulator : layout.accumulators()) {
            String x = AggregateRenderer.argument(accumulator, items);
            switch (accumulator.kind()) {
                case ROWS -> add(accumulator, "sum(" + w + ")", columns, changed);
                case NON_NULL ->
                    add(accumulator, "sum(" + w + ") FILTER (WHERE " + x + " IS DISTINCT FROM NULL)", columns, changed);
                case SUM -> add(accumulator, "sum(" + weighted(x, w) + ")", columns, changed);
                case SCALED_SUM, SCALES ->
                    add(
                            accumulator,
                            "sum(" + weighted(AggregateRenderer.counted(accumulator, x), w) + ")",
                            columns,
                            changed);
                case MIN, MAX -> columns.addAll(extremes(accumulator, x, w));
                case UNSCALED_SUM, RESCANNED_SUM, RESCANNED_AVG, RESCANNED -> {}
            }
        }
        return select(columns, "(" + delta + ")", changed);
    }

    /**
     * With few groups the rows of each group are first added up for each weight, of which there are mostly two, and then
     * multiplied: one multiplication for a group instead of one for a row.
     */
    private String byWeight(String delta) {
        String w = "i." + weight.sqlName();
        List<String> inner = keys();
        inner.add(w + " AS " + weight.sqlName());
        List<String> columns = keys();
        List<String> changed = new ArrayList<>();
        for (Accumulator accumulator : layout.accumulators()) {
            String x = AggregateRenderer.argument(accumulator, items);
            String partial = "p" + accumulator.column().id();
            String sum = "sum(" + w + " * i." + partial + ")";
            switch (accumulator.kind()) {
                case ROWS -> {
                    inner.add("count(*) AS " + partial);
                    add(accumulator, sum, columns, changed);
                }
                case NON_NULL -> {
                    inner.add("count(" + x + ") AS " + partial);
                    add(accumulator, sum, columns, changed);
                }
                case SUM -> {
                    inner.add("sum(" + x + ") AS " + partial);
                    add(accumulator, sum, columns, changed);
                }
                case SCALED_SUM, SCALES -> {
                    inner.add("sum(" + AggregateRenderer.counted(accumulator, x) + ") AS " + partial);
                    add(accumulator, sum, columns, changed);
                }
                case MIN, MAX -> {
                    inner.add(function(accumulator) + "(" + x + ") AS " + partial);
                    columns.addAll(extremes(accumulator, "i." + partial, w));
                }
                case UNSCALED_SUM, RESCANNED_SUM, RESCANNED_AVG, RESCANNED -> {}
            }
        }
        String groups =
                layout.keys().stream().map(key -> "i." + key.sqlName() + ", ").collect(Collectors.joining());
        return select(
                columns,
                "(SELECT " + String.join(", ", inner) + " FROM (" + delta + ") AS i GROUP BY " + groups + w + ")",
                changed);
    }

    private String select(List<String> columns, String from, List<String> changed) {
        List<String> names =
                layout.keys().stream().map(key -> "i." + key.sqlName()).toList();
        String groups = names.isEmpty() ? "" : " GROUP BY " + String.join(", ", names);
        // Where extremes or rescans are kept the delta is consolidated, so that every group in it has changed.
        String having = (names.isEmpty() || layout.rescans()) ? "" : " HAVING " + String.join(" OR ", changed);
        return "SELECT " + String.join(", ", columns) + " FROM " + from + " AS i" + groups + having;
    }

    private List<String> keys() {
        List<String> columns = new ArrayList<>();
        layout.keys().forEach(key -> columns.add("i." + key.sqlName() + " AS " + key.sqlName()));
        return columns;
    }

    private static void add(Accumulator accumulator, String sum, List<String> columns, List<String> changed) {
        String type = switch (accumulator.kind()) {
            case ROWS, NON_NULL -> "::bigint";
            case SUM -> "::" + accumulator.column().type().text();
            default -> "";
        };
        columns.add("coalesce(" + sum + ", 0)" + type + " AS d"
                + accumulator.column().id());
        changed.add(sum + " <> 0");
    }

    private static List<String> extremes(Accumulator accumulator, String x, String w) {
        int id = accumulator.column().id();
        String extreme = function(accumulator) + "(" + x + ") FILTER (WHERE " + w;
        return List.of(extreme + " < 0) AS l" + id, extreme + " > 0) AS e" + id);
    }

    private static String function(Accumulator accumulator) {
        return accumulator.kind() == Accumulator.Kind.MIN ? "min" : "max";
    }

    /** Nearly all weights are 1 or -1; multiplying by them would cost more than adding up. */
    private static String weighted(String x, String w) {
        return "CASE " + w + " WHEN 1 THEN " + x + " WHEN -1 THEN -(" + x + ") ELSE " + w + " * " + x + " END";
    }
}
