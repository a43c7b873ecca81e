package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Lists;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.SortKey;
import io.pgstream.plan.Top;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.NumericLiteral;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import net.sf.jsqlparser.expression.CastExpression;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.statement.select.OrderByElement;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.SelectItem;
import org.jspecify.annotations.Nullable;

/**
 * What a query block does with the rows of its FROM, WHERE and GROUP BY: window functions, the select list, DISTINCT,
 * DISTINCT ON and LIMIT, in this order. ORDER BY counts only where it decides which rows are left.
 */
final class SelectOutput {

    private record Sort(Expression expression, String direction) {}

    private final SelectParser selects;
    private final ParserInput input;
    private final ColumnFactory factory;
    private final PlainSelect select;
    private final ColumnBinding binding;
    private final WindowCalls windows;
    private final List<Expression> values = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<Expression> distinctOn = new ArrayList<>();
    private final List<Sort> order = new ArrayList<>();
    private Slice slice;
    private final RowSets sets;
    private final List<Column> domain;

    /** Parses the clauses, so that the binding knows the aggregates that they call. */
    SelectOutput(
            SelectParser selects,
            ParserInput input,
            ColumnFactory factory,
            PlainSelect select,
            ColumnBinding binding,
            List<Column> domain) {
        this.selects = selects;
        this.input = input;
        this.factory = factory;
        this.select = select;
        this.binding = binding;
        this.domain = domain;
        this.windows = new WindowCalls(select, factory, domain);
        this.sets = new RowSets(input);
        binding.allowWindows(windows);
        this.slice = Slice.of(select, this::value);
        for (SelectItem<?> item : select.getSelectItems()) {
            values.add(value(item.getExpression()));
            names.add(SelectParser.name(item));
        }
        if (isDistinctOn()) {
            select.getDistinct().getOnSelectItems().forEach(item -> distinctOn.addAll(key(item.getExpression())));
        }
        if (select.getOrderByElements() != null) {
            select.getOrderByElements().forEach(this::sort);
        }
        refuseRowsBehindFirst();
        Subqueries subqueries = binding.subqueries();
        if (subqueries != null) {
            subqueries.putOff(windows::has);
        }
    }

    /** An order alone says nothing of a table, but a set-returning function in it makes rows. */
    private void sort(OrderByElement element) {
        if (isDistinctOn() || slice.slices()) {
            List<Expression> keys = key(element.getExpression());
            List<OrderByElement> fields = binding.records().sorted(element);
            for (int i = 0; i < keys.size(); i++) {
                order.add(new Sort(keys.get(i), CallText.direction(fields.get(i))));
            }
        } else if (sets.is(element.getExpression())) {
            key(element.getExpression());
        }
    }

    /**
     * PostgreSQL calls the functions that return sets before it sorts if one is sorted by, and else behind the sort: the first row of a group
     * has then been chosen.
     */
    private void refuseRowsBehindFirst() {
        if (isDistinctOn()
                && !sets.isEmpty()
                && distinctOn.stream().noneMatch(sets::has)
                && order.stream().map(Sort::expression).noneMatch(sets::has)) {
            throw new UnsupportedConstructException(
                    "it uses DISTINCT ON with a set-returning function in SELECT that it does not sort by",
                    "Call the function in FROM, over a subquery with DISTINCT ON.");
        }
    }

    /** LIMIT does not need an order where there is only one row. */
    void allowAnyRow() {
        if (slice.limit() != null
                && slice.offset() == null
                && slice.limit().toString().matches("[1-9]\\d*")
                && order.isEmpty()
                && sets.isEmpty()) {
            slice = new Slice(null, null, false);
        }
    }

    /** Nor does it where all rows are the same, as those of {@code SELECT 1 FROM t WHERE t.k = q.k}. */
    void allowEqualRows(OpenBlock open) {
        if (slice.slices()
                && order.isEmpty()
                && sets.isEmpty()
                && windows.isEmpty()
                && !isDistinctOn()
                && !values.isEmpty()) {
            Set<Column> fixed = FixedColumns.of(open);
            if (values.stream().allMatch(value -> fixed.containsAll(value.columns()))) {
                order.add(new Sort(values.get(0), ""));
            }
        }
    }

