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
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Grouping sets as a union of plain groupings: a key that is not in a set is NULL, and GROUPING() a constant. The empty
 * set has its one row also over no rows at all.
 */
final class GroupingBranches {

    private static final SqlType INTEGER = new SqlType(23, -1, "integer", "integer", false, true, true);

    private final ColumnFactory factory;

    GroupingBranches(ColumnFactory factory) {
        this.factory = factory;
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
        List<NamedExpression> keys = new ArrayList<>();
        List<NamedExpression> items = new ArrayList<>();
        for (NamedExpression key : all.keys()) {
            Column column = factory.like(key.column());
            if (set.contains(key.column())) {
                keys.add(new NamedExpression(column, key.expression()));
                items.add(item(column, new ColumnReference(column)));
            } else {
                items.add(item(
                        column, new Cast(Template.text("NULL"), column.type().text())));
            }
        }
        List<NamedAggregate> calls = new ArrayList<>();
        for (NamedAggregate call : all.aggregates()) {
            Column column = factory.like(call.column());
            calls.add(new NamedAggregate(column, call.call()));
            items.add(item(column, new ColumnReference(column)));
        }
        groupings.forEach((column, arguments) -> items.add(new NamedExpression(
                factory.create("grouping", INTEGER, false, 0), new NumericLiteral(mask(arguments, set)))));
        return new Project(items, new Aggregate(keys, calls, all.input()));
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
