package io.pgstream.plan.rule;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.AggregateCall;
import io.pgstream.plan.AggregateFunction;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.NamedAggregate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.Relation;
import io.pgstream.plan.Scan;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Cast;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Aggregate by k(X) [f(y), max(x)]         Aggregate by k [f(y), max(x)]
 *   LeftJoin on c                     =>     UnionAll
 *     X                                        Project [X, NULLs]
 *     Y                                          X
 *                                              Project [X, Y]
 *                                                Join on c
 *                                                  X
 *                                                  Y
 * </pre>
 *
 * <p>Where all that is aggregated is NULL for a row without a partner, and what is NULL does not count: it makes no difference then whether such a
 * row is there once more. All rows of X are put beside the pairs, so that a group is there as long as X has a row of it, and no row must be
 * followed that finds its first partner or loses its last one. What else may be aggregated is the smallest or largest of X alone, for which it makes
 * no difference how often a value is there. Of X, the rows beside the pairs need no left joins that say nothing of the groups.
 */
final class SeparateLeftRows {

    private final ColumnFactory factory;

    SeparateLeftRows(ColumnFactory factory) {
        this.factory = factory;
    }

    Operator apply(Operator operator) {
        Operator current =
                operator.withInputs(operator.inputs().stream().map(this::apply).toList());
        if (!(current instanceof Aggregate aggregate)
                || !(aggregate.input() instanceof OuterJoin join)
                || join.full()) {
            return current;
        }
        Set<Column> needed = needed(aggregate, join);
        if (needed == null) {
            return current;
        }
        Operator rows = join.left();
        while (rows instanceof OuterJoin below
                && !below.full()
                && new HashSet<>(below.left().output()).containsAll(needed)) {
            rows = below.left();
        }
        return simple(rows) ? separated(aggregate, join, rows) : current;
    }

    /** The columns of the left side that the groups and their rows beside the pairs need, or {@code null} if something stands against it. */
    private static @Nullable Set<Column> needed(Aggregate aggregate, OuterJoin join) {
        Set<Column> needed = new HashSet<>();
        aggregate.keys().forEach(key -> needed.addAll(key.expression().columns()));
        for (NamedAggregate item : aggregate.aggregates()) {
            if (!nothingAlone(item.call(), join.right().output())) {
                if (!extreme(item.call())) {
                    return null;
                }
                needed.addAll(columns(item.call().argument()));
                needed.addAll(columns(item.call().filter()));
            }
        }
        return new HashSet<>(join.left().output()).containsAll(needed) ? needed : null;
    }

    /** Whether a row does not count where some columns are NULL. */
    private static boolean nothingAlone(AggregateCall call, List<Column> columns) {
        DistinctCall distinct = DistinctCall.of(call);
        if (distinct != null) {
            return NullRejection.nullWith(distinct.argument(), columns);
        }
        Expression argument = call.argument();
        Expression filter = call.filter();
        return call.function() != AggregateFunction.OPAQUE
                && ((argument != null && NullRejection.nullWith(argument, columns))
                        || (filter != null && NullRejection.rejects(filter, columns)));
    }

    private static boolean extreme(AggregateCall call) {
        return call.function() == AggregateFunction.MIN || call.function() == AggregateFunction.MAX;
    }

    private static Set<Column> columns(@Nullable Expression expression) {
        return (expression == null) ? Set.of() : expression.columns();
    }

    /** Of a join, the changes would be computed twice. */
    private static boolean simple(Operator operator) {
        return operator instanceof Scan
                || operator instanceof Relation
                || operator instanceof Aggregate
                || ((operator instanceof Filter || operator instanceof Project)
                        && simple(operator.inputs().get(0)));
    }

    private Operator separated(Aggregate aggregate, OuterJoin join, Operator rows) {
        Map<Column, Column> columns = new HashMap<>();
        List<Column> output = new ArrayList<>();
        List<NamedExpression> alone = new ArrayList<>();
        List<NamedExpression> pairs = new ArrayList<>();
        for (Column column : join.output()) {
            boolean present = rows.output().contains(column);
            Column merged = present ? factory.like(column) : OuterJoin.nullable(factory.like(column));
            columns.put(column, merged);
            output.add(merged);
            alone.add(new NamedExpression(
                    factory.like(merged), present ? new ColumnReference(column) : Cast.nothing(column.type())));
            pairs.add(new NamedExpression(factory.like(column), new ColumnReference(column)));
        }
        Function<Column, Expression> union = column -> new ColumnReference(columns.getOrDefault(column, column));
        Operator joined = new Join(List.of(join.left(), join.right()), join.conditions(), Join.Order.FREE);
        return new Aggregate(
                aggregate.keys().stream()
                        .map(key -> new NamedExpression(
                                key.column(), key.expression().substitute(union)))
                        .toList(),
                aggregate.aggregates().stream()
                        .map(item ->
                                new NamedAggregate(item.column(), item.call().substitute(union)))
                        .toList(),
                new UnionAll(output, List.of(new Project(alone, rows), new Project(pairs, joined))));
    }
}
