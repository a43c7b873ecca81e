package io.pgstream.plan.rule;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Division;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Join x &lt; s           Filter m
 *   X                    MarkJoin m, x &lt; s
 *   Aggregate [s]   =>     X
 *                          Aggregate [s]
 * </pre>
 *
 * <p>Where nobody reads s above the join. There is always one row of s, so that both mean the same; but of a join, every
 * row of X would leave with the old s and enter with the new one, where here only those count that the change of s moves.
 * A division by s stays in the join: rows of X that came with the change of s would be divided by the old one, which may be 0.
 */
final class CompareWithSingleRow {

    private CompareWithSingleRow() {}

    static @Nullable Operator of(Join join, Set<Column> needed, ColumnFactory factory) {
        for (Operator input : join.inputs()) {
            if (join.inputs().size() > 1
                    && Aggregate.singleRow(input)
                    && Collections.disjoint(input.output(), needed)) {
                List<Expression> comparisons = join.conditions().stream()
                        .filter(condition -> !Collections.disjoint(condition.columns(), input.output()))
                        .toList();
                if (!comparisons.isEmpty()
                        && comparisons.stream()
                                .noneMatch(condition -> condition instanceof Equality
                                        || Division.mayFail(condition, input.output()::contains))) {
                    return marked(join, input, comparisons, factory);
                }
            }
        }
        return null;
    }

    private static Operator marked(Join join, Operator single, List<Expression> comparisons, ColumnFactory factory) {
        List<Operator> others =
                join.inputs().stream().filter(input -> input != single).toList();
        List<Expression> rest = Conditions.without(join.conditions(), comparisons);
        Operator left = (others.size() == 1) ? Filter.of(rest, others.get(0)) : new Join(others, rest, join.order());
        Column mark = factory.create("mark", MarkJoin.BOOLEAN, false, null);
        return new Filter(List.of(new ColumnReference(mark)), new MarkJoin(left, single, comparisons, mark));
    }
}