    private Expression value(net.sf.jsqlparser.expression.Expression wrapped) {
        boolean set = sets.is(wrapped);
        binding.allowSets(set);
        Expression value = new ExpressionParser(binding).expression(wrapped);
        binding.allowSets(false);
        if (set) {
            sets.add(value);
        }
        return value;
    }

    private boolean isPlainDistinct() {
        return select.getDistinct() != null && !isDistinctOn();
    }

    private boolean isDistinctOn() {
        return select.getDistinct() != null && select.getDistinct().getOnSelectItems() != null;
    }

    /** The same of an element that may be a row. */
    private List<Expression> key(net.sf.jsqlparser.expression.Expression element) {
        return binding.records().is(element)
                ? binding.records().fields(element).stream().map(this::value).toList()
                : List.of(sorted(element));
    }

    /** What an element of ORDER BY means: a number is a position, and a bare name one of the result. */
    private Expression sorted(net.sf.jsqlparser.expression.Expression wrapped) {
        net.sf.jsqlparser.expression.Expression element = ExpressionParser.unwrap(wrapped);
        if (element instanceof LongValue position && element == wrapped) {
            return values.get((int) position.getValue() - 1);
        }
        if (element instanceof net.sf.jsqlparser.schema.Column column
                && (column.getTable() == null || column.getTable().getName() == null)) {
            int position = names.indexOf(Names.plain(column.getColumnName()));
            if (position >= 0) {
                return values.get(position);
            }
        }
        // A subquery that is also selected is the same one: parsed again, it would be another join.
        int position = GroupingSets.holdsSubquery(element) ? position(element) : -1;
        if (position < 0 && isPlainDistinct() && element instanceof CastExpression constant) {
            // DISTINCT sorts by what is selected; PostgreSQL prints the type of a constant here, and not there.
            position = position(constant.getLeftExpression());
        }
        return (position >= 0) ? values.get(position) : value(element);
    }

    private int position(net.sf.jsqlparser.expression.Expression element) {
        List<String> items = select.getSelectItems().stream()
                .map(item -> ExpressionParser.unwrap(item.getExpression()).toString())
                .toList();
        return items.indexOf(ExpressionParser.unwrap(element).toString());
    }

    /**
     * The result over the rows.
     *
     * @param retype what the columns that the binding handed out have become
     */
    SelectParser.Block over(Operator source, Function<Column, Expression> retype) {
        Map<Column, Column> typed = new HashMap<>();
        Operator windowed = windows.isEmpty() ? source : windows.attach(source, retype, typed, input);
        Function<Column, Expression> known =
                column -> typed.containsKey(column) ? new ColumnReference(typed.get(column)) : retype.apply(column);
        Subqueries subqueries = binding.subqueries();
        Operator whole = (subqueries == null)
                ? windowed
                : subqueries.attachAbove(
                        windowed,
                        column -> (known.apply(column) instanceof ColumnReference reference)
                                ? reference.column()
                                : column);
        RowSets.Attached expanded = sets.attach(whole, known, input, factory);
        Operator rows = expanded.operator();
        UnaryOperator<Expression> all = value -> expanded.value(value.substitute(known));
        List<Expression> items = new ArrayList<>(values.stream().map(all).toList());
        List<String> itemNames = new ArrayList<>(names);
        List<Integer> keys = positions(distinctOn.stream().map(all).toList(), items, itemNames);
        List<Integer> sorts = positions(
                order.stream().map(sort -> all.apply(sort.expression())).toList(), items, itemNames);
        boolean sortsByMore = items.size() > names.size();
        int limit = position(slice.limit(), all, items, itemNames);
        int offset = position(slice.offset(), all, items, itemNames);
        for (Column column : domain) {
            items.add(known.apply(column));
            itemNames.add("domain");
        }
        Operator result = selects.project(items, itemNames, rows);
        if (isPlainDistinct()) {
            if (sortsByMore) {
                throw new UnsupportedConstructException(
                        "it sorts the rows of DISTINCT by what it does not select", "Sort by a selected column.");
            }
            result = SetOperationParser.distinct(result, factory);
        }
        Slice read = slice.with(
                (limit < 0)
                        ? slice.limit()
                        : new ColumnReference(result.output().get(limit)),
                (offset < 0)
                        ? slice.offset()
                        : new ColumnReference(result.output().get(offset)));
        return new SelectParser.Block(first(result, keys, sorts, read), names);
    }

