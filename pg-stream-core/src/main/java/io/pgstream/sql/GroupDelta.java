package io.pgstream.sql;

import io.pgstream.analyze.Accumulator;
import io.pgstream.analyze.AggregateLayout;
import io.pgstream.analyze.ScaleCounts;
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
     * The SELECT. With few groups the rows of each group are first added up for each weight, of which there are mostly two, and
     * then multiplied: one multiplication for a group instead of one for a row.
     *
     * @param delta a SELECT of the items and the weight, consolidated if the layout rescans
     * @param few whether there are few groups beside the rows of the delta
     */
    public String render(String delta, boolean few) {
        String w = "i." + weight.sqlName();
        List<String> inner = keys();
        inner.add(w + " AS " + weight.sqlName());
        List<String> columns = keys();
        List<String> changed = new ArrayList<>();
        for (Accumulator accumulator : layout.accumulators()) {
            if (accumulator.kind() == Accumulator.Kind.LOOK) {
                columns.addAll(GroupLooks.extremes(accumulator, few ? inner : null));
                continue;
            }
            String x = AggregateRenderer.argument(accumulator, items);
            String partial = partial(accumulator, x);
            if (partial.isEmpty()) {
                continue;
            }
            String name = "p" + accumulator.column().id();
            inner.add(partial + " AS " + name);
            if (accumulator.kind() == Accumulator.Kind.MIN || accumulator.kind() == Accumulator.Kind.MAX) {
                columns.addAll(extremes(accumulator, few ? "i." + name : x, w));
            } else {
                add(accumulator, few ? "sum(" + w + " * i." + name + ")" : whole(accumulator, x, w), columns, changed);
            }
            if (accumulator.kind() == Accumulator.Kind.SCALES) {
                // One value of a large scale for another leaves all counts as they were, and is in no sum.
                String beyond = few
                        ? ScaleCounts.unfollowed("i." + name)
                        : "(" + x + ") IS NOT NULL AND (" + ScaleCounts.followed(x) + ") IS NOT TRUE";
                changed.add("bool_or(" + beyond + ")");
            }
        }
        return select(columns, few ? byWeight(delta, inner, w) : "(" + delta + ")", changed);
    }

    /**
     * The SELECT for rows that all have come, or all have gone: nothing is multiplied, and every group has changed.
     *
     * @param delta a SELECT of the items
     * @param gone whether they have gone
     */
    public String renderOneSided(String delta, boolean gone) {
        List<String> columns = keys();
        for (Accumulator accumulator : layout.accumulators()) {
            String partial = partial(accumulator, AggregateRenderer.argument(accumulator, items));
            add(accumulator, gone ? "-" + partial : partial, columns, new ArrayList<>());
        }
        String names = layout.keys().stream().map(key -> "i." + key.sqlName()).collect(Collectors.joining(", "));
        return "SELECT " + String.join(", ", columns) + " FROM (" + delta + ") AS i"
                + (names.isEmpty() ? "" : " GROUP BY " + names);
    }

    /** What the rows of one weight come to; empty for what is read again. */
    private static String partial(Accumulator accumulator, String x) {
        return switch (accumulator.kind()) {
            case ROWS -> "count(*)";
            case NON_NULL -> "count(" + x + ")";
            case SUM -> "sum(" + x + ")";
            case SCALED_SUM, SCALES -> "sum(" + AggregateRenderer.counted(accumulator, x) + ")";
            case MIN, MAX -> function(accumulator) + "(" + x + ")";
            case UNSCALED_SUM, RESCANNED_SUM, RESCANNED_AVG, RESCANNED, LOOK -> "";
        };
    }

    /** What all rows come to, each with its weight. */
    private static String whole(Accumulator accumulator, String x, String w) {
        return switch (accumulator.kind()) {
            case ROWS -> WeightSum.of(w);
            case NON_NULL -> WeightSum.of(w) + " FILTER (WHERE " + x + " IS DISTINCT FROM NULL)";
            case SUM -> "sum(" + weighted(x, w) + ")";
            default -> "sum(" + weighted(AggregateRenderer.counted(accumulator, x), w) + ")";
        };
    }

    private String byWeight(String delta, List<String> inner, String w) {
        String groups =
                layout.keys().stream().map(key -> "i." + key.sqlName() + ", ").collect(Collectors.joining());
        return "(SELECT " + String.join(", ", inner) + " FROM (" + delta + ") AS i GROUP BY " + groups + w + ")";
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
