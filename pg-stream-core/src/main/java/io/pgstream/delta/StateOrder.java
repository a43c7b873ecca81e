package io.pgstream.delta;

import io.pgstream.plan.Filter;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.PartitionWise;
import io.pgstream.plan.Project;
import io.pgstream.plan.Ranked;
import io.pgstream.plan.SortKey;
import io.pgstream.plan.Top;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.sql.TargetTable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An order in which rows of a state are asked for: the first ones by it, or those in a range. Without an index in that order every change that
 * matters would read all groups to find a few.
 *
 * @param table the state
 * @param keys what an index on it has, over the columns of the state, with the directions
 * @since 0.1.0
 */
public record StateOrder(TargetTable table, List<String> keys) {

    public StateOrder {
        keys = List.copyOf(keys);
    }

    /** All of a plan. */
    static Set<StateOrder> all(Operator root, Map<Operator, MaintainedNode> nodes) {
        Set<StateOrder> result = new LinkedHashSet<>();
        StateOrder order = of(root, nodes);
        if (order != null) {
            result.add(order);
        }
        root.inputs().forEach(input -> result.addAll(all(input, nodes)));
        return result;
    }

    /** The order in which an operator asks for the rows of a state below it; {@code null} if it does not. */
    static @Nullable StateOrder of(Operator operator, Map<Operator, MaintainedNode> nodes) {
        if (operator instanceof Top top && top.partition().isEmpty()) {
            return of(top, top.order(), nodes);
        }
        if (operator instanceof Ranked ranked) {
            return of(ranked, ranked.order(), nodes);
        }
        SingleRowRange range = (operator instanceof MarkJoin join) ? SingleRowRange.of(join) : null;
        return (range == null)
                ? null
                : of(((MarkJoin) operator).left(), List.of(new SortKey(range.column(), "")), nodes);
    }

    private static @Nullable StateOrder of(
            PartitionWise operator, List<SortKey> order, Map<Operator, MaintainedNode> nodes) {
        Stream<SortKey> partition = operator.partition().stream().map(column -> new SortKey(column, ""));
        return of(operator.input(), Stream.concat(partition, order.stream()).toList(), nodes);
    }

    /** @param order the columns of the input by which its rows are asked for */
    static @Nullable StateOrder of(Operator input, List<SortKey> order, Map<Operator, MaintainedNode> nodes) {
        Operator below = input;
        UnaryOperator<Expression> origin = UnaryOperator.identity();
        while (below instanceof Project || below instanceof Filter) {
            if (below instanceof Project project) {
                UnaryOperator<Expression> above = origin;
                origin = expression -> above.apply(expression).substitute(column -> item(project.items(), column));
            }
            below = below.inputs().get(0);
        }
        if (!(nodes.get(below) instanceof StatefulNode node) || !node.ownTable()) {
            return null;
        }
        List<String> keys = new ArrayList<>();
        for (SortKey key : order) {
            // Writing the state would fail by values that are too long for a btree, and by what the query computes only
            // of some groups: 1 / sum(x) HAVING sum(x) <> 0.
            if (key.column().type().unbounded()
                    || !(origin.apply(new ColumnReference(key.column())) instanceof ColumnReference column)) {
                break;
            }
            Expression stored = column.substitute(output -> item(node.layout().outputs(), output));
            keys.add("(" + stored.sql(node.state()::name) + ")" + key.direction());
        }
        return keys.isEmpty() ? null : new StateOrder(node.state(), keys);
    }

    private static Expression item(List<NamedExpression> items, Column column) {
        return items.stream()
                .filter(item -> item.column().equals(column))
                .map(NamedExpression::expression)
                .findFirst()
                .orElse(new ColumnReference(column));
    }
}
