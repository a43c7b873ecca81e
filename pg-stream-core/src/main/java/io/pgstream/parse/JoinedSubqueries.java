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
        return union(left, right, conditions, full);
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

    private Operator union(Operator left, Operator right, List<Expression> on, boolean full) {
        Operator pairs = inner(new Join(List.of(left, right), List.of(), Join.Order.FREE), on);
        List<Column> output = Lists.concat(
                full ? OuterJoin.nullable(left.output()) : left.output(), OuterJoin.nullable(right.output()));
        List<NamedExpression> matched = new ArrayList<>();
        Lists.concat(left.output(), right.output())
                .forEach(column -> matched.add(new NamedExpression(factory.like(column), new ColumnReference(column))));
        List<Operator> branches = new ArrayList<>();
        branches.add(new Project(matched, pairs));
        branches.add(alone(left, pairs, List.of(), right.output()));
        if (full) {
            branches.add(alone(right, pairs, left.output(), List.of()));
        }
        return new UnionAll(output, branches);
    }

    /** The rows of a side that are in no pair, with NULLs before and behind. */
    private Operator alone(Operator side, Operator pairs, List<Column> before, List<Column> behind) {
        Operator kept = new FreshCopy(factory).of(side);
        List<NamedExpression> identity = identity(side).stream()
                .map(column -> new NamedExpression(column, new ColumnReference(column)))
                .toList();
        Operator partners = new FreshCopy(factory).of(new Project(identity, pairs));
        Column mark = factory.create("mark", MarkJoin.BOOLEAN, false, null);
        List<Expression> conditions = new ArrayList<>();
        for (int i = 0; i < identity.size(); i++) {
            Column own = kept.output().get(side.output().indexOf(identity.get(i).column()));
            conditions.addAll(Domain.same(own, partners.output().get(i)));
        }
        List<NamedExpression> items = new ArrayList<>();
        before.forEach(column -> items.add(nothing(column)));
        kept.output()
                .forEach(column -> items.add(new NamedExpression(factory.like(column), new ColumnReference(column))));
        behind.forEach(column -> items.add(nothing(column)));
        MarkJoin marked = new MarkJoin(kept, partners, conditions, mark);
        return new Project(items, new Filter(List.of(Subqueries.not(new ColumnReference(mark))), marked));
    }

    private NamedExpression nothing(Column column) {
        return new NamedExpression(OuterJoin.nullable(factory.like(column)), Cast.nothing(column.type()));
    }
}
