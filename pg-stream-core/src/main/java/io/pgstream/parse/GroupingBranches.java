package io.pgstream.parse;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.NamedAggregate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Cast;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.NumericLiteral;
import io.pgstream.plan.expr.SqlType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Grouping sets as a union of plain groupings: a key that is not in a set is NULL, and GROUPING() a constant. The empty
 * set has its one row also over no rows at all.
 */
final class GroupingBranches {

    private static final SqlType INTEGER = new SqlType(23, -1, "integer", "integer", false, true, true);

    private final ColumnFactory factory;

    private final Totals totals;

    GroupingBranches(ColumnFactory factory, Totals totals) {
        this.factory = factory;
        this.totals = totals;
    }

    /**
     * What the empty set is of a correlated subquery: groups by the domain alone, one for each of its rows.
     *
     * @param keys the columns of the domain among the keys; none where there is no domain
     * @param filler what adds the groups that are empty
     */
    record Totals(List<Column> keys, @Nullable EmptyGroups filler) {

        /** The groups of one set, with those that are empty if it is the empty set. */
        Operator filled(Set<Column> set, Map<Column, Column> own, Aggregate groups, Map<Column, Column> typed) {
            if (filler == null || !set.equals(Set.copyOf(keys))) {
                return groups;
            }
            return filler.filled(groups, keys.stream().map(own::get).toList(), typed);
        }
    }

    /**
     * The union.
     *
     * @param all the aggregate by all keys
     * @param sets for each branch the columns of {@code all} that are its keys
     * @param groupings the columns of the calls of GROUPING(), with their arguments
     * @param typed receives what the columns have become
     */
    Operator union(
            Aggregate all, List<Set<Column>> sets, Map<Column, List<Column>> groupings, Map<Column, Column> typed) {
        List<Column> output = new ArrayList<>();
        for (NamedExpression key : all.keys()) {
            Column column = key.column();
            output.add(new Column(column.id(), column.name(), column.type(), true, column.scale()));
        }
        for (NamedAggregate call : all.aggregates()) {
            output.add(call.column());
        }
        groupings.forEach((column, keys) -> output.add(new Column(column.id(), column.name(), INTEGER, false, 0)));
        output.forEach(column -> typed.put(column, column));
        return new UnionAll(
                output, sets.stream().map(set -> branch(all, set, groupings)).toList());
    }

    private Operator branch(Aggregate all, Set<Column> set, Map<Column, List<Column>> groupings) {
        Map<Column, Column> own = new LinkedHashMap<>();
        List<NamedExpression> keys = new ArrayList<>();
        for (NamedExpression key : all.keys()) {
            own.put(key.column(), grouped(key));
            if (set.contains(key.column())) {
                keys.add(new NamedExpression(own.get(key.column()), key.expression()));
            }
        }
        List<NamedAggregate> calls = all.aggregates().stream()
                .map(call -> new NamedAggregate(factory.like(call.column()), call.call()))
                .toList();
        Map<Column, Column> typed = new HashMap<>();
        Operator groups = totals.filled(set, own, new Aggregate(keys, calls, all.input()), typed);
        List<NamedExpression> items = new ArrayList<>();
        own.forEach((key, column) -> items.add(
                set.contains(key)
                        ? item(typed.getOrDefault(column, column))
                        : item(column, Cast.nothing(column.type()))));
        calls.forEach(call -> items.add(item(typed.getOrDefault(call.column(), call.column()))));
        groupings.forEach((column, arguments) -> items.add(new NamedExpression(
                factory.create("grouping", INTEGER, false, 0), new NumericLiteral(mask(arguments, set)))));
        return new Project(items, groups);
    }

    /** The key where it is grouped by: it is NULL only if what it is can be. */
    private Column grouped(NamedExpression key) {
        Column column = key.column();
        boolean nullable = (key.expression() instanceof ColumnReference reference)
                ? reference.column().nullable()
                : column.nullable();
        return factory.create(column.name(), column.type(), nullable, column.scale());
    }

    private NamedExpression item(Column column) {
        return item(column, new ColumnReference(column));
    }

    private NamedExpression item(Column column, Expression expression) {
        boolean nullable = !(expression instanceof ColumnReference) || column.nullable();
        return new NamedExpression(factory.create(column.name(), column.type(), nullable, column.scale()), expression);
    }

    /** GROUPING(): a bit for each argument, the last one the lowest, set where it is not grouped by. */
    private static String mask(List<Column> arguments, Set<Column> set) {
        long mask = 0;
        for (Column argument : arguments) {
            mask = 2 * mask + (set.contains(argument) ? 0 : 1);
        }
        return Long.toString(mask);
    }
}
