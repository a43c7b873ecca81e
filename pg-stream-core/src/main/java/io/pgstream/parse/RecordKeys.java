package io.pgstream.parse;

import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.sql.Identifiers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.WindowDefinition;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.select.OrderByElement;
import org.jspecify.annotations.Nullable;

/**
 * Rows without a type by which something is sorted, grouped or partitioned: {@code ROW(a, b)}, and the whole row of a subquery.
 * No column can hold one, and none has to: rows are compared field by field, and NULL is the largest value of a field. Whether
 * there is a row of a subquery at all comes first, because one that is missing is NULL.
 */
final class RecordKeys {

    private final Scope scope;

    RecordKeys(Scope scope) {
        this.scope = scope;
    }

    /** Whether an expression is {@code ROW(…)}, which is never NULL. */
    static boolean isConstructor(Expression wrapped) {
        return ExpressionParser.unwrap(wrapped) instanceof Function function
                && function.getName() != null
                && Masks.isCall(function.getName())
                && function.getParameters() != null
                && Masks.callTemplate(function.getName())
                        .replaceAll("[ ," + Masks.PLACE + "]", "")
                        .equals("ROW()");
    }

    /** Whether an expression is a row without a type. */
    boolean is(Expression wrapped) {
        return isConstructor(wrapped)
                || (ExpressionParser.unwrap(wrapped) instanceof Column column && scope.present(column) != null);
    }

    /** What stands for a row as a key; any other expression stands for itself. */
    List<Expression> fields(Expression wrapped) {
        Expression expression = ExpressionParser.unwrap(wrapped);
        if (expression instanceof Function constructor && isConstructor(constructor)) {
            return constructor.getParameters().stream()
                    .flatMap(field -> fields(field).stream())
                    .toList();
        }
        if (expression instanceof Column column && is(column)) {
            Table table = column.getTable();
            return Stream.concat(Stream.of(WholeRows.PRESENT), scope.rowNames(column).stream())
                    .<Expression>map(name -> new Column(table, Identifiers.quote(name)))
                    .toList();
        }
        return List.of(wrapped);
    }

    /** What the argument of a count is: all rows for {@code ROW(…)}, and whether there is a row for one of a subquery. */
    io.pgstream.plan.expr.@Nullable Expression counted(Expression argument, ExpressionParser parser) {
        if (isConstructor(argument)) {
            return null;
        }
        var present = (argument instanceof Column row) ? scope.present(row) : null;
        return (present == null) ? parser.expression(argument) : new ColumnReference(present);
    }

    /** What sorts as an element of ORDER BY does. */
    List<OrderByElement> sorted(OrderByElement element) {
        if (!is(element.getExpression())) {
            return List.of(element);
        }
        List<OrderByElement> result = new ArrayList<>();
        for (Expression field : fields(element.getExpression())) {
            result.add(new OrderByElement()
                    .withExpression(field)
                    .withAsc(element.isAsc())
                    .withAscDescPresent(element.isAscDescPresent()));
        }
        if (!isConstructor(element.getExpression())) {
            result.get(0).setNullOrdering(element.getNullOrdering());
        }
        return result;
    }

    /** A window without rows in its keys; {@code null} where it has none. */
    @Nullable
    WindowDefinition window(WindowDefinition window) {
        ExpressionList<?> partition = window.getPartitionExpressionList();
        List<OrderByElement> order = window.getOrderByElements();
        boolean rows = (partition != null && partition.stream().anyMatch(this::is))
                || (order != null && order.stream().anyMatch(element -> is(element.getExpression())));
        if (!rows) {
            return null;
        }
        WindowDefinition result = new WindowDefinition();
        if (partition != null) {
            result.setPartitionExpressionList(new ExpressionList<>(
                    partition.stream().flatMap(key -> fields(key).stream()).toList()));
        }
        if (order != null) {
            result.setOrderByElements(
                    order.stream().flatMap(element -> sorted(element).stream()).toList());
        }
        result.setWindowElement(window.getWindowElement());
        return result;
    }
}
