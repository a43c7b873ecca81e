package io.pgstream.parse;

import io.pgstream.plan.Operator;
import io.pgstream.plan.SortKey;
import io.pgstream.plan.Top;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import io.pgstream.resolve.Obstacle;
import io.pgstream.resolve.Refusal;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import net.sf.jsqlparser.expression.AllValue;
import net.sf.jsqlparser.expression.NullValue;
import net.sf.jsqlparser.statement.select.Fetch;
import net.sf.jsqlparser.statement.select.Limit;
import net.sf.jsqlparser.statement.select.Select;
import org.jspecify.annotations.Nullable;

/**
 * LIMIT, OFFSET and FETCH.
 *
 * @param limit how many rows; {@code null} for all
 * @param offset how many are left out; {@code null} for none
 * @param ties whether equals of the last row come with it
 */
record Slice(@Nullable Expression limit, @Nullable Expression offset, boolean ties) {

    /** With constant numbers of rows. */
    static Slice of(Select select) {
        return of(select, Slice::constant);
    }

    /** @param rows reads a number of rows */
    static Slice of(Select select, Function<net.sf.jsqlparser.expression.Expression, Expression> rows) {
        Limit limit = select.getLimit();
        Fetch fetch = select.getFetch();
        if (limit != null && (limit.getByExpressions() != null || limit.getOffset() != null)) {
            throw new UnsupportedConstructException("it uses " + limit, "Use LIMIT and OFFSET.");
        }
        Expression count = null;
        if (limit != null && limit.getRowCount() != null && !unlimited(limit.getRowCount())) {
            count = rows.apply(limit.getRowCount());
        }
        if (fetch != null) {
            count = rows.apply(fetch.getExpression());
        }
        boolean ties =
                fetch != null && fetch.toString().toUpperCase(Locale.ROOT).contains("WITH TIES");
        return new Slice(count, offset(select, rows), ties);
    }

    /** OFFSET 0 is written to keep the planner from looking into a subquery, and leaves nothing out. */
    private static @Nullable Expression offset(
            Select select, Function<net.sf.jsqlparser.expression.Expression, Expression> read) {
        if (select.getOffset() == null) {
            return null;
        }
        net.sf.jsqlparser.expression.Expression rows = select.getOffset().getOffset();
        return (rows.toString().equals("0") || unlimited(rows)) ? null : read.apply(rows);
    }

    private static boolean unlimited(net.sf.jsqlparser.expression.Expression count) {
        return count instanceof AllValue || count instanceof NullValue;
    }

    private static Expression constant(net.sf.jsqlparser.expression.Expression expression) {
        return Template.text(expression.toString());
    }

    /** The same with other numbers. */
    Slice with(@Nullable Expression otherLimit, @Nullable Expression otherOffset) {
        return new Slice(otherLimit, otherOffset, ties);
    }

    boolean slices() {
        return limit != null || offset != null;
    }

    static UnsupportedConstructException withoutOrder() {
        return new UnsupportedConstructException(Obstacle.of(
                Refusal.LIMIT_WITHOUT_ORDER,
                "it uses LIMIT or OFFSET without ORDER BY, so that which rows it shows is left to chance",
                "\\b(LIMIT|OFFSET|FETCH)\\b"));
    }

    Operator apply(Operator rows, List<SortKey> order) {
        if (!slices()) {
            return rows;
        }
        if (order.isEmpty()) {
            throw withoutOrder();
        }
        return new Top(List.of(), order, limit, offset, ties, rows);
    }
}
