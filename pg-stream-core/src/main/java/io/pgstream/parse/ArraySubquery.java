package io.pgstream.parse;

import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.select.OrderByElement;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;
import org.jspecify.annotations.Nullable;

/** {@code ARRAY(subquery)} is the subquery with array_agg around what it selects, and an empty array for no rows. */
final class ArraySubquery {

    private static final String ROWS = "pgstream_rows";

    private static final String VALUE = "pgstream_value";

    private final SelectParser selects;

    ArraySubquery(SelectParser selects) {
        this.selects = selects;
    }

    static boolean is(Expression expression) {
        return expression instanceof Function function && select(function) != null;
    }

    private static @Nullable Select select(Function function) {
        ExpressionList<?> parameters = function.getParameters();
        return "ARRAY".equals(function.getName())
                        && parameters != null
                        && parameters.size() == 1
                        && parameters.get(0) instanceof Select select
                ? select
                : null;
    }

    /** The array of a list of values, which has the order of the list; {@code null} for any other subquery. */
    static io.pgstream.plan.expr.@Nullable Expression values(Function array, ExpressionParser expressions) {
        Select select = select(array);
        List<Expression> values = (select == null) ? null : ValuesParser.list(select);
        if (values == null) {
            return null;
        }
        List<String> fragments = new ArrayList<>(Collections.nCopies(values.size() - 1, ", "));
        fragments.add(0, "ARRAY[");
        fragments.add("]");
        return new Template(
                fragments, values.stream().map(expressions::expression).toList());
    }

    static io.pgstream.plan.expr.Expression orEmpty(io.pgstream.plan.expr.Expression array) {
        return new Template(List.of("COALESCE(", ", '{}')"), List.of(array));
    }

    ParenthesedSelect aggregated(Function array) {
        Select select = select(array);
        if (select == null) {
            throw TextDeParser.subquery();
        }
        PlainSelect plain = OpenSubquery.plain(select);
        boolean flat = plain != null
                && plain.getDistinct() == null
                && !OpenSubquery.sliced(plain, false)
                && selects.isOneRowPerRow(plain);
        return (plain != null && flat) ? flat(plain) : nested(select);
    }

    private static ParenthesedSelect flat(PlainSelect select) {
        Expression value = select.getSelectItems().get(0).getExpression();
        PlainSelect result = new PlainSelect();
        result.setFromItem(select.getFromItem());
        result.setJoins(select.getJoins());
        result.setWhere(select.getWhere());
        return of(result, value, value, select);
    }

    /** Rows that are grouped or limited can only be sorted by what they have. */
    private static ParenthesedSelect nested(Select select) {
        Column value = new Column(new Table(ROWS), VALUE);
        Alias alias = new Alias(ROWS, false);
        alias.setAliasColumns(List.of(new Alias.AliasColumn(VALUE)));
        ParenthesedSelect rows = new ParenthesedSelect();
        rows.setSelect(select);
        rows.setAlias(alias);
        PlainSelect result = new PlainSelect();
        result.setFromItem(rows);
        PlainSelect plain = OpenSubquery.plain(select);
        Expression selected =
                (plain == null) ? null : plain.getSelectItems().get(0).getExpression();
        return of(result, value, selected, select);
    }

    private static ParenthesedSelect of(
            PlainSelect result, Expression value, @Nullable Expression selected, Select select) {
        Function aggregate = new Function();
        aggregate.setName("array_agg");
        aggregate.setParameters(new ExpressionList<>(value));
        if (select.getOrderByElements() != null) {
            List<OrderByElement> order = new ArrayList<>();
            for (OrderByElement element : select.getOrderByElements()) {
                order.add(sorted(element, value, selected));
            }
            aggregate.setOrderByElements(order);
        }
        result.setSelectItems(List.of(new SelectItem<>(aggregate)));
        ParenthesedSelect parenthesed = new ParenthesedSelect();
        parenthesed.setSelect(result);
        return parenthesed;
    }

    private static OrderByElement sorted(OrderByElement element, Expression value, @Nullable Expression selected) {
        Expression key = element.getExpression();
        // Set operations and VALUES have no other column.
        boolean sortsByValue = key instanceof LongValue
                || (selected == null && key instanceof Column)
                || (selected != null
                        && ExpressionParser.unwrap(key)
                                .toString()
                                .equals(ExpressionParser.unwrap(selected).toString()));
        if (!sortsByValue && value != selected) {
            throw new UnsupportedConstructException(
                    "it makes an array of a subquery that is sorted by something else than its values",
                    "Use array_agg(... ORDER BY ...) over the subquery.");
        }
        return new OrderByElement()
                .withExpression(sortsByValue ? value : key)
                .withAsc(element.isAsc())
                .withAscDescPresent(element.isAscDescPresent())
                .withNullOrdering(element.getNullOrdering());
    }
}
