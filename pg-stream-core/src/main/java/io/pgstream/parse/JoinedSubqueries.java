package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Filter;
import io.pgstream.plan.FreshCopy;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lists;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.Scan;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Cast;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Joins with subqueries in ON. A subquery that refers to one side only is joined to that side, which keeps its rows. One that
 * refers to both is joined to the pairs; the rows that an outer join keeps are those that are in no pair.
 */
final class JoinedSubqueries {

    private final Subqueries subqueries;

    private final ColumnFactory factory;

    JoinedSubqueries(Subqueries subqueries, ColumnFactory factory) {
        this.subqueries = subqueries;
        this.factory = factory;
    }

    /** An inner join. */
    Operator inner(Operator pairs, List<Expression> conditions) {
        return Filter.of(conditions, subqueries.attach(pairs, column -> column));
    }

    /** A left or full join. */
    Operator outer(Operator left, Operator right, List<Expression> conditions, boolean full) {
        if (subqueries.isEmpty()) {
            return new OuterJoin(left, right, conditions, full);
        }
        Set<Column> reads = subqueries.reads();
        if (right.output().containsAll(reads)) {
            return new OuterJoin(left, subqueries.attach(right, column -> column), conditions, full);
        }
        if (left.output().containsAll(reads)) {
            return new OuterJoin(subqueries.attach(left, column -> column), right, conditions, full);
        }
        if (full) {
            throw new UnsupportedConstructException(
                    "it has a subquery in ON that refers to both sides of a join",
                    "Write the subquery into WHERE, or the join as a subquery in FROM.");
        }
        return union(left, right, conditions);
    }

    /** The columns that tell rows apart which differ: those of a key, or all of them. */
    private static List<Column> identity(Operator operator) {
        if (operator instanceof Scan scan) {
            for (List<String> key : scan.table().keys()) {
                List<Column> columns = scan.output().stream()
                        .filter(column -> key.contains(column.name()) && !column.nullable())
                        .toList();
                if (columns.size() == key.size()) {
                    return columns;
                }
            }
        }
        return operator.output();
    }

    private Operator union(Operator left, Operator right, List<Expression> on) {
        Operator pairs = inner(new Join(List.of(left, right), List.of(), Join.Order.FREE), on);
        List<Column> output = new ArrayList<>(left.output());
        output.addAll(OuterJoin.nullable(right.output()));
        List<NamedExpression> matched = new ArrayList<>();
        Lists.concat(left.output(), right.output())
                .forEach(column -> matched.add(new NamedExpression(factory.like(column), new ColumnReference(column))));
        Operator kept = new FreshCopy(factory).of(left);
        List<NamedExpression> lefts = identity(left).stream()
                .map(column -> new NamedExpression(column, new ColumnReference(column)))
                .toList();
        Operator partners = new FreshCopy(factory).of(new Project(lefts, pairs));
        Column mark = factory.create("mark", MarkJoin.BOOLEAN, false, null);
        List<Expression> conditions = new ArrayList<>();
        for (int i = 0; i < lefts.size(); i++) {
            Column own = kept.output().get(left.output().indexOf(lefts.get(i).column()));
            conditions.addAll(Domain.same(own, partners.output().get(i)));
        }
        MarkJoin marked = new MarkJoin(kept, partners, conditions, mark);
        List<NamedExpression> alone = new ArrayList<>();
        for (Column column : kept.output()) {
            alone.add(new NamedExpression(factory.like(column), new ColumnReference(column)));
        }
        for (Column column : right.output()) {
            Column filled = OuterJoin.nullable(factory.like(column));
            alone.add(new NamedExpression(
                    filled, new Cast(Template.text("NULL"), column.type().text())));
        }
        Operator single = new Filter(List.of(Subqueries.not(new ColumnReference(mark))), marked);
        return new UnionAll(output, List.of(new Project(matched, pairs), new Project(alone, single)));
    }
}
