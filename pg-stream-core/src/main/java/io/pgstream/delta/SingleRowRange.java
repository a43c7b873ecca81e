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
 * @param ofOneType whether the value is known to be of the column's type, or of another one that is ordered with it; otherwise the server is
 *     asked, and all rows are read if it is not
 */
record SingleRowRange(Column column, Expression bound, boolean ofOneType) {

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
                        && (NUMBER.matcher(type(reference)).matches()
                                || ORDERED.matcher(type(reference)).matches())
                        && !other.columns().isEmpty()
                        && single.containsAll(other.columns()))
                ? new SingleRowRange(reference.column(), other, ofOneType(reference, other))
                : null;
    }

    private static String type(ColumnReference reference) {
        return reference.column().type().base();
    }

    private static boolean ofOneType(ColumnReference side, Expression other) {
        return NUMBER.matcher(type(side)).matches()
                || (other instanceof ColumnReference reference
                        && type(reference).equals(type(side)));
    }

    /** Whether there is a range between both values: with a NULL nothing was true of any row. */
    Expression known(UnaryOperator<Expression> old, UnaryOperator<Expression> current) {
        Expression present = new Template(
                List.of("(", " IS NOT NULL AND ", " IS NOT NULL)"), List.of(old.apply(bound), current.apply(bound)));
        return ofOneType
                ? present
                : new Template(
                        List.of("(", " AND pg_typeof(", ") = '" + column.type().base() + "'::regtype)"),
                        List.of(present, current.apply(bound)));
    }

    /** The smaller of the values. */
    Expression lowest(UnaryOperator<Expression> old, UnaryOperator<Expression> current) {
        return new Template(List.of("least(", ", ", ")"), List.of(old.apply(bound), current.apply(bound)));
    }

    /** The larger of the values. */
    Expression highest(UnaryOperator<Expression> old, UnaryOperator<Expression> current) {
        return new Template(List.of("greatest(", ", ", ")"), List.of(old.apply(bound), current.apply(bound)));
    }

    /** Whether a row is in the range, of values that are there. */
    List<Expression> conditions(Column lowest, Column highest) {
        return List.of(limit(" >= ", lowest), limit(" <= ", highest));
    }

    private Expression limit(String comparison, Column value) {
        return new Template(
                List.of("(", comparison, ")"), List.of(new ColumnReference(column), new ColumnReference(value)));
    }
}
