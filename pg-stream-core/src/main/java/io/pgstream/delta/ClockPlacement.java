package io.pgstream.delta;

import io.pgstream.parse.ClockParts;
import io.pgstream.parse.ClockUse;
import io.pgstream.parse.UnsupportedConstructException;
import io.pgstream.plan.Aggregate;
import io.pgstream.plan.AggregateCall;
import io.pgstream.plan.AggregateFunction;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lateral;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedAggregate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.Recursion;
import io.pgstream.plan.Window;
import io.pgstream.plan.expr.Clock;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.ConstantScale;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.plan.rule.PlanValidator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Moves what reads the clock into filters and projections, whose deltas know of the time; every other operator then has no
 * clock of its own. Conditions of an inner join become a filter above it; what an aggregate, a window function, the condition of
 * another join or an argument of a function in FROM computes from one input becomes a column of a projection below.
 *
 * <pre>
 * Aggregate count(*) FILTER (WHERE x &gt; clock)      Aggregate count(*) FILTER (WHERE c)
 *   X                                          =&gt;    Project X, c = (x &gt; clock)
 *                                                      X
 * </pre>
 */
final class ClockPlacement {

    private final Function<Operator, List<SqlType>> types;

    private final ColumnFactory factory;

    ClockPlacement(Function<Operator, List<SqlType>> types, ColumnFactory factory) {
        this.types = types;
        this.factory = factory;
    }

    /** The tree with the clock in filters and projections only. */
    Operator placed(Operator operator) {
        Operator result =
                operator.withInputs(operator.inputs().stream().map(this::placed).toList());
        if (result instanceof Recursion && Crossings.anyReadsClock(result)) {
            throw unsupported("in a recursion");
        }
        if (PlanValidator.expressions(result).stream().noneMatch(Clock::readBy)) {
            return result;
        }
        if (result instanceof Filter) {
            return result;
        }
        if (result instanceof Project project) {
            return checked(project);
        }
        if (result instanceof Join join) {
            List<Expression> dynamic = Crossings.dynamic(join.conditions());
            List<Expression> rest = new ArrayList<>(join.conditions());
            rest.removeAll(dynamic);
            return new Filter(dynamic, new Join(join.inputs(), rest, join.order()));
        }
        if (result instanceof Aggregate aggregate) {
            return aggregate(aggregate);
        }
        if (result instanceof OuterJoin join) {
            Sides sides = new Sides(join.left(), join.right());
            List<Expression> conditions = sides.without(join.conditions());
            return new OuterJoin(sides.left(), sides.right(), conditions, join.full());
        }
        if (result instanceof MarkJoin join) {
            Sides sides = new Sides(join.left(), join.right());
            List<Expression> conditions = sides.without(join.conditions());
            return new MarkJoin(sides.left(), sides.right(), conditions, join.mark(), join.beyond(), join.order());
        }
        if (result instanceof Lateral lateral
                && (lateral.outer() == null || lateral.outer().stream().noneMatch(Clock::readBy))) {
            return lateral(lateral);
        }
        if (result instanceof Window window) {
            return window(window);
        }
        throw unsupported("in a condition of a left join with a function in FROM or the like");
    }

    private static UnsupportedConstructException unsupported(String where) {
        return new UnsupportedConstructException(
                "it reads the clock " + where,
                "Compare a column with the clock in WHERE, or compute that in a query over the stream table.");
    }

    /** A value that changes with every refresh changes every row of the result: running the query is not worse. */
    private static Project checked(Project project) {
        for (NamedExpression item : project.items()) {
            if (Clock.readBy(item.expression())
                    && ClockUse.of(item.expression()).values().stream().anyMatch(ClockPlacement::everMoving)) {
                throw unsupported("for a value of each row, which changes with every refresh");
            }
        }
        return project;
    }

    private static boolean everMoving(Expression value) {
        String text = value.toString();
        return !text.contains("::date") && !text.contains("date_trunc(") && !text.contains("to_char(");
    }

    /** The arguments of a function in FROM are computed below it. */
    private Operator lateral(Lateral lateral) {
        Hoist hoist = new Hoist(lateral.input());
        Expression source = lateral.source()
                .withOperands(
                        lateral.source().operands().stream().map(hoist::hoisted).toList());
        return lateral.over(hoist.input(), source, lateral.outer());
    }

    private Operator window(Window window) {
        Hoist hoist = new Hoist(window.input());
        List<NamedExpression> functions = window.functions().stream()
                .map(call -> new NamedExpression(call.column(), ClockParts.below(call.expression(), hoist::column)))
                .toList();
        return new Window(functions, window.partition(), hoist.input());
    }

    private Operator aggregate(Aggregate aggregate) {
        Hoist hoist = new Hoist(aggregate.input());
        List<NamedExpression> keys = aggregate.keys().stream()
                .map(key -> new NamedExpression(key.column(), hoist.hoisted(key.expression())))
                .toList();
        List<NamedAggregate> aggregates = new ArrayList<>();
        for (NamedAggregate item : aggregate.aggregates()) {
            AggregateCall call = item.call();
            Expression argument = call.argument();
            Expression placed = (call.function() == AggregateFunction.OPAQUE && argument != null)
                    ? ClockParts.below(argument, hoist::column)
                    : hoist.ifAny(argument);
            aggregates.add(new NamedAggregate(
                    item.column(), new AggregateCall(call.function(), placed, hoist.ifAny(call.filter()))));
        }
        return new Aggregate(keys, aggregates, hoist.input());
    }

    /** The inputs of a join, with columns for what the conditions compute from one of them and the clock. */
    private final class Sides {

        private final Hoist left;

        private final Hoist right;

        Sides(Operator left, Operator right) {
            this.left = new Hoist(left);
            this.right = new Hoist(right);
        }

        List<Expression> without(List<Expression> conditions) {
            return conditions.stream().map(this::without).toList();
        }

        private Expression without(Expression condition) {
            if (!Clock.readBy(condition)) {
                return condition;
            }
            if (left.covers(condition)) {
                return left.hoisted(condition);
            }
            if (right.covers(condition)) {
                return right.hoisted(condition);
            }
            throw unsupported("in a condition over both sides of an outer join or a subquery");
        }

        Operator left() {
            return left.input();
        }

        Operator right() {
            return right.input();
        }
    }

    /** An input that gets columns more. */
    private final class Hoist {

        private final Operator input;

        private final List<NamedExpression> items = new ArrayList<>();

        Hoist(Operator input) {
            this.input = input;
        }

        boolean covers(Expression expression) {
            Set<Column> reach = new HashSet<>(input.output());
            return reach.containsAll(expression.columns());
        }

        @Nullable
        Expression ifAny(@Nullable Expression expression) {
            return (expression == null) ? null : hoisted(expression);
        }

        Expression hoisted(Expression expression) {
            return Clock.readBy(expression) ? new ColumnReference(column(expression)) : expression;
        }

        Column column(Expression expression) {
            for (NamedExpression item : items) {
                if (item.expression().equals(expression)) {
                    return item.column();
                }
            }
            SqlType type = types.apply(new Project(List.of(new NamedExpression(factory.weight(), expression)), input))
                    .get(0);
            Column column = factory.create("at_clock", type, true, ConstantScale.of(expression));
            items.add(new NamedExpression(column, expression));
            return column;
        }

        Operator input() {
            if (items.isEmpty()) {
                return input;
            }
            List<NamedExpression> all = new ArrayList<>();
            input.output().forEach(column -> all.add(new NamedExpression(column, new ColumnReference(column))));
            all.addAll(items);
            return checked(new Project(all, input));
        }
    }
}
