package io.pgstream.plan.rule;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.AggregateCall;
import io.pgstream.plan.AggregateFunction;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.NamedAggregate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Cast;
import io.pgstream.plan.expr.Clock;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.ConstantScale;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Aggregate by k [count(*), count(DISTINCT x) FILTER (WHERE p), sum(DISTINCT y)]
 *   X
 * =>
 * Aggregate by k [count(r), count(a), sum(b)]
 *   UnionAll [k, r, a, b]
 *     Project [k, 1, NULL, NULL]
 *       X
 *     Project [k, NULL, 1 if x is not NULL and n > 0, NULL]
 *       Aggregate by k, x [n = count(*) FILTER (WHERE p)]
 *         X
 *     Project [k, NULL, NULL, y]
 *       Aggregate by k, y
 *         X
 * </pre>
 *
 * <p>Each argument of which different values are taken has a grouping of its own, beside the rows as they are for all other aggregates. A
 * union and not a join by the keys: they can be NULL, and all parts change together. A group is there as long as one of the parts has a
 * row of it, and they all have as long as X has one.
 */
final class SeparateDistinctArguments {

    private static final SqlType INTEGER = new SqlType(23, -1, "integer", "integer", false, true, true);

    private static final Expression ONE = Template.text("1::bigint");

    private final Aggregate aggregate;

    private final ColumnFactory factory;

    /** The values of each item in the union, by item. */
    private final Map<NamedAggregate, Column> values = new LinkedHashMap<>();

    private final Map<NamedAggregate, DistinctCall> distinct = new LinkedHashMap<>();

    private SeparateDistinctArguments(Aggregate aggregate, ColumnFactory factory) {
        this.aggregate = aggregate;
        this.factory = factory;
    }

    /** The aggregate in parts, or {@code null} if it stays as it is. */
    static @Nullable Operator of(Aggregate aggregate, ColumnFactory factory) {
        if (!aggregate.varyingKeys().isEmpty() || readsClock(aggregate)) {
            return null;
        }
        SeparateDistinctArguments rule = new SeparateDistinctArguments(aggregate, factory);
        for (NamedAggregate item : aggregate.aggregates()) {
            DistinctCall call = DistinctCall.of(item.call());
            if (call != null) {
                rule.distinct.put(item, call);
            } else if (!followed(item)) {
                return null;
            }
        }
        return rule.distinct.isEmpty() ? null : rule.separated();
    }

    private static boolean readsClock(Aggregate aggregate) {
        return aggregate.keys().stream().anyMatch(key -> readsClock(key.expression()))
                || aggregate.aggregates().stream()
                        .map(NamedAggregate::call)
                        .anyMatch(call -> readsClock(call.argument()) || readsClock(call.filter()));
    }

    private static boolean readsClock(@Nullable Expression expression) {
        return expression != null && Clock.readBy(expression);
    }

    /** Whether no change makes it necessary to read the group again but the end of its smallest or largest value. */
    private static boolean followed(NamedAggregate item) {
        SqlType type = item.column().type();
        return switch (item.call().function()) {
            case COUNT -> true;
            case MIN, MAX -> type.groupable() && !type.domain();
            case SUM, AVG -> type.isNumeric() || type.equals(ColumnFactory.BIGINT);
            case OPAQUE -> false;
        };
    }

