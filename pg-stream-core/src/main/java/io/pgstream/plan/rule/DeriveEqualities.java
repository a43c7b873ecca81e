package io.pgstream.plan.rule;

import io.pgstream.plan.Join;
import io.pgstream.plan.Lists;
import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Join a = b, b = c      Join a = b, b = c, a = c
 *   X(a)            =>     X(a)
 *   Y(b)                   Y(b)
 *   Z(c)                   Z(c)
 * </pre>
 *
 * <p>So that a delta of X can go on to Z without meeting Y first. Only between columns of one type: across types equality need
 * not be transitive.
 */
final class DeriveEqualities implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (!(operator instanceof Join join) || join.inputs().size() < 3) {
            return null;
        }
        List<Equality> known = equalities(join.conditions());
        Set<Set<Column>> pairs = new HashSet<>();
        known.forEach(equality -> pairs.add(equality.columns()));
        List<Expression> derived = new ArrayList<>();
        for (Equality one : known) {
            for (Equality other : known) {
                Equality both = transitive(one, other);
                if (both != null && between(both, join.inputs()) && pairs.add(both.columns())) {
                    derived.add(both);
                }
            }
        }
        return derived.isEmpty()
                ? null
                : new Join(join.inputs(), Lists.concat(join.conditions(), derived), join.order());
    }

    private static List<Equality> equalities(List<Expression> conditions) {
        List<Equality> result = new ArrayList<>();
        for (Expression condition : conditions) {
            if (condition instanceof Equality equality
                    && equality.tellsApart()
                    && equality.left() instanceof ColumnReference left
                    && equality.right() instanceof ColumnReference right
                    && left.column().type().equals(right.column().type())) {
                result.add(equality);
            }
        }
        return result;
    }

    /** Within one input it would be pushed beneath the join, and derived again. */
    private static boolean between(Equality equality, List<Operator> inputs) {
        return inputs.stream().noneMatch(input -> input.output().containsAll(equality.columns()));
    }

    /** What follows from two equalities that share one column, or {@code null}. */
    private static @Nullable Equality transitive(Equality one, Equality other) {
        Set<Column> ends = new LinkedHashSet<>(one.columns());
        ends.addAll(other.columns());
        Set<Column> shared = new HashSet<>(one.columns());
        shared.retainAll(other.columns());
        if (shared.size() != 1 || ends.size() != 3) {
            return null;
        }
        ends.removeAll(shared);
        List<Column> pair = new ArrayList<>(ends);
        return new Equality(new ColumnReference(pair.get(0)), new ColumnReference(pair.get(1)));
    }
}
