package io.pgstream.delta;

import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The conditions of an existence test, by what they read. */
final class MatchConditions {

    /** An equality between an expression of the left side and one of the right side. */
    record Key(Expression left, Expression right) {}

    private final List<Key> keys = new ArrayList<>();

    private final List<Expression> leftOnly = new ArrayList<>();

    private final List<Expression> rightOnly = new ArrayList<>();

    private final List<Expression> rest = new ArrayList<>();

    private final Set<Column> left;

    MatchConditions(MarkJoin join) {
        this.left = new HashSet<>(join.left().output());
        Set<Column> right = new HashSet<>(join.right().output());
        for (Expression condition : join.conditions()) {
            if (right.containsAll(condition.columns())) {
                rightOnly.add(condition);
            } else if (left.containsAll(condition.columns())) {
                leftOnly.add(condition);
            } else if (condition instanceof Equality equality
                    && equality.tellsApart()
                    && between(equality.left(), equality.right(), right)) {
                keys.add(new Key(equality.left(), equality.right()));
            } else if (condition instanceof Equality equality
                    && equality.tellsApart()
                    && between(equality.right(), equality.left(), right)) {
                keys.add(new Key(equality.right(), equality.left()));
            } else {
                rest.add(condition);
            }
        }
    }

    private boolean between(Expression one, Expression other, Set<Column> right) {
        return !one.columns().isEmpty()
                && !other.columns().isEmpty()
                && left.containsAll(one.columns())
                && right.containsAll(other.columns());
    }

    List<Key> keys() {
        return keys;
    }

    /** Conditions about the left side alone: where they do not hold there is no match, whatever changes. */
    List<Expression> leftOnly() {
        return leftOnly;
    }

    /** Conditions about the right side alone, or about nothing. */
    List<Expression> rightOnly() {
        return rightOnly;
    }

    /** Whether the keys decide, for rows of the left side that {@link #leftOnly} lets through. */
    boolean separable() {
        return rest.isEmpty();
    }

    /** Conditions that are no equality between the sides. */
    List<Expression> rest() {
        return rest;
    }

    /** The columns of the left side that those read. */
    List<Column> restColumns() {
        Set<Column> columns = new LinkedHashSet<>();
        rest.forEach(condition -> columns.addAll(condition.columns()));
        columns.retainAll(left);
        return List.copyOf(columns);
    }
}
