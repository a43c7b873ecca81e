package io.pgstream.delta;

import io.pgstream.parse.ClockUse;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Lists;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.Clock;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import io.pgstream.plan.rule.PlanValidator;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The operators of a plan that read the clock, and the rows of their inputs that the time matters to. */
final class Crossings {

    private Crossings() {}

    /** Whether an operator reads the clock itself. Only filters and projections do, see {@link ClockPlacement}. */
    static boolean readsClock(Operator operator) {
        if (operator instanceof Filter filter) {
            return filter.conditions().stream().anyMatch(Clock::readBy);
        }
        return operator instanceof Project project
                && project.items().stream().anyMatch(item -> Clock.readBy(item.expression()));
    }

    static boolean anyReadsClock(Operator operator) {
        return readsClock(operator) || operator.inputs().stream().anyMatch(Crossings::anyReadsClock);
    }

    /** The operators that read the clock. */
    static Set<Operator> all(Operator operator) {
        Set<Operator> result = new LinkedHashSet<>();
        if (readsClock(operator)) {
            result.add(operator);
        }
        operator.inputs().forEach(input -> result.addAll(all(input)));
        return result;
    }

    static Operator crossing(Operator operator, DeltaContext context) {
        return (operator instanceof Filter filter) ? crossing(filter, context) : crossing((Project) operator, context);
    }

    static List<Expression> dynamic(List<Expression> conditions) {
        return conditions.stream().filter(Clock::readBy).toList();
    }

    /** The present rows that come into the output of a filter, or go, because time has passed. */
    static Operator crossing(Filter filter, DeltaContext context) {
        List<Expression> dynamic = dynamic(filter.conditions());
        List<Expression> conditions = new ArrayList<>();
        filter.conditions().stream()
                .filter(condition -> !Clock.readBy(condition))
                .forEach(conditions::add);
        conditions.add(Crossing.condition(dynamic));
        conditions.add(Crossing.flips(dynamic));
        return context.movedByTime(new Filter(conditions, context.present(filter.input())));
    }

    /** The present rows of which a projection may make something else because time has passed. */
    static Operator crossing(Project project, DeltaContext context) {
        List<Expression> items =
                project.items().stream().map(NamedExpression::expression).toList();
        return context.movedByTime(new Filter(List.of(Crossing.condition(items)), context.present(project.input())));
    }

    /** A query that PostgreSQL can type, to see whether it understands the conditions for rows that the time matters to. */
    static Operator asQuery(Operator operator, ColumnFactory factory) {
        NamedExpression one = new NamedExpression(factory.weight(), Template.text("1::bigint"));
        Expression condition = Crossing.condition(PlanValidator.expressions(operator));
        return new Project(
                List.of(one), new Filter(List.of(condition), operator.inputs().get(0)));
    }

    /** Indexes that would find the rows by the values that are compared with the clock. */
    static List<String> missingIndexes(Operator operator) {
        if (!readsClock(operator)) {
            return List.of();
        }
        return PlanValidator.expressions(operator).stream()
                .filter(Clock::readBy)
                .flatMap(expression -> ClockUse.of(expression).boundaries().stream())
                .map(ClockUse.Boundary::side)
                .flatMap(side -> IndexLookup.missing(operator.inputs().get(0), side).stream())
                .toList();
    }

    /** The columns with a weight. */
    static Operator weighted(List<Column> columns, Operator input, Expression value, Column weight) {
        List<NamedExpression> items = new ArrayList<>();
        columns.forEach(column -> items.add(new NamedExpression(column, new ColumnReference(column))));
        return new Project(Lists.append(items, new NamedExpression(weight, value)), input);
    }
}
