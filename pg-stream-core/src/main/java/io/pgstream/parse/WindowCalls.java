package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Window;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.ConstantScale;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import net.sf.jsqlparser.expression.AnalyticExpression;
import net.sf.jsqlparser.expression.WindowDefinition;
import net.sf.jsqlparser.expression.WindowElement;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.statement.select.OrderByElement;
import net.sf.jsqlparser.statement.select.PlainSelect;
import org.jspecify.annotations.Nullable;

/** The window functions that a query block calls. */
final class WindowCalls {

    private record Call(Column column, Expression expression, List<Expression> partition) {}

    private final List<WindowDefinition> definitions;
    private final ColumnFactory factory;

    /** The columns of the domain of a subquery: whatever is partitioned is partitioned by them, too. */
    private final List<Column> domain;

    private final Map<String, Call> calls = new LinkedHashMap<>();

    WindowCalls(PlainSelect select, ColumnFactory factory, List<Column> domain) {
        this.domain = domain;
        this.definitions = (select.getWindowDefinitions() == null) ? List.of() : select.getWindowDefinitions();
        this.factory = factory;
    }

    /** The column that holds the value of a call. */
    Column column(AnalyticExpression call, ColumnBinding binding) {
        WindowDefinition named = withoutRows(call, definition(call), binding.records());
        ExpressionList<?> partitionBy =
                (named == null) ? call.getPartitionExpressionList() : named.getPartitionExpressionList();
        Expression expression = binding.callTemplate(CallText.of(
                call,
                named,
                binding::markedText,
                domain.stream().map(binding::mark).toList()));
        List<Expression> partition = new ArrayList<>();
        domain.forEach(column -> partition.add(new ColumnReference(column)));
        if (partitionBy != null) {
            partitionBy.forEach(key -> partition.add(new ExpressionParser(binding).expression(key)));
        }
        return calls.computeIfAbsent(
                        expression.toString(),
                        text -> new Call(
                                factory.create(FunctionName.of(call.getName()), ColumnBinding.UNKNOWN, true, null),
                                expression,
                                partition))
                .column();
    }

    private static @Nullable WindowDefinition withoutRows(
            AnalyticExpression call, @Nullable WindowDefinition named, RecordKeys records) {
        WindowDefinition definition = named;
        if (definition == null) {
            definition = new WindowDefinition();
            definition.setPartitionExpressionList(copy(call.getPartitionExpressionList()));
            definition.setOrderByElements(call.getOrderByElements());
            definition.setWindowElement(call.getWindowElement());
        }
        WindowDefinition fields = records.window(definition);
        return (fields == null) ? named : fields;
    }

    /** The whole definition of a window that the call does not define alone; {@code null} where it does. */
    private @Nullable WindowDefinition definition(AnalyticExpression call) {
        if (call.getWindowName() != null) {
            return whole(named(call.getWindowName()));
        }
        String start = start(call.getPartitionExpressionList());
        return (start == null) ? null : continued(start, call.getOrderByElements(), call.getWindowElement());
    }

    private WindowDefinition whole(WindowDefinition definition) {
        String start = start(definition.getPartitionExpressionList());
        return (start == null)
                ? definition
                : continued(start, definition.getOrderByElements(), definition.getWindowElement());
    }

    private static @Nullable String start(@Nullable ExpressionList<?> partition) {
        return (partition != null
                        && partition.size() == 1
                        && partition.get(0) instanceof net.sf.jsqlparser.schema.Column column)
                ? Masks.windowName(column.getColumnName())
                : null;
    }

    /** A window is partitioned by the one that it starts from, and sorted by it unless it says more; the frame is its own. */
    private WindowDefinition continued(
            String start, @Nullable List<OrderByElement> order, @Nullable WindowElement frame) {
        WindowDefinition first = whole(named(start));
        WindowDefinition result = new WindowDefinition();
        result.setPartitionExpressionList(copy(first.getPartitionExpressionList()));
        result.setOrderByElements((order == null || order.isEmpty()) ? first.getOrderByElements() : order);
        result.setWindowElement(frame);
        return result;
    }

