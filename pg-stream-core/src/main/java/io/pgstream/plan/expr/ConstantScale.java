package io.pgstream.plan.expr;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The display scale that every value of a numeric expression has, where one can be told from the text. PostgreSQL's
 * addition and subtraction give the larger scale of their operands and its multiplication the sum of both, so that a sum
 * of such values can be undone to the last digit; division and functions promise nothing.
 */
public final class ConstantScale {

    private static final Pattern NUMERIC = Pattern.compile("numeric(?:\\(\\d+,(-?\\d+)\\))?");

    private ConstantScale() {}

    /**
     * The scale of an expression.
     *
     * @return the scale, or {@code null} if values of it can have different ones
     */
    public static @Nullable Integer of(Expression expression) {
        if (expression instanceof ColumnReference reference) {
            return ofColumn(reference.column());
        }
        if (expression instanceof NumericLiteral literal) {
            int point = literal.text().indexOf('.');
            return (point < 0) ? 0 : literal.text().length() - point - 1;
        }
        if (expression instanceof Cast cast) {
            return ofCast(cast);
        }
        if (expression instanceof Arithmetic arithmetic) {
            Integer left = of(arithmetic.left());
            Integer right = of(arithmetic.right());
            if (left == null || right == null) {
                return null;
            }
            return (arithmetic.symbol() == '*') ? left + right : Math.max(left, right);
        }
        return null;
    }

    private static @Nullable Integer ofColumn(Column column) {
        if (column.scale() != null) {
            return column.scale();
        }
        if (column.type().isInteger()) {
            return 0;
        }
        // A negative scale rounds to tens and more, and is displayed with scale 0.
        return column.type().hasScale() ? Integer.valueOf(Math.max(column.type().scale(), 0)) : null;
    }

    private static @Nullable Integer ofCast(Cast cast) {
        Matcher numeric = NUMERIC.matcher(cast.type());
        if (!numeric.matches()) {
            return cast.type().matches("smallint|integer|bigint") ? Integer.valueOf(0) : null;
        }
        String scale = numeric.group(1);
        return (scale == null) ? of(cast.operand()) : Integer.valueOf(Math.max(Integer.parseInt(scale), 0));
    }
}