    /** Where a number of rows that is not constant stands in the list: it is the same in all rows. */
    private static int position(
            @Nullable Expression count, UnaryOperator<Expression> all, List<Expression> items, List<String> itemNames) {
        if (count == null || count.columns().isEmpty()) {
            return -1;
        }
        Expression number = new Template(List.of("(", ")::bigint"), List.of(all.apply(count)));
        return positions(List.of(number), items, itemNames).get(0);
    }

    /** Where expressions stand in the list, behind which those that are not there yet are put. */
    private static List<Integer> positions(List<Expression> wanted, List<Expression> items, List<String> itemNames) {
        List<Integer> positions = new ArrayList<>();
        for (Expression expression : wanted) {
            if (!items.contains(expression)) {
                items.add(expression);
                itemNames.add("sort");
            }
            positions.add(items.indexOf(expression));
        }
        return positions;
    }

    private Operator first(Operator rows, List<Integer> keys, List<Integer> sorts, Slice read) {
        List<SortKey> sortKeys = sortKeys(rows, sorts);
        Operator result = rows;
        int width = rows.output().size();
        List<Column> of = rows.output().subList(width - domain.size(), width);
        if (!keys.isEmpty()) {
            List<Column> partition =
                    keys.stream().distinct().map(key -> rows.output().get(key)).toList();
            if (sortKeys.stream().allMatch(key -> partition.contains(key.column()))) {
                throw new UnsupportedConstructException(
                        "it uses DISTINCT ON without an ORDER BY that says which row comes first",
                        "Add to ORDER BY what tells the rows of a group apart.");
            }
            List<SortKey> order = Lists.concat(
                    of.stream().map(column -> new SortKey(column, "")).toList(), sortKeys);
            result = new Top(Lists.concat(of, partition), order, new NumericLiteral("1"), null, false, result);
        }
        result = new Slicing(factory).apply(read, result, of, sortKeys);
        if (result == rows) {
            return rows;
        }
        return new Project(
                Lists.concat(rows.output().subList(0, names.size()), of).stream()
                        .map(column -> new NamedExpression(factory.like(column), new ColumnReference(column)))
                        .toList(),
                result);
    }

    private List<SortKey> sortKeys(Operator rows, List<Integer> sorts) {
        List<SortKey> keys = new ArrayList<>();
        for (int i = 0; i < sorts.size(); i++) {
            keys.add(new SortKey(rows.output().get(sorts.get(i)), order.get(i).direction()));
        }
        return SortKey.withoutRepeated(keys);
    }

    /** Which column of its result a set operation is sorted by. */
    static int position(net.sf.jsqlparser.expression.Expression key, List<String> names) {
        int position = -1;
        if (key instanceof LongValue number) {
            position = (int) number.getValue() - 1;
        } else if (key instanceof net.sf.jsqlparser.schema.Column column) {
            position = names.indexOf(Names.plain(column.getColumnName()));
        }
        if (position < 0) {
            throw new UnsupportedConstructException(
                    "it sorts a set operation by " + key, "Sort by a column of the result.");
        }
        return position;
    }

    /** LIMIT, OFFSET and FETCH of a set operation, which can sort by columns of its result only. */
    static SelectParser.Block sliced(
            SelectParser.Block block, net.sf.jsqlparser.statement.select.Select select, ColumnFactory factory) {
        Slice slice = Slice.of(select);
        if (!slice.slices()) {
            return block;
        }
        List<SortKey> keys = List.of();
        List<OrderByElement> elements = (select.getOrderByElements() == null) ? List.of() : select.getOrderByElements();
        for (OrderByElement element : elements) {
            int position = position(element.getExpression(), block.names());
            keys = Lists.append(
                    keys, new SortKey(block.operator().output().get(position), CallText.direction(element)));
        }
        List<Column> columns = block.operator().output();
        List<Column> domain = columns.subList(block.names().size(), columns.size());
        Operator top = new Slicing(factory).apply(slice, block.operator(), domain, SortKey.withoutRepeated(keys));
        return new SelectParser.Block(
                new Project(
                        columns.stream()
                                .map(column -> new NamedExpression(factory.like(column), new ColumnReference(column)))
                                .toList(),
                        top),
                block.names());
    }
}
