package io.pgstream.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.expression.AnalyticExpression;
import net.sf.jsqlparser.expression.AnalyticType;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.ExpressionVisitorAdapter;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.OrderByElement;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;
import net.sf.jsqlparser.statement.select.SetOperationList;
import org.jspecify.annotations.Nullable;

/**
 * {@code SELECT array_agg(x) FROM (SELECT x FROM t ORDER BY y, x) AS q}: PostgreSQL hands the rows to the aggregate in the
 * order of the subquery. The aggregate gets that order as its own, and so do a window and a LIMIT that have none.
 */
final class SortedInput {

    private static final Set<String> ORDERED =
            Set.of("array_agg", "string_agg", "json_agg", "jsonb_agg", "json_object_agg", "jsonb_object_agg", "xmlagg");

    private static final String HIDDEN = "pgstream_sort_";

    private SortedInput() {}

    /** Gives the order of the subquery that a block reads to the aggregates and the windows of the block, and to its LIMIT. */
    static void hand(PlainSelect select, Map<String, Select> queries, Set<String> aggregates) {
        FromItem from = select.getFromItem();
        Select sorted = (select.getJoins() == null || select.getJoins().isEmpty()) ? source(from, queries) : null;
        if (sorted == null || sorted.getOrderByElements() == null) {
            return;
        }
        Sorter sorter = new Sorter(sorted, from, select);
        select.getSelectItems().forEach(item -> item.getExpression().accept(sorter, null));
        if (select.getHaving() != null) {
            select.getHaving().accept(sorter, null);
        }
        if (SortedWindows.keepsOrder(select, aggregates)) {
            new SortedWindows(sorter::order).hand(select);
        }
    }

    private static @Nullable Select source(@Nullable FromItem from, Map<String, Select> queries) {
        Select query = (from instanceof ParenthesedSelect nested) ? nested : null;
        if (from instanceof Table table
                && table.getSchemaName() == null
                && queries.get(Names.plain(table.getName())) instanceof ScopedSelect scoped) {
            query = scoped.getSelect();
        }
        while (query instanceof ParenthesedSelect nested && nested.getOrderByElements() == null) {
            query = nested.getSelect();
        }
        return query;
    }

    /** Sorts the arguments of the aggregates in an expression. */
    private static final class Sorter extends ExpressionVisitorAdapter<Void> {

        private final Select sorted;

        private final FromItem from;

        private final boolean extensible;

        Sorter(Select sorted, FromItem from, PlainSelect reader) {
            this.sorted = sorted;
            this.from = from;
            // A row used as a value would show the column, and so would another reader of a WITH query.
            this.extensible = from instanceof ParenthesedSelect
                    && from.getAlias() != null
                    && !WholeRows.of(reader).use(Names.plain(from.getAlias().getName()));
        }

        @Override
        public <S> Void visit(Function call, S context) {
            if (ORDERED.contains(FunctionName.of(call.getName()))
                    && call.getOrderByElements() == null
                    && !call.isDistinct()) {
                call.setOrderByElements(order());
                return null;
            }
            return super.visit(call, context);
        }

        @Override
        public <S> Void visit(AnalyticExpression call, S context) {
            if (call.getType() == AnalyticType.FILTER_ONLY
                    && ORDERED.contains(FunctionName.of(call.getName()))
                    && call.getFuncOrderBy() == null
                    && !call.isDistinct()) {
                call.setFuncOrderBy(order());
            }
            return null;
        }

        private List<OrderByElement> order() {
            List<OrderByElement> order = new ArrayList<>();
            for (OrderByElement element : sorted.getOrderByElements()) {
                OrderByElement outer = new OrderByElement();
                outer.setExpression(column(element.getExpression()));
                outer.setAsc(element.isAsc());
                outer.setAscDescPresent(element.isAscDescPresent());
                outer.setNullOrdering(element.getNullOrdering());
                order.add(outer);
            }
            return order;
        }

        /** The column of the subquery that an element of its ORDER BY is; one more where it is not selected. */
        private Column column(Expression element) {
            PlainSelect plain = OpenSubquery.plain(sorted);
            List<SelectItem<?>> items = items(sorted);
            Column selected = selected(element, items);
            if (selected == null && extensible && plain != null && plain.getDistinct() == null) {
                items.add(new SelectItem<>(element, new Alias(HIDDEN + items.size())));
                selected = selected(element, items);
            }
            if (selected == null) {
                throw new UnsupportedConstructException(
                        "an aggregate, a window or a limit takes its rows in the order of a subquery that does not select what it sorts by",
                        "Write the ORDER BY into the call of the aggregate or the window.");
            }
            return selected;
        }

        /** What a query selects; a set operation is sorted by what its first query does. */
        private static List<SelectItem<?>> items(Select query) {
            Select first = query;
            while (first instanceof SetOperationList || first instanceof ParenthesedSelect) {
                first = (first instanceof SetOperationList list)
                        ? list.getSelect(0)
                        : ((ParenthesedSelect) first).getSelect();
            }
            return (first instanceof PlainSelect plain && plain.getSelectItems() != null)
                    ? plain.getSelectItems()
                    : List.of();
        }

        private @Nullable Column selected(Expression element, List<SelectItem<?>> items) {
            String text = ExpressionParser.unwrap(element).toString();
            for (int i = 0; i < items.size(); i++) {
                boolean selected = ExpressionParser.unwrap(items.get(i).getExpression())
                                .toString()
                                .equals(text)
                        || (element instanceof LongValue number && number.getValue() == i + 1)
                        || (sorted instanceof SetOperationList && named(items.get(i), text));
                if (selected) {
                    Alias alias = from.getAlias();
                    String item = (alias == null) ? ((Table) from).getName() : alias.getName();
                    boolean renamed = alias != null
                            && alias.getAliasColumns() != null
                            && alias.getAliasColumns().size() > i;
                    String name = renamed ? alias.getAliasColumns().get(i).name : name(items.get(i));
                    return new Column(new Table(item), name);
                }
            }
            return null;
        }

        private static boolean named(SelectItem<?> item, String name) {
            return (item.getAlias() != null || item.getExpression() instanceof Column)
                    && Names.plain(name(item)).equals(Names.plain(name));
        }

        private static String name(SelectItem<?> item) {
            return (item.getAlias() != null)
                    ? item.getAlias().getName()
                    : ((Column) item.getExpression()).getColumnName();
        }
    }
}
