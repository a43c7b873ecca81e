package io.pgstream.delta;

import io.pgstream.plan.Filter;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Window;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import io.pgstream.sql.RowBound;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds window functions that only look back: {@code lag(at) OVER (PARTITION BY user_id ORDER BY at)}, running sums and places. A row that sorts
 * before all changed rows of its partition keeps their values. The partition is computed from its beginning all the same, but only the
 * rest of it can differ from what is stored: of events that come in their order, the last few rows.
 *
 * <p>All functions have to sort by one column first, also those of the windows that are computed with this one; rows with equal values of it count as
 * changed. What comes after it in their orders does not matter.
 */
final class UnchangedStart {

    private static final Set<String> LOOK_BACK = Set.of(
            "count", "sum", "avg", "min", "max", "row_number", "rank", "dense_rank", "first_value", "last_value");

    /** Of a number of rows that is not said to be 1 nobody knows that it is not negative. */
    private static final Pattern LAG = Pattern.compile("lag\\([^,]*\\)");

    /** A call with its OVER, of which the first column of the order stands between two marks. */
    private static final Pattern CALL = Pattern.compile(
            "(([a-z_]+)\\(.*\\)) OVER \\((?:[^'\"]* )?ORDER BY \u0001(\\d+)\u0002([^'\"]*)\\)", Pattern.DOTALL);

    /** Types of which MIN and MAX go by the order in which rows are sorted. */
    private static final Pattern ORDERED = Pattern.compile("smallint|integer|bigint|date|timestamp.*");

    private @Nullable Integer key;

    private boolean descending;

    private UnchangedStart() {}

    /**
     * From where on the partitions of a window can differ.
     *
     * @param stacked the windows that are computed with it; {@code null} for none
     * @return {@code null} if all of a partition can
     */
    static @Nullable RowBound of(Window window, @Nullable StackedWindows stacked) {
        if (window.partition().isEmpty()) {
            return null;
        }
        UnchangedStart start = new UnchangedStart();
        if (!start.looksBack(window)) {
            return null;
        }
        Column stored = start.column(window.input());
        Column changed = stored;
        Operator below = window.input();
        while (changed != null && stacked != null && !below.equals(stacked.base())) {
            changed = start.below(below, changed);
            below = below.inputs().get(0);
        }
        return (stored == null
                        || changed == null
                        || !ordered(changed)
                        || !below.output().contains(changed))
                ? null
                : new RowBound(changed, stored, start.descending);
    }

    private static boolean ordered(Column column) {
        return !column.nullable()
                && !column.type().domain()
                && ORDERED.matcher(column.type().base()).matches();
    }

    private @Nullable Column column(Operator input) {
        return input.output().stream()
                .filter(column -> key != null && column.id() == key)
                .findFirst()
                .orElse(null);
    }

    /** What the column is below an operator, or {@code null} if rows before its first changed value can change there. */
    private @Nullable Column below(Operator operator, Column column) {
        if (operator instanceof Filter) {
            return column;
        }
        if (operator instanceof Window window) {
            key = column.id();
            return looksBack(window) ? column : null;
        }
        if (operator instanceof Project project) {
            for (NamedExpression item : project.items()) {
                if (item.column().equals(column) && item.expression() instanceof ColumnReference reference) {
                    return reference.column();
                }
            }
        }
        return null;
    }

    private boolean looksBack(Window window) {
        return window.calls().stream().allMatch(this::looksBack);
    }

    private boolean looksBack(Expression call) {
        if (!(call instanceof Template)) {
            return false;
        }
        Matcher matcher = CALL.matcher(call.sql(column -> "\u0001" + column.id() + "\u0002"));
        if (!matcher.matches()) {
            return false;
        }
        String rest = matcher.group(4);
        boolean known = LOOK_BACK.contains(matcher.group(2))
                || LAG.matcher(matcher.group(1)).matches();
        // USING names an operator, whose order can be any.
        if (!known
                || rest.contains("FOLLOWING")
                || rest.contains("EXCLUDE")
                || rest.contains(" USING ")
                || !(rest + " ").matches("[, ].*")) {
            return false;
        }
        int column = Integer.parseInt(matcher.group(3));
        boolean down = rest.matches(" DESC\\b.*");
        if (key != null && (column != key || down != descending)) {
            return false;
        }
        key = column;
        descending = down;
        return true;
    }
}
