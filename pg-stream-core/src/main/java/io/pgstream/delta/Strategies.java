package io.pgstream.delta;

import io.pgstream.analyze.Accumulator;
import io.pgstream.plan.Aggregate;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lateral;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.OneRow;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Ranked;
import io.pgstream.plan.Scan;
import io.pgstream.plan.Top;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says of each operator of a plan how it is maintained and why so, and what is kept for it.
 *
 * @since 0.1.0
 */
public final class Strategies {

    private final MaintenancePlan plan;

    private final List<String> lines = new ArrayList<>();

    private Strategies(MaintenancePlan plan) {
        this.plan = plan;
    }

    /** A line for each operator, in the order of the printed tree. */
    public static List<String> of(MaintenancePlan plan) {
        Strategies strategies = new Strategies(plan);
        strategies.add(plan.root(), 0);
        return List.copyOf(strategies.lines);
    }

    private void add(Operator operator, int depth) {
        MaintainedNode node = plan.nodesByOperator().get(operator);
        String strategy = (node == null) ? stateless(operator) : maintained(node);
        lines.add("  ".repeat(depth) + operator.getClass().getSimpleName() + ": " + strategy
                + (node == null ? "" : "; " + state(node)));
        operator.inputs().forEach(input -> add(input, depth + 1));
    }

    private static String stateless(Operator operator) {
        if (operator instanceof Scan scan) {
            return "the changes of " + scan.table().name() + " that were captured since the last refresh";
        }
        if (operator instanceof OneRow) {
            return "never changes";
        }
        if (operator instanceof Filter filter && Crossings.readsClock(filter)) {
            return "applied to the delta, and to the rows that the time which has passed moves across a condition";
        }
        if (operator instanceof Join join) {
            return "the delta of each input goes from input to input, by an index or by reading an input once, whichever"
                    + " is cheaper for its size" + missing(IndexLookup.missing(join.inputs(), join.conditions()));
        }
        if (operator instanceof OuterJoin join) {
            return "joined as an inner join, and the rows that gain their first partner or lose their last are told by"
                    + " counting partners" + missing(IndexLookup.missing(join.inputs(), join.conditions()));
        }
        if (operator instanceof MarkJoin join) {
            return "only the rows whose match appears or disappears, told by counting the matches in the delta"
                    + missing(IndexLookup.missing(join.inputs(), join.conditions()));
        }
        if (operator instanceof Lateral) {
            return "called for the rows of the delta, because it makes its rows of one row alone";
        }
        return operator.linear()
                ? "applied to the delta, because it takes each row for itself"
                : "computed within the operator above it";
    }

    private static String missing(List<String> indexes) {
        return indexes.isEmpty() ? "" : "; small deltas read whole tables here, because an index is missing";
    }

    private static String maintained(MaintainedNode node) {
        if (node instanceof StatefulNode aggregate) {
            return aggregate(aggregate);
        }
        if (node instanceof RecursionNode recursion) {
            return recursion.obstacle() == null
                    ? "the rows that the changed rows reach are taken out and put back"
                    : "computed again with every change, because " + recursion.obstacle();
        }
        Operator operator = node.operator();
        if (operator instanceof Top top && top.spare() > 0) {
            return "nothing where all changes sort behind the rows that are kept; else what has come is added to them and what has left is"
                    + " taken out, and the first rows are computed again when none are to spare any more";
        }
        if (operator instanceof Top || operator instanceof Ranked) {
            return "nothing where all changes sort behind the rows that are kept; else the first rows of the partitions"
                    + " that changed are computed again";
        }
        return "the partitions that changed are computed again, because one row can change what the others of its"
                + " partition have";
    }

    private static String aggregate(StatefulNode node) {
        Aggregate aggregate = node.aggregate();
        if (aggregate.keepsRows()) {
            return "what the filter leaves of the table is kept, because a join would read all of it for a few rows";
        }
        if (aggregate.aggregates().isEmpty()) {
            return "the copies of each row are counted, so that the last one that leaves takes the row with it";
        }
        String again = names(node, Accumulator::rescanned);
        String extremes = names(node, Accumulator::extreme);
        StringBuilder text = new StringBuilder(
                again.isEmpty()
                        ? "the delta is added to what is kept of each group"
                        : "the groups that changed are read again, because " + again + " cannot be undone exactly");
        if (!extremes.isEmpty()) {
            text.append("; ").append(extremes).append(" read a group again only when its extreme may have left");
        }
        return text.toString();
    }

    private static String names(StatefulNode node, Predicate<Accumulator> which) {
        return node.layout().accumulators().stream()
                .filter(which)
                .map(accumulator -> name(accumulator.kind(), accumulator.argument()))
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static String name(Accumulator.Kind kind, @Nullable Expression argument) {
        String text = (argument == null) ? "*" : argument.sql(Column::name);
        return switch (kind) {
            case RESCANNED_SUM -> "sum(" + text + ")";
            case RESCANNED_AVG -> "avg(" + text + ")";
            case MIN -> "min(" + text + ")";
            case MAX -> "max(" + text + ")";
            default -> text;
        };
    }

    private static String state(MaintainedNode node) {
        return node.ownTable()
                ? "keeps " + node.state().sqlName() + ", found by " + key(node)
                        + ", because the stream table does not show all of it"
                : "the stream table itself is its state, found by " + key(node);
    }

    private static String key(MaintainedNode node) {
        if (node instanceof StatefulNode aggregate) {
            String keys = columns(aggregate.layout().keys());
            return keys.isEmpty() ? "its one row" : keys;
        }
        if (node instanceof PartitionNode partitioned) {
            String keys = columns(partitioned.operator().partition());
            return keys.isEmpty() ? "all of it, which is one partition" : keys;
        }
        return "the columns that the step joins by";
    }

    private static String columns(List<Column> columns) {
        return columns.stream().map(Column::name).distinct().collect(Collectors.joining(", "));
    }
}
