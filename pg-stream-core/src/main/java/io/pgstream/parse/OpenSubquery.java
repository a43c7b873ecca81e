package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;

/**
 * A subquery of which it matters whether it has a row like some other one. If it is one plain query block it may refer to
 * the query around it: the conditions that do become those of the test.
 *
 * @param rows its rows before it selects anything of them
 * @param conditions the conditions that read the query around it
 * @param values what it selects
 */
record OpenSubquery(Operator rows, List<Expression> conditions, List<Expression> values) {

    static OpenSubquery of(Correlated subquery) {
        List<Expression> values = subquery.selected().stream()
                .<Expression>map(ColumnReference::new)
                .toList();
        return new OpenSubquery(subquery.block().operator(), subquery.conditions(), values);
    }

    static OpenSubquery of(
            Select select,
            Subqueries around,
            ParserInput input,
            ColumnFactory factory,
            Map<String, Select> queries,
            boolean anyRow) {
        PlainSelect plain = plain(select);
        if (plain == null || sliced(plain, anyRow) || !around.selects().isOneRowPerRow(plain)) {
            SelectParser.Block block = around.selects().parse(select, queries);
            List<Expression> values = block.operator().output().stream()
                    .<Expression>map(ColumnReference::new)
                    .toList();
            return new OpenSubquery(block.operator(), List.of(), values);
        }
        OpenBlock open =
                OpenBlock.of(plain, around.selects(), input, factory, queries, around.binding()::visibleInside);
        ExpressionParser expressions = new ExpressionParser(open.binding());
        List<Expression> values = new ArrayList<>();
        for (SelectItem<?> item : plain.getSelectItems()) {
            values.add(expressions.expression(item.getExpression()));
        }
        return new OpenSubquery(open.source(open.own()), open.correlated(), values);
    }

    /** The one block that a subquery consists of, or {@code null}. */
    static @org.jspecify.annotations.Nullable PlainSelect plain(Select select) {
        Select inner = select;
        while (inner instanceof ParenthesedSelect parenthesed
                && !sliced(parenthesed, false)
                && (parenthesed.getWithItemsList() == null
                        || parenthesed.getWithItemsList().isEmpty())) {
            inner = parenthesed.getSelect();
        }
        boolean with =
                inner.getWithItemsList() != null && !inner.getWithItemsList().isEmpty();
        return (inner instanceof PlainSelect plain && !with && !ValuesParser.is(plain)) ? plain : null;
    }

    /** Whether there is a limit that matters: one row is as good as many where any row will do. */
    static boolean sliced(Select select, boolean anyRow) {
        if (select.getOffset() != null || select.getFetch() != null) {
            return true;
        }
        if (select.getLimit() == null) {
            return false;
        }
        boolean some = select.getLimit().getRowCount() instanceof LongValue count
                && count.getValue() > 0
                && select.getLimit().getOffset() == null;
        return !(anyRow && some);
    }
}
