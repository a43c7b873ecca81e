package io.pgstream.parse;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.AggregateFunction;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Filter;
import io.pgstream.plan.NamedAggregate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.OneRow;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.ConstantScale;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;
import net.sf.jsqlparser.statement.select.SetOperationList;
import net.sf.jsqlparser.statement.select.WithItem;
import org.jspecify.annotations.Nullable;

/** Parses a SELECT with what is nested in it. */
final class SelectParser {

    /**
     * A parsed query block.
     *
     * @param operator its operator
     * @param names the names of its columns
     */
    record Block(Operator operator, List<String> names) {}

    private final ParserInput input;

    private final ColumnFactory factory;

    private final Function<String, Select> reader;

    private final @Nullable Domain domain;

    SelectParser(ParserInput input, ColumnFactory factory, Function<String, Select> reader) {
        this(input, factory, reader, null);
    }

    private SelectParser(
            ParserInput input, ColumnFactory factory, Function<String, Select> reader, @Nullable Domain domain) {
        this.input = input;
        this.factory = factory;
        this.reader = reader;
        this.domain = domain;
    }

    /** The domain that the blocks are computed for; its columns are the last ones that they put out. */
    @Nullable
    Domain domain() {
        return domain;
    }

    SelectParser inside(Domain inner) {
        return new SelectParser(input, factory, reader, inner);
    }

    /** A parser of what refers to no query around it. */
    SelectParser free() {
        return (domain == null) ? this : new SelectParser(input, factory, reader, null);
    }

    Select read(String canonicalText) {
        return reader.apply(canonicalText);
    }

    Block parse(Select select, Map<String, Select> outerQueries) {
        if (select instanceof SetOperationList list) {
            SetOperationParser.takeSlice(list);
        }
        Map<String, Select> queries = withQueries(select, outerQueries);
        if (select.getForMode() != null || select.getForUpdateTable() != null) {
            throw new UnsupportedConstructException("it locks rows", "Leave FOR UPDATE or FOR SHARE out.");
        }
        if (ComputedSlice.is(select) && (!(select instanceof PlainSelect plain) || ValuesParser.is(plain))) {
            List<String> names = parse(ComputedSlice.whole(select), queries).names();
            return new Block(
                    plain(ComputedSlice.outside(select, names), queries).operator(), names);
        }
        if (select instanceof ParenthesedSelect parenthesed) {
            return SelectOutput.sliced(parse(parenthesed.getSelect(), queries), select, factory);
        }
        if (select instanceof SetOperationList list) {
            return SelectOutput.sliced(
                    new SetOperationParser(this, input, factory).parse(list, queries), select, factory);
        }
        if (select instanceof PlainSelect plain) {
            if (ValuesParser.is(plain)) {
                return SelectOutput.sliced(ValuesParser.parse(plain, this, input, factory, queries), select, factory);
            }
            return plain(plain, queries);
        }
        throw new UnsupportedConstructException("it uses an unusual kind of SELECT", "Put the rows into a table.");
    }

    /** The WITH queries that can be read in a query: its own, and those around it. */
    static Map<String, Select> withQueries(Select select, Map<String, Select> outer) {
        if (select.getWithItemsList() == null || select.getWithItemsList().isEmpty()) {
            return outer;
        }
        Map<String, Select> queries = new HashMap<>(outer);
        boolean recursive = select.getWithItemsList().stream().anyMatch(WithItem::isRecursive);
        Map<String, Select> all = Collections.unmodifiableMap(queries);
        for (WithItem<?> item : select.getWithItemsList()) {
            // With RECURSIVE each query can also read those that are named behind it.
            Map<String, Select> visible = recursive ? all : Map.copyOf(queries);
            queries.put(Names.plain(item.getAliasName()), ScopedSelect.of(item, visible, recursive));
        }
        return queries;
    }

    private Block plain(PlainSelect select, Map<String, Select> queries) {
        refuse(select);
        dropLimit(select);
        OpenBlock open = OpenBlock.of(select, this, input, factory, queries, null);
        if (isGrouped(select)) {
            return grouped(select, open);
        }
        SelectOutput output = new SelectOutput(this, input, factory, select, open.binding(), open.domain());
        if (ScalarSubquery.atMostOne(open)) {
            output.allowAnyRow();
        }
        output.allowEqualRows(open);
        return output.over(open.source(), ColumnReference::new);
    }

