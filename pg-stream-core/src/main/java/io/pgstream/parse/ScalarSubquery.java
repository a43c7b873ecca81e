package io.pgstream.parse;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.AggregateCall;
import io.pgstream.plan.AggregateFunction;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.NamedAggregate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Cast;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.ConstantScale;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import org.jspecify.annotations.Nullable;

/**
 * A subquery as a value. Over an aggregate it becomes a join with its one row, or, where it is correlated by equalities, a
 * left join with the aggregate grouped by the inner sides: a row without a partner sees what the aggregate is over no
 * rows. Without an aggregate it must be a lookup by a key, because a second row would be an error.
 */
final class ScalarSubquery {

    /** Those that are NULL over no rows. */
    private static final Set<AggregateFunction> NULL_OVER_NOTHING =
            Set.of(AggregateFunction.SUM, AggregateFunction.AVG, AggregateFunction.MIN, AggregateFunction.MAX);

    private final Subqueries around;

    private final ParserInput input;

    private final ColumnFactory factory;

    private final Map<String, Select> queries;

    ScalarSubquery(Subqueries around, ParserInput input, ColumnFactory factory, Map<String, Select> queries) {
        this.around = around;
        this.input = input;
        this.factory = factory;
        this.queries = queries;
    }

    Expression value(Select select) {
        PlainSelect plain = OpenSubquery.plain(select);
        if (plain != null) {
            around.selects().dropLimit(plain);
        }
        if (plain == null
                || OpenSubquery.sliced(plain, false)
                || plain.getDistinct() != null
                || plain.getGroupBy() != null
                || plain.getSelectItems().size() != 1) {
            throw several();
        }
        OpenBlock open =
                OpenBlock.of(plain, around.selects(), input, factory, queries, around.binding()::visibleInside);
        if (around.selects().isOneRowPerRow(plain)) {
            return lookedUp(plain, open);
        }
        return aggregated(plain, open);
    }

    private static UnsupportedConstructException several() {
        return new UnsupportedConstructException(
                "it has a subquery as a value that is neither an aggregate without GROUP BY nor a lookup by a key",
                "Select an aggregate such as max(...) in it, or join in FROM.");
    }

    private Expression lookedUp(PlainSelect plain, OpenBlock open) {
        ColumnBinding binding = open.binding();
        if (!atMostOne(open)) {
            throw several();
        }
        Expression value = new ExpressionParser(binding)
                .expression(plain.getSelectItems().get(0).getExpression());
        Operator rows = open.source(open.own());
        if (value instanceof ColumnReference reference && rows.output().contains(reference.column())) {
            around.value(rows, open.correlated(), true);
            return new ColumnReference(OuterJoin.nullable(reference.column()));
        }
        if (binding.readsOuter(value)) {
            throw new UnsupportedConstructException(
                    "it has a subquery as a value that computes with columns of the query around it",
                    "Compute outside of the subquery.");
        }
        List<NamedExpression> items = new ArrayList<>();
        rows.output().forEach(column -> items.add(new NamedExpression(column, new ColumnReference(column))));
        NamedExpression untyped =
                new NamedExpression(factory.create("value", ColumnBinding.UNKNOWN, true, null), value);
        SqlType type = input.types(new Project(List.of(untyped), rows)).get(0);
        Column column = new Column(untyped.column().id(), "value", type, true, ConstantScale.of(value));
        items.add(new NamedExpression(column, value));
        around.value(new Project(items, rows), open.correlated(), true);
        return new ColumnReference(column);
    }

    /** Whether equalities with something that is fixed bind all columns of a key. */
    static boolean atMostOne(OpenBlock open) {
        List<Operator> inputs = open.from().inputs().stream()
                .filter(input -> open.domain().isEmpty() || !input.output().equals(open.domain()))
                .toList();
        if (inputs.size() != 1 || !(inputs.get(0) instanceof Scan scan)) {
            return false;
        }
        Set<Column> columns = new HashSet<>(scan.output());
        Set<String> bound = new HashSet<>();
        for (Expression condition : open.from().conditions()) {
            if (condition instanceof Equality equality && equality.tellsApart()) {
                addBound(equality.left(), equality.right(), columns, bound);
                addBound(equality.right(), equality.left(), columns, bound);
            }
        }
        return scan.table().keys().stream().anyMatch(bound::containsAll);
    }

    private static void addBound(Expression side, Expression other, Set<Column> columns, Set<String> bound) {
        if (side instanceof ColumnReference reference
                && columns.contains(reference.column())
                && other.columns().stream().noneMatch(columns::contains)) {
            bound.add(reference.column().name());
        }
    }

