package io.pgstream.plan.rule;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Filter;
import io.pgstream.plan.FreshCopy;
import io.pgstream.plan.Join;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Join k = p                  Join k = p
 *   Aggregate by k=x            Aggregate by k=x
 *     X                   =>      Join x = p'
 *   Filter f(p)                     X
 *     P                             Filter f(p')
 *                                     P
 *                               Filter f(p)
 *                                 P
 * </pre>
 *
 * <p>Where p is unique in P, so that no row of X is there twice: the groups that the join would drop are not computed, and
 * no state is kept of them. Only for filters that leave little, and where the rows of a group can be looked up, because a
 * row of P that passes the filter from now on brings its group.
 */
final class RestrictAggregates {

    private final ColumnFactory factory;

    RestrictAggregates(ColumnFactory factory) {
        this.factory = factory;
    }

    Operator apply(Operator operator) {
        Operator current =
                operator.withInputs(operator.inputs().stream().map(this::apply).toList());
        if (!(current instanceof Join join)) {
            return current;
        }
        List<Operator> inputs =
                join.inputs().stream().map(input -> restricted(input, join)).toList();
        return join.withInputs(inputs);
    }

    private Operator restricted(Operator input, Join join) {
        if (input instanceof Filter filter) {
            return filter.withInputs(List.of(restricted(filter.input(), join)));
        }
        if (!(input instanceof Aggregate aggregate)) {
            return input;
        }
        for (Operator other : join.inputs()) {
            Operator restriction = restriction(aggregate, other, join.conditions());
            if (restriction != null) {
                return aggregate.withInputs(List.of(restriction));
            }
        }
        return input;
    }

    /** The input of an aggregate joined with a copy of another input, if that leaves the groups that the join needs. */
    private @Nullable Operator restriction(Aggregate aggregate, Operator other, List<Expression> conditions) {
        if (!(other instanceof Filter filter && filter.input() instanceof Scan scan) || !selective(filter)) {
            return null;
        }
        Map<Column, Expression> equal = new HashMap<>();
        for (NamedExpression key : aggregate.keys()) {
            if (key.expression() instanceof ColumnReference source && canLookUp(aggregate.input(), source.column())) {
                equals(key.column(), conditions).stream()
                        .filter(scan.output()::contains)
                        .forEach(column -> equal.putIfAbsent(column, source));
            }
        }
        List<String> names = equal.keySet().stream().map(Column::name).toList();
        if (scan.table().keys().stream().noneMatch(names::containsAll)) {
            return null;
        }
        FreshCopy copy = new FreshCopy(factory);
        Operator copied = copy.of(filter);
        List<Expression> on = new ArrayList<>();
        scan.output().stream()
                .filter(equal::containsKey)
                .forEach(column -> on.add(new Equality(
                        equal.getOrDefault(column, new ColumnReference(column)),
                        new ColumnReference(copy.column(column)))));
        return new Join(List.of(aggregate.input(), copied), on, Join.Order.FREE);
    }

    /** The columns that equalities make equal to a column, one collation for all of them. */
    private static Set<Column> equals(Column start, List<Expression> conditions) {
        Set<Column> equal = new HashSet<>(Set.of(start));
        boolean grown = true;
        while (grown) {
            grown = false;
            for (Expression condition : conditions) {
                if (condition instanceof Equality equality
                        && equality.tellsApart()
                        && equality.left() instanceof ColumnReference left
                        && equality.right() instanceof ColumnReference right
                        && left.column().type().equals(right.column().type())
                        && equal.contains(left.column()) != equal.contains(right.column())) {
                    equal.add(left.column());
                    equal.add(right.column());
                    grown = true;
                }
            }
        }
        return equal;
    }

    private static boolean selective(Filter filter) {
        return filter.conditions().stream()
                .anyMatch(condition -> (condition instanceof Equality equality
                                && (equality.left().columns().isEmpty()
                                        || equality.right().columns().isEmpty()))
                        || (condition instanceof Template template
                                && template.fragments().stream()
                                        .anyMatch(fragment ->
                                                fragment.contains(" ~~ ") || fragment.contains("= ANY ("))));
    }

    private static boolean canLookUp(Operator input, Column column) {
        if (input instanceof Scan scan) {
            return scan.output().contains(column) && scan.table().canProbe(List.of(column.name()));
        }
        return (input instanceof Filter || input instanceof Join)
                && input.inputs().stream().anyMatch(below -> canLookUp(below, column));
    }
}