    /** An aggregate without GROUP BY has one row at most, which any LIMIT leaves. */
    void dropLimit(PlainSelect select) {
        RowSets sets = new RowSets(input);
        boolean some = select.getLimit() != null
                && select.getLimit().getRowCount() instanceof LongValue count
                && count.getValue() > 0
                && select.getLimit().getOffset() == null
                && select.getLimit().getByExpressions() == null;
        boolean offset = select.getOffset() != null
                && !select.getOffset().getOffset().toString().equals("0");
        if (some
                && !offset
                && select.getGroupBy() == null
                && isGrouped(select)
                && select.getSelectItems().stream().noneMatch(item -> sets.is(item.getExpression()))) {
            select.setLimit(null);
            select.setOffset(null);
        }
    }

    private boolean isGrouped(PlainSelect select) {
        return select.getGroupBy() != null || select.getHaving() != null || hasAggregates(select);
    }

    /** Whether a block, of which duplicates do not matter, puts out a row for each row of its FROM and WHERE. */
    boolean isOneRowPerRow(PlainSelect select) {
        if (select.getDistinct() != null && select.getDistinct().getOnSelectItems() == null) {
            select.setDistinct(null);
        }
        refuse(select);
        boolean windows = select.getSelectItems().stream()
                .anyMatch(item -> item.toString().toUpperCase(Locale.ROOT).contains(" OVER "));
        RowSets sets = new RowSets(input);
        return select.getDistinct() == null
                && !windows
                && !isGrouped(select)
                && select.getSelectItems().stream().noneMatch(item -> sets.is(item.getExpression()));
    }

    private static void refuse(PlainSelect select) {
        if (select.isUsingOnly()) {
            throw new UnsupportedConstructException("it reads ONLY a table", "Read the whole table.");
        }
        if (select.getLateralViews() != null || select.getQualify() != null) {
            throw new UnsupportedConstructException("it uses an unusual clause", "Leave it out.");
        }
    }

    private boolean hasAggregates(PlainSelect select) {
        AggregateFinder finder = new AggregateFinder(input.functions().aggregates());
        return select.getSelectItems().stream().anyMatch(item -> finder.finds(item.getExpression()));
    }

