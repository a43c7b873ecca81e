package io.pgstream.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import net.sf.jsqlparser.expression.AnalyticExpression;
import net.sf.jsqlparser.expression.AnalyticType;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.ExpressionVisitorAdapter;
import net.sf.jsqlparser.expression.WindowElement;
import net.sf.jsqlparser.expression.WindowOffset;
import net.sf.jsqlparser.expression.WindowRange;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.statement.select.OrderByElement;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.SelectItem;

/**
 * {@code SELECT row_number() OVER () FROM (SELECT … ORDER BY x) AS q}: PostgreSQL sorts for no window here, so the function meets the
 * rows in the order of the subquery, and LIMIT and DISTINCT ON take the first of them. They get that order as their own.
 */
final class SortedWindows {

    /** Those whose value depends on the order, and on no frame. */
    private static final Set<String> NUMBERING = Set.of("row_number", "ntile", "lag", "lead");

    /** Those whose value depends on the order of the rows of the partition. */
    private static final Set<String> CHOOSING = Set.of(
            "first_value",
            "last_value",
            "nth_value",
            "array_agg",
            "string_agg",
            "json_agg",
            "jsonb_agg",
            "json_object_agg",
            "jsonb_object_agg",
            "xmlagg");

    /** All rows are equal to these without an order, and would not be with one. */
    private static final Set<String> RANKING = Set.of("rank", "dense_rank", "percent_rank", "cume_dist");

    private final Supplier<List<OrderByElement>> order;

    SortedWindows(Supplier<List<OrderByElement>> order) {
        this.order = order;
    }

    /** Whether the rows of FROM reach the windows and LIMIT of a block in the order that they come in. */
    static boolean keepsOrder(PlainSelect select, Set<String> aggregates) {
        AggregateFinder finder = new AggregateFinder(aggregates);
        return select.getGroupBy() == null
                && select.getHaving() == null
                && select.getWindowDefinitions() == null
                && (select.getWhere() == null || !GroupingSets.holdsSubquery(select.getWhere()))
                && select.getSelectItems().stream()
                        .map(SelectItem::getExpression)
                        .noneMatch(finder::finds);
    }

    void hand(PlainSelect select) {
        List<AnalyticExpression> windows = new ArrayList<>();
        Finder finder = new Finder(windows);
        select.getSelectItems().forEach(item -> item.getExpression().accept(finder, null));
        boolean sorted = select.getOrderByElements() != null;
        if (sorted) {
            select.getOrderByElements()
                    .forEach(element -> element.getExpression().accept(finder, null));
        }
        boolean limited =
                !sorted && select.getDistinct() == null && (select.getLimit() != null || select.getOffset() != null);
        if (!sorted && distinctOn(select)) {
            select.setOrderByElements(order.get());
        }
        // What another window is sorted by, the rows are sorted by when they reach this one.
        if ((limited || windows.stream().anyMatch(SortedWindows::depends))
                && windows.stream().allMatch(this::unsorted)) {
            windows.stream().filter(SortedWindows::depends).forEach(this::sort);
            if (limited) {
                select.setOrderByElements(order.get());
            }
        }
    }

    /** Whether another order of the rows can give another value. */
    private static boolean depends(AnalyticExpression call) {
        String name = FunctionName.of(call.getName());
        WindowElement frame = call.getWindowElement();
        return NUMBERING.contains(name)
                || (frame == null && CHOOSING.contains(name))
                || (!RANKING.contains(name)
                        && frame != null
                        && frame.toString().matches("ROWS (?!.*EXCLUDE (GROUP|TIES)).*"));
    }

    /** Whether the rows come sorted by what DISTINCT ON compares, so that the first one of a group is the first to come. */
    private boolean distinctOn(PlainSelect select) {
        if (select.getDistinct() == null || select.getDistinct().getOnSelectItems() == null) {
            return false;
        }
        return sortedBy(select.getDistinct().getOnSelectItems().stream()
                .<Expression>map(SelectItem::getExpression)
                .toList());
    }

    private boolean unsorted(AnalyticExpression call) {
        return call.getWindowName() == null
                && (call.getOrderByElements() == null
                        || call.getOrderByElements().isEmpty())
                && partitioned(call);
    }

    /** Rows that are sorted by the keys of the partitions first are not sorted again. */
    private boolean partitioned(AnalyticExpression call) {
        var keys = call.getPartitionExpressionList();
        return keys == null || keys.isEmpty() || sortedBy(keys);
    }

    private boolean sortedBy(List<? extends Expression> keys) {
        List<OrderByElement> sorted = order.get();
        if (sorted.size() < keys.size()) {
            return false;
        }
        for (int i = 0; i < keys.size(); i++) {
            OrderByElement element = sorted.get(i);
            boolean same = keys.get(i) instanceof Column key
                    && element.getExpression() instanceof Column column
                    && Names.plain(key.getColumnName()).equals(Names.plain(column.getColumnName()))
                    && CallText.direction(element).replace(" ASC", "").isEmpty();
            if (!same) {
                return false;
            }
        }
        return true;
    }

    private void sort(AnalyticExpression call) {
        call.setOrderByElements(order.get());
        if (call.getWindowElement() == null && !NUMBERING.contains(FunctionName.of(call.getName()))) {
            call.setWindowElement(whole());
        }
    }

    /** The frame of a window without an order: all rows of the partition. */
    private static WindowElement whole() {
        WindowRange range = new WindowRange();
        range.setStart(unbounded(WindowOffset.Type.PRECEDING));
        range.setEnd(unbounded(WindowOffset.Type.FOLLOWING));
        WindowElement frame = new WindowElement();
        frame.setType(WindowElement.Type.ROWS);
        frame.setRange(range);
        return frame;
    }

    private static WindowOffset unbounded(WindowOffset.Type type) {
        WindowOffset offset = new WindowOffset();
        offset.setType(type);
        return offset;
    }

    /** The calls of window functions in an expression. */
    private static final class Finder extends ExpressionVisitorAdapter<Void> {

        private final List<AnalyticExpression> calls;

        Finder(List<AnalyticExpression> calls) {
            this.calls = calls;
        }

        @Override
        public <S> Void visit(AnalyticExpression call, S context) {
            if (call.getType() == AnalyticType.OVER) {
                calls.add(call);
            }
            return null;
        }
    }
}
