package io.pgstream.plan.rule;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Filter;
import io.pgstream.plan.FreshCopy;
import io.pgstream.plan.Lists;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Cast;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * <pre>
 * FullJoin on c      UnionAll
 *   L           =>     LeftJoin on c
 *   R                    L
 *                        R
 *                      Project [NULLs, R]
 *                        Filter not m
 *                          MarkJoin m on c
 *                            R
 *                            L
 * </pre>
 *
 * <p>Only where no equality connects the sides: PostgreSQL has no other plan for a full join.
 */
final class SplitFullJoin {

    private final ColumnFactory factory;

    SplitFullJoin(ColumnFactory factory) {
        this.factory = factory;
    }

    Operator apply(Operator operator) {
        Operator current =
                operator.withInputs(operator.inputs().stream().map(this::apply).toList());
        return (current instanceof OuterJoin join && join.full() && !connected(join)) ? split(join) : current;
    }

    private static boolean connected(OuterJoin join) {
        Set<Column> left = new HashSet<>(join.left().output());
        Set<Column> right = new HashSet<>(join.right().output());
        return join.conditions().stream()
                .anyMatch(condition -> condition instanceof Equality equality
                        && (connects(equality.left(), left, equality.right(), right)
                                || connects(equality.right(), left, equality.left(), right)));
    }

    private static boolean connects(Expression one, Set<Column> left, Expression other, Set<Column> right) {
        return !one.columns().isEmpty()
                && !other.columns().isEmpty()
                && left.containsAll(one.columns())
                && right.containsAll(other.columns());
    }

    private Operator split(OuterJoin join) {
        FreshCopy copy = new FreshCopy(factory);
        OuterJoin left = (OuterJoin) copy.of(new OuterJoin(join.left(), join.right(), join.conditions(), false));
        FreshCopy other = new FreshCopy(factory);
        Operator kept = other.of(join.right());
        Operator partners = other.of(join.left());
        List<Expression> conditions = join.conditions().stream()
                .map(condition -> condition.substitute(column -> new ColumnReference(other.column(column))))
                .toList();
        Column mark = factory.create("mark", MarkJoin.BOOLEAN, false, null);
        Expression alone = new Template(List.of("NOT ", ""), List.of(new ColumnReference(mark)));
        Operator unmatched = new Filter(List.of(alone), new MarkJoin(kept, partners, conditions, mark));
        List<NamedExpression> items = new ArrayList<>();
        for (Column column : join.left().output()) {
            Expression nothing = Cast.nothing(column.type());
            items.add(new NamedExpression(OuterJoin.nullable(factory.like(column)), nothing));
        }
        for (Column column : kept.output()) {
            items.add(new NamedExpression(factory.like(column), new ColumnReference(column)));
        }
        List<NamedExpression> pairs = left.output().stream()
                .map(column -> new NamedExpression(factory.like(column), new ColumnReference(column)))
                .toList();
        List<Column> output = Lists.concat(
                OuterJoin.nullable(join.left().output()),
                OuterJoin.nullable(join.right().output()));
        return new UnionAll(output, List.of(new Project(pairs, left), new Project(items, unmatched)));
    }
}