    Operator project(List<Expression> values, List<String> names, Operator source) {
        List<NamedExpression> provisional = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            provisional.add(new NamedExpression(
                    factory.create(names.get(i), ColumnBinding.UNKNOWN, true, null), values.get(i)));
        }
        boolean plain = values.stream().allMatch(ColumnReference.class::isInstance);
        List<SqlType> types = plain ? List.of() : input.types(new Project(provisional, source));
        List<NamedExpression> items = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            Expression value = values.get(i);
            int id = provisional.get(i).column().id();
            Column column = (value instanceof ColumnReference reference)
                    ? new Column(
                            id,
                            names.get(i),
                            reference.column().type(),
                            reference.column().nullable(),
                            reference.column().scale())
                    : new Column(id, names.get(i), types.get(i), true, ConstantScale.of(value));
            items.add(new NamedExpression(column, value));
        }
        return new Project(items, source);
    }

    static String name(SelectItem<?> item) {
        if (item.getAlias() != null) {
            return Names.plain(item.getAlias().getName());
        }
        if (item.getExpression() instanceof net.sf.jsqlparser.schema.Column column) {
            return Names.plain(column.getColumnName());
        }
        return "column";
    }

    private Block grouped(PlainSelect select, OpenBlock open) {
        ColumnBinding below = open.binding();
        GroupingSets grouping = GroupingSets.of(select.getGroupBy());
        grouping.checkSubqueries(select);
        below.allowSets(true);
        GroupKeys groupKeys = GroupKeys.of(grouping, open, input, factory);
        Map<Column, Expression> keys = groupKeys.expressions();
        Subqueries subqueries = open.subqueries().above();
        ColumnBinding above = below.above(groupKeys.texts(), groupKeys.plain(), subqueries);
        below.allowSets(false);
        above.allowOuterAggregates(call -> input.types(new Aggregate(List.of(), List.of(call), open.source()))
                .get(0));
        List<Expression> having = new ExpressionParser(above).conjuncts(select.getHaving());
        SelectOutput output = new SelectOutput(this, input, factory, select, above, groupKeys.domain());
        above.keyColumns().forEach((raw, key) -> keys.put(key, new ColumnReference(raw)));
        NullableKeys.check(select, grouping, groupKeys.values(), open::source, input);
        if (grouping.plain()
                && domain == null
                && keys.isEmpty()
                && above.aggregates().isEmpty()) {
            // HAVING by itself: one row, for which nothing is read, so that no condition of WHERE can fail.
            return output.over(
                    Filter.of(having, subqueries.attach(new OneRow(), column -> column)), ColumnReference::new);
        }
        Map<Column, Column> typed = new HashMap<>();
        RowSets.Attached rows = groupKeys.sets().attach(open.source(), ColumnReference::new, input, factory);
        keys.replaceAll((column, expression) -> rows.value(expression));
        Aggregate aggregate = aggregate(keys, above.aggregates(), rows.operator(), typed);
        Operator groups = (grouping.plain() && above.groupings().isEmpty())
                ? (domain != null && grouping.keys().isEmpty())
                        ? new EmptyGroups(domain, factory).filled(aggregate, groupKeys.domain(), typed)
                        : aggregate
                : new GroupingBranches(factory, totals(groupKeys))
                        .union(
                                aggregate,
                                branches(grouping, groupKeys.columns(), keys.keySet()),
                                above.groupings(),
                                typed);
        Operator joined = subqueries.attach(groups, column -> typed.getOrDefault(column, column));
        Function<Column, Expression> retype = column -> new ColumnReference(typed.getOrDefault(column, column));
        Operator filtered = Filter.of(
                having.stream().map(condition -> condition.substitute(retype)).toList(), joined);
        return output.over(filtered, retype);
    }

    private GroupingBranches.Totals totals(GroupKeys keys) {
        return (domain == null)
                ? new GroupingBranches.Totals(List.of(), null)
                : new GroupingBranches.Totals(keys.domain(), new EmptyGroups(domain, factory));
    }

    /** The keys of each grouping set; a column that depends on keys is one of all sets, which have these keys. */
    private static List<Set<Column>> branches(GroupingSets grouping, List<Column> keyColumns, Set<Column> all) {
        Set<Column> dependent = new LinkedHashSet<>(all);
        dependent.removeAll(new HashSet<>(keyColumns));
        List<Set<Column>> branches = new ArrayList<>();
        for (Set<Integer> set : grouping.sets()) {
            Set<Column> columns = new LinkedHashSet<>(dependent);
            set.forEach(position -> columns.add(keyColumns.get(position)));
            branches.add(columns);
        }
        return branches;
    }

    Aggregate aggregate(
            Map<Column, Expression> keys, List<NamedAggregate> calls, Operator source, Map<Column, Column> typed) {
        List<NamedExpression> provisional = new ArrayList<>();
        keys.forEach((column, expression) -> provisional.add(new NamedExpression(column, expression)));
        Aggregate untyped = new Aggregate(provisional, calls, source);
        List<SqlType> types = untyped.output().isEmpty() ? List.of() : input.types(untyped);
        List<NamedExpression> typedKeys = new ArrayList<>();
        for (int i = 0; i < provisional.size(); i++) {
            Column column = provisional.get(i).column();
            Expression expression = provisional.get(i).expression();
            boolean nullable = !(expression instanceof ColumnReference reference)
                    || reference.column().nullable();
            typedKeys.add(new NamedExpression(
                    retype(column, types.get(i), nullable, ConstantScale.of(expression), typed), expression));
        }
        List<NamedAggregate> typedCalls = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            NamedAggregate call = calls.get(i);
            boolean nullable = call.call().function() != AggregateFunction.COUNT;
            typedCalls.add(new NamedAggregate(
                    retype(call.column(), types.get(keys.size() + i), nullable, scale(call), typed), call.call()));
        }
        return new Aggregate(typedKeys, typedCalls, source);
    }

    private static Column retype(
            Column column, SqlType type, boolean nullable, @Nullable Integer scale, Map<Column, Column> typed) {
        Column result = new Column(column.id(), column.name(), type, nullable, scale);
        typed.put(column, result);
        return result;
    }

    private static @Nullable Integer scale(NamedAggregate aggregate) {
        Expression argument = aggregate.call().argument();
        return switch (aggregate.call().function()) {
            case COUNT -> Integer.valueOf(0);
            case SUM, MIN, MAX -> (argument == null) ? null : ConstantScale.of(argument);
            case AVG, OPAQUE -> null;
        };
    }
}