    private Operator separated() {
        aggregate.aggregates().forEach(item -> values.put(item, value(item)));
        List<Column> keys =
                aggregate.keys().stream().map(key -> factory.like(key.column())).toList();
        List<Column> output = new ArrayList<>(keys);
        output.addAll(values.values());
        List<Operator> parts = new ArrayList<>();
        if (distinct.size() < values.size()) {
            parts.add(plainPart());
        }
        distinct.values().stream()
                .map(DistinctCall::argument)
                .distinct()
                .forEach(argument -> parts.add(part(argument)));
        List<NamedExpression> groups = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            groups.add(new NamedExpression(aggregate.keys().get(i).column(), new ColumnReference(keys.get(i))));
        }
        List<NamedAggregate> calls = new ArrayList<>();
        values.forEach((item, column) -> calls.add(new NamedAggregate(
                item.column(), new AggregateCall(function(item), new ColumnReference(column), null))));
        return new Aggregate(groups, calls, new UnionAll(output, parts));
    }

    private AggregateFunction function(NamedAggregate item) {
        DistinctCall call = distinct.get(item);
        return (call == null) ? item.call().function() : call.function();
    }

    /** The column of the union that an item is taken of; NULL in all parts but one. */
    private Column value(NamedAggregate item) {
        if (function(item) == AggregateFunction.COUNT) {
            return factory.create(item.column().name(), ColumnFactory.BIGINT, true, 0);
        }
        Expression argument = argument(item);
        Integer scale = (argument == null) ? null : ConstantScale.of(argument);
        return factory.create(item.column().name(), type(item), true, scale);
    }

    private @Nullable Expression argument(NamedAggregate item) {
        DistinctCall call = distinct.get(item);
        return (call == null) ? item.call().argument() : call.argument();
    }

    /** A type of the values of which the function has the same result; that of an expression nobody has told. */
    private SqlType type(NamedAggregate item) {
        if (argument(item) instanceof ColumnReference reference
                && !reference.column().type().domain()) {
            return reference.column().type();
        }
        AggregateFunction function = function(item);
        boolean extreme = function == AggregateFunction.MIN || function == AggregateFunction.MAX;
        SqlType result = item.column().type();
        // Of smallint and integer the sum is a bigint.
        return (!extreme && result.equals(ColumnFactory.BIGINT)) ? INTEGER : result;
    }

    /** The rows as they are, for what is not taken of different values. */
    private Operator plainPart() {
        List<NamedExpression> items = new ArrayList<>();
        aggregate.keys().forEach(key -> items.add(new NamedExpression(factory.like(key.column()), key.expression())));
        values.forEach((item, column) -> items.add(
                new NamedExpression(factory.like(column), distinct.containsKey(item) ? nothing(column) : plain(item))));
        return new Project(items, aggregate.input());
    }

    private Expression plain(NamedAggregate item) {
        Expression filter = item.call().filter();
        Expression argument = item.call().argument();
        if (argument == null) {
            return only(filter == null ? List.of() : List.of(filter), ONE);
        }
        if (item.call().function() == AggregateFunction.COUNT) {
            Expression present = present(argument);
            return only(filter == null ? List.of(present) : List.of(filter, present), ONE);
        }
        SqlType type = type(item);
        Expression value = (argument instanceof ColumnReference reference
                        && reference.column().type().equals(type))
                ? argument
                : new Cast(argument, type.text());
        return only(filter == null ? List.of() : List.of(filter), value);
    }

    /** The different values of an argument in each group. */
    private Operator part(ColumnReference argument) {
        List<NamedExpression> keys = new ArrayList<>();
        List<NamedExpression> items = new ArrayList<>();
        for (NamedExpression key : aggregate.keys()) {
            Column inner = factory.like(key.column());
            keys.add(new NamedExpression(inner, key.expression()));
            items.add(new NamedExpression(factory.like(inner), new ColumnReference(inner)));
        }
        Column value = factory.like(argument.column());
        keys.add(new NamedExpression(value, argument));
        Map<Expression, NamedAggregate> filters = new LinkedHashMap<>();
        values.forEach((item, column) -> {
            DistinctCall call = distinct.get(item);
            Expression expression = (call != null && call.argument().equals(argument))
                    ? ofValue(call, new ColumnReference(value), filters)
                    : nothing(column);
            items.add(new NamedExpression(factory.like(column), expression));
        });
        return new Project(items, new Aggregate(keys, List.copyOf(filters.values()), aggregate.input()));
    }

    /** What a value counts for. */
    private Expression ofValue(DistinctCall call, ColumnReference value, Map<Expression, NamedAggregate> filters) {
        List<Expression> conditions = new ArrayList<>();
        Expression filter = call.filter();
        if (filter != null) {
            NamedAggregate rows = filters.computeIfAbsent(
                    filter,
                    condition -> new NamedAggregate(
                            factory.create("rows", ColumnFactory.BIGINT, false, 0),
                            new AggregateCall(AggregateFunction.COUNT, null, condition)));
            conditions.add(new Template(List.of("", " > 0"), List.of(new ColumnReference(rows.column()))));
        }
        boolean counts = call.function() == AggregateFunction.COUNT;
        if (counts && value.column().nullable()) {
            conditions.add(present(value));
        }
        return only(conditions, counts ? ONE : value);
    }

    /** A row of NULLs is a value, too. */
    private static Expression present(Expression value) {
        return new Template(List.of("", " IS DISTINCT FROM NULL"), List.of(value));
    }

    /** A value where all of the conditions hold, and NULL elsewhere. */
    private static Expression only(List<Expression> conditions, Expression value) {
        if (conditions.isEmpty()) {
            return value;
        }
        List<String> fragments = new ArrayList<>(List.of("CASE WHEN "));
        for (int i = 1; i < conditions.size(); i++) {
            fragments.add(" AND ");
        }
        fragments.add(" THEN ");
        fragments.add(" END");
        List<Expression> operands = new ArrayList<>(conditions);
        operands.add(value);
        return new Template(fragments, operands);
    }

    private static Expression nothing(Column column) {
        return Cast.nothing(column.type());
    }
}
