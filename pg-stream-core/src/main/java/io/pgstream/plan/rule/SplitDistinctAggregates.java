package io.pgstream.plan.rule;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.AggregateCall;
import io.pgstream.plan.AggregateFunction;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.NamedAggregate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Aggregate by k [count(DISTINCT x), sum(y)]      Aggregate by k [count(x), sum(s)]
 *   X                                         =>    Aggregate by k, x [s = sum(y)]
 *                                                     X
 * </pre>
 *
 * <p>What cannot be followed in one step, because a value that leaves may be there once more, can in two. Only beside
 * aggregates that can be taken of their own results; others, and several arguments, by {@link SeparateDistinctArguments}.
 */
final class SplitDistinctAggregates {

    private static final List<String> COUNT_DISTINCT = List.of("count(DISTINCT ", ")");

    private final ColumnFactory factory;

    SplitDistinctAggregates(ColumnFactory factory) {
        this.factory = factory;
    }

    Operator apply(Operator operator) {
        Operator current =
                operator.withInputs(operator.inputs().stream().map(this::apply).toList());
        if (!(current instanceof Aggregate aggregate)) {
            return current;
        }
        ColumnReference argument = argument(aggregate);
        if (argument != null) {
            return split(aggregate, argument);
        }
        Operator separated = SeparateDistinctArguments.of(aggregate, factory);
        return (separated == null) ? current : separated;
    }

    /** The one argument whose different values are counted, or {@code null} if the aggregate stays as it is. */
    private static @Nullable ColumnReference argument(Aggregate aggregate) {
        ColumnReference argument = null;
        for (NamedAggregate item : aggregate.aggregates()) {
            ColumnReference counted = counted(item.call());
            if (counted == null) {
                if (!additive(item)) {
                    return null;
                }
            } else if (argument != null && !argument.equals(counted)) {
                return null;
            } else {
                argument = counted;
            }
        }
        return argument;
    }

    private static @Nullable ColumnReference counted(AggregateCall call) {
        return (call.function() == AggregateFunction.OPAQUE
                        && call.argument() instanceof Template template
                        && template.fragments().equals(COUNT_DISTINCT)
                        && template.operands().get(0) instanceof ColumnReference reference
                        && reference.column().type().groupable())
                ? reference
                : null;
    }

    /** Sums of floating-point numbers depend on the order in which they are added. */
    private static boolean additive(NamedAggregate item) {
        return switch (item.call().function()) {
            case COUNT, MIN, MAX -> true;
            case SUM -> item.column().type().isNumeric() || item.column().type().equals(ColumnFactory.BIGINT);
            case AVG, OPAQUE -> false;
        };
    }

    private Operator split(Aggregate aggregate, ColumnReference argument) {
        List<NamedExpression> innerKeys = new ArrayList<>();
        List<NamedExpression> keys = new ArrayList<>();
        List<NamedExpression> items = new ArrayList<>();
        for (NamedExpression key : aggregate.keys()) {
            Column inner = factory.like(key.column());
            Column outer = factory.like(key.column());
            innerKeys.add(new NamedExpression(inner, key.expression()));
            keys.add(new NamedExpression(outer, new ColumnReference(inner)));
            items.add(new NamedExpression(key.column(), new ColumnReference(outer)));
        }
        Column value = factory.like(argument.column());
        innerKeys.add(new NamedExpression(value, argument));
        List<NamedAggregate> innerCalls = new ArrayList<>();
        List<NamedAggregate> calls = new ArrayList<>();
        for (NamedAggregate item : aggregate.aggregates()) {
            items.add(new NamedExpression(item.column(), item(item, value, innerCalls, calls)));
        }
        Operator inner = new Aggregate(innerKeys, innerCalls, aggregate.input());
        return new Project(items, new Aggregate(keys, calls, inner));
    }

    private Expression item(
            NamedAggregate item, Column value, List<NamedAggregate> innerCalls, List<NamedAggregate> calls) {
        if (item.call().function() == AggregateFunction.OPAQUE) {
            Column count = factory.like(item.column());
            calls.add(new NamedAggregate(
                    count, new AggregateCall(AggregateFunction.COUNT, new ColumnReference(value), null)));
            return new ColumnReference(count);
        }
        Column part = factory.like(item.column());
        innerCalls.add(new NamedAggregate(part, item.call()));
        AggregateFunction function = item.call().function();
        if (function == AggregateFunction.MIN || function == AggregateFunction.MAX) {
            Column whole = factory.like(item.column());
            calls.add(new NamedAggregate(whole, new AggregateCall(function, new ColumnReference(part), null)));
            return new ColumnReference(whole);
        }
        // The sum of bigints is a numeric.
        Column whole = factory.create(
                item.column().name(), ColumnFactory.NUMERIC, true, item.column().scale());
        calls.add(new NamedAggregate(whole, new AggregateCall(AggregateFunction.SUM, new ColumnReference(part), null)));
        if (item.column().type().isNumeric()) {
            return new ColumnReference(whole);
        }
        return (function == AggregateFunction.COUNT)
                ? new Template(List.of("coalesce(", ", 0)::bigint"), List.of(new ColumnReference(whole)))
                : new Template(List.of("", "::bigint"), List.of(new ColumnReference(whole)));
    }
}
