package io.pgstream.delta;

import io.pgstream.parse.Comparison;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A column of the left side that is compared with a value of a single row, as in {@code x > (SELECT avg(x) …)}. When the value moves, the comparison
 * says another thing only of rows between the old value and the new one, which an index finds.
 *
 * @param column the column
 * @param bound the value, over the columns of the single row
 */
record SingleRowRange(Column column, Expression bound) {

    /** Numbers are ordered as they are compared, of whichever types they are. */
    private static final Pattern NUMBER = Pattern.compile("smallint|integer|bigint|real|double precision|numeric|oid");

    /**
     * These are ordered among values of their own type. Compared with one of another type they are converted in a time zone: where clocks are put
     * forward, half past two of that night is later than three o'clock, and no index follows such a comparison.
     */
    private static final Pattern ORDERED = Pattern.compile("date|timestamp.*|time without time zone|uuid");

    /** {@code null} if the conditions are more than such a comparison. */
    static @Nullable SingleRowRange of(MarkJoin join) {
        if (!SingleRowFlips.applicable(join) || join.conditions().size() != 1) {
            return null;
        }
        Comparison comparison = Comparison.of(join.conditions().get(0));
        if (comparison == null) {
            return null;
        }
        SingleRowRange range = of(join, comparison.left(), comparison.right());
        return (range == null) ? of(join, comparison.right(), comparison.left()) : range;
    }

    private static @Nullable SingleRowRange of(MarkJoin join, Expression side, Expression other) {
        Set<Column> single = new HashSet<>(join.right().output());
        return (side instanceof ColumnReference reference
                        && join.left().output().contains(reference.column())
                        && oneOrder(reference.column(), other)
                        && !other.columns().isEmpty()
                        && single.containsAll(other.columns()))
                ? new SingleRowRange(reference.column(), other)
                : null;
    }

    private static boolean oneOrder(Column column, Expression other) {
        String type = column.type().base();
        return NUMBER.matcher(type).matches()
                || (ORDERED.matcher(type).matches()
                        && other instanceof ColumnReference reference
                        && reference.column().type().base().equals(type));
    }

    /** Whether both values are there: with a NULL nothing was true of any row. */
    Expression known(UnaryOperator<Expression> old, UnaryOperator<Expression> current) {
        return new Template(
                List.of("(", " IS NOT NULL AND ", " IS NOT NULL)"), List.of(old.apply(bound), current.apply(bound)));
    }

    /** The range, of values that are there. */
    List<Expression> conditions(UnaryOperator<Expression> old, UnaryOperator<Expression> current) {
        return List.of(limit(">= least(", old, current), limit("<= greatest(", old, current));
    }

    private Expression limit(String comparison, UnaryOperator<Expression> old, UnaryOperator<Expression> current) {
        return new Template(
                List.of("(", " " + comparison, ", ", "))"),
                List.of(new ColumnReference(column), old.apply(bound), current.apply(bound)));
    }
}
