package io.pgstream.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.expression.AllValue;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.expression.NullValue;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.select.OrderByElement;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;
import net.sf.jsqlparser.statement.select.SetOperationList;

/**
 * LIMIT and OFFSET of a set operation, VALUES or a query in parentheses by numbers that are not constant: the same of a query that
 * reads it in FROM.
 *
 * <pre>
 * a UNION b ORDER BY 1 LIMIT (SELECT …)   becomes   SELECT r.c1 FROM (a UNION b) AS r (c1) ORDER BY 1 LIMIT (SELECT …)
 * </pre>
 */
final class ComputedSlice {

    private static final String ROWS = "pgstream_rows";

    private static final String COLUMN = "pgstream_column_";

    private ComputedSlice() {}

    static boolean is(Select select) {
        return (select.getLimit() != null && computed(select.getLimit().getRowCount()))
                || (select.getOffset() != null && computed(select.getOffset().getOffset()))
                || (select.getFetch() != null && computed(select.getFetch().getExpression()));
    }

    private static boolean computed(Expression rows) {
        return rows != null
                && !(rows instanceof LongValue)
                && !(rows instanceof AllValue)
                && !(rows instanceof NullValue);
    }

    /** The select without the numbers and its order. */
    static Select whole(Select select) {
        if (select instanceof SetOperationList list) {
            SetOperationList whole = new SetOperationList();
            whole.setSelects(new ArrayList<>(list.getSelects()));
            whole.setOperations(new ArrayList<>(list.getOperations()));
            return whole;
        }
        if (select instanceof ParenthesedSelect parenthesed) {
            return new ParenthesedSelect().withSelect(parenthesed.getSelect());
        }
        PlainSelect values = (PlainSelect) select;
        PlainSelect whole = new PlainSelect();
        whole.setSelectItems(new ArrayList<>(values.getSelectItems()));
        whole.setFromItem(values.getFromItem());
        return whole;
    }

    /**
     * The query that reads it.
     *
     * @param names the names of its columns
     */
    static PlainSelect outside(Select select, List<String> names) {
        Alias alias = new Alias(ROWS, false);
        alias.setAliasColumns(IntStream.range(0, names.size())
                .mapToObj(i -> new Alias.AliasColumn(COLUMN + i))
                .toList());
        ParenthesedSelect rows = new ParenthesedSelect().withSelect(whole(select));
        rows.setAlias(alias);
        PlainSelect outside = new PlainSelect();
        outside.setFromItem(rows);
        outside.setSelectItems(IntStream.range(0, names.size())
                .<SelectItem<?>>mapToObj(i -> new SelectItem<>(new Column(new Table(ROWS), COLUMN + i)))
                .toList());
        if (select.getOrderByElements() != null) {
            outside.setOrderByElements(select.getOrderByElements().stream()
                    .map(element -> sorted(element, names))
                    .toList());
        }
        outside.setLimit(select.getLimit());
        outside.setOffset(select.getOffset());
        outside.setFetch(select.getFetch());
        return outside;
    }

    private static OrderByElement sorted(OrderByElement element, List<String> names) {
        return new OrderByElement()
                .withExpression(new LongValue(SelectOutput.position(element.getExpression(), names) + 1))
                .withAsc(element.isAsc())
                .withAscDescPresent(element.isAscDescPresent())
                .withNullOrdering(element.getNullOrdering());
    }
}
