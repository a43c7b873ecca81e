package io.pgstream.delta;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lists;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A delta that meets a join of which marks are taken, as a semi join above a join does: D ⋈ (L, ∃R) = (D ⋈ L, ∃R), because a
 * mark join puts out each row of its left side once and reads nothing else of it. So the delta goes through the inputs of L in the order that is best for
 * it, and matches are looked for of the rows that are left then; taken as one, the whole join was computed anew for each row of the delta, in an order of the
 * planner's.
 */
final class MarkedJoin {

    private MarkedJoin() {}

    /** The delta joined with such an input; {@code null} if the input is something else. */
    static @Nullable Operator of(
            List<Operator> deltas, Operator input, List<Expression> conditions, DeltaContext context, boolean staged) {
        if (!context.lookUp() || !aboveJoin(input)) {
            return null;
        }
        if (input instanceof Filter filter) {
            return JoinOrder.join(
                    deltas, filter.inputs(), Lists.concat(conditions, filter.conditions()), context, staged);
        }
        MarkJoin join = (MarkJoin) input;
        Set<Column> mark = Set.of(join.mark());
        List<Expression> above = conditions.stream()
                .filter(condition -> condition.columns().stream().anyMatch(mark::contains))
                .toList();
        List<Expression> below = conditions.stream()
                .filter(condition -> !above.contains(condition))
                .toList();
        Operator rows = JoinOrder.join(deltas, List.of(join.left()), below, context, staged);
        return Filter.of(above, MarkJoinDelta.marked(join, rows, join.right(), context));
    }

    private static boolean aboveJoin(Operator input) {
        Operator below = input;
        boolean marked = false;
        while (below instanceof Filter || below instanceof MarkJoin) {
            if (below instanceof MarkJoin join) {
                if (join.beyond() != null) {
                    return false;
                }
                marked = true;
            }
            below = below.inputs().get(0);
        }
        return marked && below instanceof Join;
    }
}