    private static @Nullable ExpressionList<net.sf.jsqlparser.expression.Expression> copy(
            @Nullable ExpressionList<?> partition) {
        if (partition == null) {
            return null;
        }
        List<net.sf.jsqlparser.expression.Expression> keys = new ArrayList<>();
        partition.forEach(keys::add);
        return new ExpressionList<>(keys);
    }

    private WindowDefinition named(String name) {
        return definitions.stream()
                .filter(definition -> Names.plain(name).equals(Names.plain(definition.getWindowName())))
                .findFirst()
                .orElseThrow(() -> new UnsupportedConstructException(
                        "it uses the window " + Names.plain(name) + " in a way that the parser does not understand",
                        "Write its definition behind OVER."));
    }

    boolean isEmpty() {
        return calls.isEmpty();
    }

    boolean has(Column column) {
        return calls.values().stream().anyMatch(call -> call.column().equals(column));
    }

    /**
     * Puts the window functions above an operator, one operator for each way in which they are partitioned.
     *
     * @param retype what the columns that the calls read have become
     * @param typed receives the columns of the calls with their types
     */
    Operator attach(
            Operator source, Function<Column, Expression> retype, Map<Column, Column> typed, ParserInput input) {
        Map<List<Expression>, List<NamedExpression>> partitionings = new LinkedHashMap<>();
        for (Call call : calls.values()) {
            List<Expression> partition =
                    call.partition().stream().map(key -> key.substitute(retype)).toList();
            partitionings
                    .computeIfAbsent(partition, key -> new ArrayList<>())
                    .add(new NamedExpression(call.column(), call.expression().substitute(retype)));
        }
        Map<Expression, Column> keys = new LinkedHashMap<>();
        Operator result = withKeys(source, partitionings.keySet(), keys, input);
        // The smallest partitions first: windows above others whose partitions lie within theirs are computed with
        // these.
        List<Map.Entry<List<Expression>, List<NamedExpression>>> ordered = new ArrayList<>(partitionings.entrySet());
        ordered.sort(Comparator.comparingInt(entry -> -entry.getKey().size()));
        for (Map.Entry<List<Expression>, List<NamedExpression>> entry : ordered) {
            List<Column> partition =
                    entry.getKey().stream().map(keys::get).distinct().toList();
            List<SqlType> types = input.types(new Project(entry.getValue(), result));
            List<NamedExpression> functions = new ArrayList<>();
            for (int i = 0; i < types.size(); i++) {
                NamedExpression function = entry.getValue().get(i);
                Column column =
                        new Column(function.column().id(), function.column().name(), types.get(i), true, null);
                typed.put(function.column(), column);
                functions.add(new NamedExpression(column, function.expression()));
            }
            result = new Window(functions, partition, result);
        }
        return result;
    }

    /** The source with a column for each expression that partitions. */
    private Operator withKeys(
            Operator source, Iterable<List<Expression>> partitions, Map<Expression, Column> keys, ParserInput input) {
        List<NamedExpression> computed = new ArrayList<>();
        for (List<Expression> partition : partitions) {
            for (Expression key : partition) {
                if (key instanceof ColumnReference reference) {
                    keys.put(key, reference.column());
                } else if (!keys.containsKey(key)) {
                    NamedExpression item =
                            new NamedExpression(factory.create("partition", ColumnBinding.UNKNOWN, true, null), key);
                    keys.put(key, item.column());
                    computed.add(item);
                }
            }
        }
        if (computed.isEmpty()) {
            return source;
        }
        List<SqlType> types = input.types(new Project(computed, source));
        List<NamedExpression> items = new ArrayList<>();
        source.output().forEach(column -> items.add(new NamedExpression(column, new ColumnReference(column))));
        for (int i = 0; i < computed.size(); i++) {
            Expression key = computed.get(i).expression();
            Column column =
                    new Column(computed.get(i).column().id(), "partition", types.get(i), true, ConstantScale.of(key));
            keys.put(key, column);
            items.add(new NamedExpression(column, key));
        }
        return new Project(items, source);
    }
}