    private Expression aggregated(PlainSelect plain, OpenBlock open) {
        ColumnBinding above = open.binding().above(Map.of(), Map.of(), null);
        ExpressionParser parser = new ExpressionParser(above);
        Expression value = parser.expression(plain.getSelectItems().get(0).getExpression());
        List<Expression> having = parser.conjuncts(plain.getHaving());
        Map<Column, Expression> keys = new LinkedHashMap<>();
        List<Expression> conditions = new ArrayList<>();
        List<Expression> own = new ArrayList<>(open.own());
        for (Expression condition : open.correlated()) {
            Equality equality = oriented(condition, open.binding());
            Expression inner = equality.left();
            own.add(new Template(List.of("", " IS DISTINCT FROM NULL"), List.of(inner)));
            Column key = factory.create("key", ColumnBinding.UNKNOWN, true, null);
            keys.put(key, notNull(inner));
            conditions.add(new Equality(new ColumnReference(key), equality.right()));
        }
        if (!above.keyColumns().isEmpty()) {
            throw several();
        }
        Map<Column, Column> typed = new HashMap<>();
        Aggregate aggregate = around.selects().aggregate(keys, above.aggregates(), open.source(own), typed);
        boolean correlated = !keys.isEmpty();
        around.value(aggregate, retyped(conditions, typed), correlated);
        return result(value, having, aggregate, typed, correlated);
    }

    private static List<Expression> retyped(List<Expression> conditions, Map<Column, Column> typed) {
        return conditions.stream()
                .map(condition ->
                        condition.substitute(column -> new ColumnReference(typed.getOrDefault(column, column))))
                .toList();
    }

    private static Expression result(
            Expression value,
            List<Expression> having,
            Aggregate aggregate,
            Map<Column, Column> typed,
            boolean correlated) {
        Map<Column, Expression> replacements = new HashMap<>();
        for (NamedAggregate item : aggregate.aggregates()) {
            replacements.put(
                    item.column(),
                    correlated ? orEmpty(item, aggregate.output().get(0)) : new ColumnReference(item.column()));
        }
        typed.keySet().forEach(column -> replacements.putIfAbsent(column, new ColumnReference(column)));
        Expression result = value.substitute(column -> replacements.getOrDefault(column, new ColumnReference(column)));
        if (having.isEmpty()) {
            return result;
        }
        List<Expression> conditions = having.stream()
                .map(condition ->
                        condition.substitute(column -> replacements.getOrDefault(column, new ColumnReference(column))))
                .toList();
        return new Template(List.of("CASE WHEN ", " THEN ", " END"), List.of(Subqueries.and(conditions), result));
    }

    /**
     * What the aggregate is for a row without a group. A count of nothing is 0, and what has the values of its argument is
     * NULL; any other aggregate is asked by running it over nothing.
     *
     * @param key a column of the groups that is never NULL in one
     */
    static Expression orEmpty(NamedAggregate item, Column key) {
        Expression column = new ColumnReference(OuterJoin.nullable(item.column()));
        AggregateCall call = item.call();
        if (call.function() == AggregateFunction.COUNT) {
            return new Template(List.of("COALESCE(", ", 0)"), List.of(column));
        }
        if (NULL_OVER_NOTHING.contains(call.function())) {
            return column;
        }
        AggregateCall nothing =
                new AggregateCall(call.function(), withoutColumns(call.argument()), withoutColumns(call.filter()));
        return new Template(
                List.of(
                        "CASE WHEN ",
                        " IS DISTINCT FROM NULL THEN ",
                        " ELSE (SELECT " + nothing.sql(Column::sqlName) + " WHERE false) END"),
                List.of(new ColumnReference(OuterJoin.nullable(key)), column));
    }

    private static @Nullable Expression withoutColumns(@Nullable Expression expression) {
        return (expression == null) ? null : expression.substitute(column -> Cast.nothing(column.type()));
    }

    private static Expression notNull(Expression expression) {
        if (expression instanceof ColumnReference reference) {
            Column column = reference.column();
            return new ColumnReference(new Column(column.id(), column.name(), column.type(), false, column.scale()));
        }
        return expression;
    }

    /** The equality with the side of the subquery on the left. */
    private static Equality oriented(Expression condition, ColumnBinding binding) {
        if (condition instanceof Equality equality && equality.tellsApart()) {
            if (inside(equality.left(), binding) && outside(equality.right(), binding)) {
                return equality;
            }
            if (inside(equality.right(), binding) && outside(equality.left(), binding)) {
                return new Equality(equality.right(), equality.left());
            }
        }
        throw new UnsupportedConstructException(
                "it has a subquery as a value that is correlated by something else than an equality",
                "Correlate it by equalities, under one collation, between a column of it and one of the query around it.");
    }

    private static boolean inside(Expression side, ColumnBinding binding) {
        return !side.columns().isEmpty() && !binding.readsOuter(side);
    }

    private static boolean outside(Expression side, ColumnBinding binding) {
        return !side.columns().isEmpty() && side.columns().stream().allMatch(binding::isOuter);
    }
}
