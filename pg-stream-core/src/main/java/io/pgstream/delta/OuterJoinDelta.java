package io.pgstream.delta;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
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
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.List;

/**
 * Δ(L ⟕ R) = Δ(L ⋈ R) + Δ(L ▷ R) × NULLs, with the inner join's rule and that of {@link MarkJoin} for the rows without a
 * partner; a full join adds NULLs × Δ(R ▷ L). The deltas of both sides are computed once.
 */
final class OuterJoinDelta {

    private OuterJoinDelta() {}

    static Delta of(OuterJoin join, DeltaContext context) {
        Column weight = context.factory().weight();
        // The rows without a partner ask for both added up. The inner join then starts from the same relations: of rows
        // that cancel out it would make three times as many, and so would each join above.
        join.inputs().forEach(context::consolidated);
        List<Operator> terms = new ArrayList<>();
        Delta inner = JoinDelta.of(new Join(join.inputs(), join.conditions(), Join.Order.FREE), context);
        terms.add(positional(join, List.of(), inner));
        terms.add(unmatched(join, join.left(), join.right(), context));
        if (join.full()) {
            terms.add(unmatched(join, join.right(), join.left(), context));
        }
        return new Delta(new UnionAll(Lists.append(join.output(), weight), terms), weight);
    }

    private static Operator unmatched(OuterJoin join, Operator kept, Operator other, DeltaContext context) {
        Column mark = context.factory().create("mark", MarkJoin.BOOLEAN, false, null);
        Delta marked = MarkJoinDelta.of(new MarkJoin(kept, other, join.conditions(), mark), context);
        Operator alone = new Filter(
                List.of(new Template(List.of("NOT ", ""), List.of(new ColumnReference(mark)))), marked.operator());
        return positional(join, other.output(), new Delta(alone, marked.weight()));
    }

    /** The columns of the join in their order, some of them NULL, and the weight. */
    private static Operator positional(OuterJoin join, List<Column> nulls, Delta delta) {
        List<NamedExpression> items = new ArrayList<>();
        for (Column column : join.output()) {
            items.add(new NamedExpression(
                    column, nulls.contains(column) ? Cast.nothing(column.type()) : new ColumnReference(column)));
        }
        items.add(new NamedExpression(delta.weight(), new ColumnReference(delta.weight())));
        return new Project(items, delta.operator());
    }
}
