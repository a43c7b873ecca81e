package io.pgstream.delta;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lists;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The flips of a {@link MarkJoin} with an aggregate that always has one row, as {@code x > (SELECT avg(x) …)} is. Its
 * delta is the row before and the row now, or nothing. A row of the left side flips where the conditions say another thing
 * of the one than of the other, so one pass over the left side finds the rows, and usually they are few.
 */
final class SingleRowFlips {

    private final MarkJoin join;

    private final DeltaContext context;

    /** Both rows of the right side in one, and the range between their values; no row where it is unchanged. */
    private final Operator pair;

    /** The range that a row must be in; {@code null} if there is none. */
    private final @Nullable SingleRowRange range;

    private final Column lowest;

    private final Column highest;

    private final Column known;

    private final Column before;

    private final Column now;

    /** Whether a row of the left side matches the right side as it was. */
    private final Expression matched;

    /** Whether it matches the right side as it is. */
    private final Expression matches;

    private final UnaryOperator<Expression> old;

    private final UnaryOperator<Expression> current;

    private SingleRowFlips(MarkJoin join, Delta right, DeltaContext context) {
        this.join = join;
        this.context = context;
        Map<Column, Expression> oldNames = new HashMap<>();
        Map<Column, Expression> currentNames = new HashMap<>();
        Operator both = new Join(
                List.of(side(right, "< 0", oldNames), side(right, "> 0", currentNames)), List.of(), Join.Order.FREE);
        this.old = renamed(oldNames);
        this.current = renamed(currentNames);
        this.range = SingleRowRange.of(join);
        SqlType type = (range == null) ? MarkJoin.BOOLEAN : range.column().type();
        this.lowest = context.factory().create("lowest", type, true, null);
        this.highest = context.factory().create("highest", type, true, null);
        this.known = context.factory().create("known", MarkJoin.BOOLEAN, false, null);
        this.pair = context.materialize(range == null ? both : ranged(both, range));
        this.before = context.factory().create("before", MarkJoin.BOOLEAN, false, null);
        this.now = context.factory().create("now", MarkJoin.BOOLEAN, false, null);
        this.matched = holds(old);
        this.matches = holds(current);
    }

    /** The range is computed once, and not for each row. */
    private Operator ranged(Operator both, SingleRowRange between) {
        List<NamedExpression> items = new ArrayList<>(same(both.output()));
        items.add(new NamedExpression(lowest, between.lowest(old, current)));
        items.add(new NamedExpression(highest, between.highest(old, current)));
        items.add(new NamedExpression(known, between.known(old, current)));
        return new Project(items, both);
    }

    private static UnaryOperator<Expression> renamed(Map<Column, Expression> names) {
        return expression -> expression.substitute(column -> names.getOrDefault(column, new ColumnReference(column)));
    }

    static boolean applicable(MarkJoin join) {
        return Aggregate.singleRow(join.right()) && join.conditions().stream().noneMatch(Equality.class::isInstance);
    }

    /** @param left the consolidated delta of the left side, if it has changed; {@code right}: of the right side */
    static List<Operator> of(MarkJoin join, @Nullable Delta left, Delta right, Column weight, DeltaContext context) {
        SingleRowFlips flips = new SingleRowFlips(join, right, context);
        List<Operator> terms = new ArrayList<>(flips.terms(context.present(join.left()), null, weight));
        if (left != null) {
            terms.addAll(flips.terms(left.operator(), left.weight(), weight));
        }
        return terms;
    }

    private Operator side(Delta right, String sign, Map<Column, Expression> names) {
        List<NamedExpression> items = new ArrayList<>();
        for (Column column : join.right().output()) {
            Column copy = context.factory().like(column);
            names.put(column, new ColumnReference(copy));
            items.add(new NamedExpression(copy, new ColumnReference(column)));
        }
        Expression signed = new Template(List.of("", " " + sign), List.of(new ColumnReference(right.weight())));
        return new Project(items, new Filter(List.of(signed), right.operator()));
    }

    private Expression holds(UnaryOperator<Expression> names) {
        List<Expression> conditions = join.conditions().stream().map(names).toList();
        List<String> fragments = new ArrayList<>();
        fragments.add("coalesce(");
        for (int i = 1; i < conditions.size(); i++) {
            fragments.add(" AND ");
        }
        fragments.add(", false)");
        return conditions.isEmpty() ? Template.text("true") : new Template(fragments, conditions);
    }

    /** What leaves with the mark before and enters with the mark now; of what is no longer on the left side, taken back. */
    private List<Operator> terms(Operator rows, @Nullable Column weightOfRows, Column weight) {
        Operator joined = (range == null || weightOfRows != null) ? differing(rows, List.of()) : differing(rows, range);
        List<Column> kept = (weightOfRows == null)
                ? join.left().output()
                : Lists.append(join.left().output(), weightOfRows);
        List<NamedExpression> items = new ArrayList<>(same(kept));
        items.add(new NamedExpression(before, matched));
        items.add(new NamedExpression(now, matches));
        Operator flipped = context.materialize(new Project(items, joined));
        return List.of(
                signed(flipped, before, weightOfRows, (weightOfRows == null) ? "-1::bigint" : "", weight),
                signed(flipped, now, weightOfRows, (weightOfRows == null) ? "1::bigint" : "-", weight));
    }

    /** Row by row behind the fence: without a pair nothing is read. */
    private Operator differing(Operator rows, List<Expression> conditions) {
        Expression differs = new Template(List.of("", " <> ", ""), List.of(matched, matches));
        return new Join(List.of(pair, rows), Lists.append(conditions, differs), Join.Order.FENCED);
    }

    /** By the range, which an index may lead to, and where one of the values is NULL by reading all of the left side. */
    private Operator differing(Operator rows, SingleRowRange between) {
        Expression exists = new ColumnReference(known);
        Operator within = differing(rows, Lists.append(between.conditions(lowest, highest), exists));
        Operator all = differing(rows, List.of(new Template(List.of("(NOT ", ")"), List.of(exists))));
        return new UnionAll(within.output(), List.of(within, all));
    }

    private Operator signed(Operator flipped, Column mark, @Nullable Column weightOfRows, String sign, Column weight) {
        List<NamedExpression> items = new ArrayList<>(same(join.left().output()));
        items.add(new NamedExpression(join.mark(), new ColumnReference(mark)));
        items.add(new NamedExpression(
                weight,
                (weightOfRows == null)
                        ? Template.text(sign)
                        : new Template(List.of(sign, ""), List.of(new ColumnReference(weightOfRows)))));
        return new Project(items, flipped);
    }

    private static List<NamedExpression> same(List<Column> columns) {
        return columns.stream()
                .map(column -> new NamedExpression(column, new ColumnReference(column)))
                .toList();
    }
}
