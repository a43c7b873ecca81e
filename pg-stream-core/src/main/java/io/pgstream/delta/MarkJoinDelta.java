package io.pgstream.delta;

import io.pgstream.plan.Join;
import io.pgstream.plan.Lists;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Neither linear nor in need of state. Against the tables as they are now, with ∃ and ∃' for a match after and before:
 *
 * <p>Δ(L, ∃R) = (ΔL, ∃) + L' ⋈ flips, where L' = L − ΔL is the left side before, and the flips are (key, ∃', −1),
 * (key, ∃, 1) for the keys whose mark changes ({@link MarkFlips}).
 *
 * <p>Let r lose its last row with k=1 while l gains (k=1): the new row comes with the mark false, and the flip takes the
 * old rows with k=1 from true to false.
 */
final class MarkJoinDelta {

    private MarkJoinDelta() {}

    static Delta of(MarkJoin join, DeltaContext context) {
        Delta left = context.consolidated(join.left());
        boolean single = SingleRowFlips.applicable(join);
        // What is added up by key next need not be added up by row.
        Delta right = (!single && MarkFlips.readsOnce(join))
                ? context.columnsIfChanged(join.right())
                : context.consolidated(join.right());
        Column weight = context.factory().weight();
        List<Operator> terms = new ArrayList<>();
        if (left != null) {
            terms.add(marked(join, left, weight, context));
        }
        if (right != null) {
            terms.addAll(
                    single
                            ? SingleRowFlips.of(join, left, right, weight, context)
                            : flipped(join, left, right, weight, context));
        }
        Operator operator =
                (terms.size() == 1) ? terms.get(0) : new UnionAll(Lists.append(join.output(), weight), terms);
        return new Delta(operator, weight);
    }

    /** The changed rows of the left side with their marks of now. */
    private static Operator marked(MarkJoin join, Delta left, Column weight, DeltaContext context) {
        MarkJoin now = marked(join, left.operator(), context.present(join.right()), context);
        return signed(join, now, new ColumnReference(left.weight()), weight);
    }

    /**
     * Some rows with their marks.
     *
     * @param rows rows with the columns of the left side, among others
     * @param right the right side as it is now
     */
    static MarkJoin marked(MarkJoin join, Operator rows, Operator right, DeltaContext context) {
        Set<Column> bound = new HashSet<>(join.left().output());
        boolean lookUp = context.lookUp() && IndexLookup.cheap(right, bound, join.conditions());
        Operator looking =
                lookUp ? LookupOrder.of(rows, context.sizes().rows(rows), right, join.conditions(), context) : rows;
        return new MarkJoin(
                looking, right, join.conditions(), join.mark(), null, lookUp ? Join.Order.FENCED : Join.Order.FREE);
    }

    /** The rows that the left side had before, where the mark changes. */
    private static List<Operator> flipped(
            MarkJoin join, @Nullable Delta left, Delta right, Column weight, DeltaContext context) {
        MarkFlips flips = MarkFlips.of(join, left, right, context);
        List<Operator> terms = new ArrayList<>();
        Expression flip = new ColumnReference(flips.weight());
        Operator present = context.present(join.left());
        Operator rows = flips.unconditional()
                // With nothing to look up, the fence lets the rows be read only when there is a flip.
                ? new Join(List.of(flips.relation(), present), flips.conditions(), Join.Order.FENCED)
                : JoinOrder.join(List.of(flips.relation()), List.of(present), flips.conditions(), context);
        terms.add(signed(join, rows, flip, weight));
        if (left != null) {
            List<Operator> deltas = List.of(flips.relation(), left.operator());
            Operator gone = new Join(deltas, flips.conditions(), JoinOrder.betweenDeltas(deltas, flips.conditions()));
            Expression product =
                    new Template(List.of("-", " * ", ""), List.of(flip, new ColumnReference(left.weight())));
            terms.add(signed(join, gone, product, weight));
        }
        return terms;
    }

    private static Operator signed(MarkJoin join, Operator rows, Expression sign, Column weight) {
        List<NamedExpression> items = new ArrayList<>();
        join.output().forEach(column -> items.add(new NamedExpression(column, new ColumnReference(column))));
        items.add(new NamedExpression(weight, sign));
        return new Project(items, rows);
    }
}
