package io.pgstream.parse;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.AggregateFunction;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Filter;
import io.pgstream.plan.NamedAggregate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Cast;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.ConstantScale;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;
import net.sf.jsqlparser.statement.select.SetOperation;
import net.sf.jsqlparser.statement.select.SetOperationList;
import net.sf.jsqlparser.statement.select.UnionOp;
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

    SelectParser(ParserInput input, ColumnFactory factory, Function<String, Select> reader) {
        this.input = input;
        this.factory = factory;
        this.reader = reader;
    }

    Select read(String canonicalText) {
        return reader.apply(canonicalText);
    }

    Block parse(Select select, Map<String, Select> outerQueries) {
        Map<String, Select> queries = withQueries(select, outerQueries);
        boolean sliced = select.getLimit() != null || select.getOffset() != null || select.getFetch() != null;
        if (sliced) {
            throw new UnsupportedConstructException(
                    "it uses LIMIT, OFFSET or FETCH", "Leave the limit out and apply it when reading the table.");
        }
        if (select.getForMode() != null || select.getForUpdateTable() != null) {
            throw new UnsupportedConstructException("it locks rows", "Leave FOR UPDATE or FOR SHARE out.");
        }
        if (select instanceof ParenthesedSelect parenthesed) {
            return parse(parenthesed.getSelect(), queries);
        }
        if (select instanceof SetOperationList list) {
            return union(list, queries);
        }
        if (select instanceof PlainSelect plain) {
            if (ValuesParser.is(plain)) {
                return ValuesParser.parse(plain, input, factory);
            }
            return plain(plain, queries);
        }
        throw new UnsupportedConstructException("it uses an unusual kind of SELECT", "Put the rows into a table.");
    }

    private static Map<String, Select> withQueries(Select select, Map<String, Select> outer) {
        if (select.getWithItemsList() == null || select.getWithItemsList().isEmpty()) {
            return outer;
        }
        Map<String, Select> queries = new HashMap<>(outer);
        for (WithItem<?> item : select.getWithItemsList()) {
            if (item.isRecursive()) {
                throw new UnsupportedConstructException(
                        "it uses WITH RECURSIVE", "Write a WITH query that does not refer to itself.");
            }
            queries.put(Names.plain(item.getAliasName()), ScopedSelect.of(item, Map.copyOf(queries)));
        }
        return queries;
    }

    private Block union(SetOperationList list, Map<String, Select> queries) {
        for (SetOperation operation : list.getOperations()) {
            if (!(operation instanceof UnionOp union) || !union.isAll()) {
                throw new UnsupportedConstructException(
                        "it uses " + operation + " without keeping duplicates, or INTERSECT or EXCEPT",
                        "Use UNION ALL where duplicates cannot occur or do not matter.");
            }
        }
        List<Block> branches = new ArrayList<>();
        for (Select branch : list.getSelects()) {
            branches.add(parse(branch, queries));
        }
        Block first = branches.get(0);
        List<Column> provisional = first.names().stream()
                .map(name -> factory.create(name, ColumnBinding.UNKNOWN, true, null))
                .toList();
        List<Operator> inputs = branches.stream().map(Block::operator).toList();
        List<SqlType> types = input.types(new UnionAll(provisional, inputs));
        List<Operator> casted =
                inputs.stream().map(branch -> cast(branch, types)).toList();
        List<Column> output = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            int position = i;
            boolean nullable = casted.stream()
                    .anyMatch(branch -> branch.output().get(position).nullable());
            output.add(new Column(
                    provisional.get(i).id(), first.names().get(i), types.get(i), nullable, commonScale(casted, i)));
        }
        return new Block(new UnionAll(output, casted), first.names());
    }

    private static @Nullable Integer commonScale(List<Operator> branches, int position) {
        Integer scale =
                ConstantScale.of(new ColumnReference(branches.get(0).output().get(position)));
        for (Operator branch : branches) {
            Integer other = ConstantScale.of(new ColumnReference(branch.output().get(position)));
            if (scale == null || !scale.equals(other)) {
                return null;
            }
        }
        return scale;
    }

    /** PostgreSQL casts the branches of a set operation to their common type without printing it. */
    private Operator cast(Operator branch, List<SqlType> types) {
        List<NamedExpression> items = new ArrayList<>();
        boolean same = true;
        for (int i = 0; i < types.size(); i++) {
            Column column = branch.output().get(i);
            if (column.type().text().equals(types.get(i).text())) {
                items.add(new NamedExpression(factory.like(column), new ColumnReference(column)));
            } else {
                same = false;
                Expression cast =
                        new Cast(new ColumnReference(column), types.get(i).text());
                items.add(new NamedExpression(
                        factory.create(column.name(), types.get(i), column.nullable(), ConstantScale.of(cast)), cast));
            }
        }
        return same ? branch : new Project(items, branch);
    }

    private Block plain(PlainSelect select, Map<String, Select> queries) {
        refuse(select);
        OpenBlock open = OpenBlock.of(select, this, input, factory, queries, null);
        return isGrouped(select) ? grouped(select, open) : project(select.getSelectItems(), open);
    }

    private boolean isGrouped(PlainSelect select) {
        return select.getGroupBy() != null || select.getHaving() != null || hasAggregates(select);
    }

    /** Whether a block puts out a row for each row of its FROM and WHERE; one that it cannot parse is refused. */
    boolean isOneRowPerRow(PlainSelect select) {
        if (select.getDistinct() != null && select.getDistinct().getOnSelectItems() == null) {
            select.setDistinct(null);
        }
        refuse(select);
        return !isGrouped(select);
    }

    private static void refuse(PlainSelect select) {
        if (select.getDistinct() != null) {
            throw new UnsupportedConstructException("it uses DISTINCT", "Group by the columns instead.");
        }
        if (select.getWindowDefinitions() != null
                && !select.getWindowDefinitions().isEmpty()) {
            throw new UnsupportedConstructException("it uses a window", "Leave the window function out.");
        }
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

    private Block project(List<SelectItem<?>> items, OpenBlock open) {
        ExpressionParser expressions = new ExpressionParser(open.binding());
        List<Expression> values = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (SelectItem<?> item : items) {
            values.add(expressions.expression(item.getExpression()));
            names.add(name(item));
        }
        return new Block(project(values, names, open.source()), names);
    }

    private Operator project(List<Expression> values, List<String> names, Operator source) {
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
        ExpressionParser belowParser = new ExpressionParser(below);
        Map<net.sf.jsqlparser.expression.Expression, Column> keyTexts = new LinkedHashMap<>();
        Map<Column, Column> plainKeys = new LinkedHashMap<>();
        Map<Column, Expression> keys = new LinkedHashMap<>();
        for (net.sf.jsqlparser.expression.Expression key : groupBy(select)) {
            Expression expression = belowParser.expression(key);
            if (expression instanceof ColumnReference reference) {
                plainKeys.computeIfAbsent(reference.column(), factory::like);
            } else {
                Column column = factory.create("key", ColumnBinding.UNKNOWN, true, null);
                keyTexts.put(key, column);
                keys.put(column, expression);
            }
        }
        Subqueries subqueries = open.subqueries().above();
        ColumnBinding above = below.above(keyTexts, plainKeys, subqueries);
        ExpressionParser aboveParser = new ExpressionParser(above);
        List<Expression> having = aboveParser.conjuncts(select.getHaving());
        List<Expression> values = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (SelectItem<?> item : select.getSelectItems()) {
            values.add(aboveParser.expression(item.getExpression()));
            names.add(name(item));
        }
        above.keyColumns().forEach((raw, key) -> keys.put(key, new ColumnReference(raw)));
        Map<Column, Column> typed = new HashMap<>();
        Aggregate aggregate = aggregate(keys, above.aggregates(), open.source(), typed);
        Operator joined = subqueries.attach(aggregate, column -> typed.getOrDefault(column, column));
        Function<Column, Expression> retype = column -> new ColumnReference(typed.getOrDefault(column, column));
        Operator filtered = Filter.of(
                having.stream().map(condition -> condition.substitute(retype)).toList(), joined);
        List<Expression> retyped =
                values.stream().map(value -> value.substitute(retype)).toList();
        return new Block(project(retyped, names, filtered), names);
    }

    private static List<net.sf.jsqlparser.expression.Expression> groupBy(PlainSelect select) {
        if (select.getGroupBy() == null) {
            return List.of();
        }
        if (!select.getGroupBy().getGroupingSets().isEmpty()) {
            throw groupingSets();
        }
        ExpressionList<?> list = select.getGroupBy().getGroupByExpressionList();
        List<net.sf.jsqlparser.expression.Expression> keys = new ArrayList<>();
        for (net.sf.jsqlparser.expression.Expression key : list) {
            String text = key.toString().toUpperCase(java.util.Locale.ROOT);
            if (text.startsWith("ROLLUP") || text.startsWith("CUBE") || text.startsWith("GROUPING SETS")) {
                throw groupingSets();
            }
            if (key instanceof ExpressionList<?> nested && nested.size() != 1) {
                throw groupingSets();
            }
            if (text.contains("(SELECT ")) {
                // Its text elsewhere would be another subquery.
                throw new UnsupportedConstructException(
                        "it groups by a subquery", "Compute the value in a subquery in FROM.");
            }
            keys.add(key);
        }
        return keys;
    }

    private static UnsupportedConstructException groupingSets() {
        return new UnsupportedConstructException(
                "it uses GROUPING SETS, ROLLUP or CUBE", "Make a stream table for each grouping.");
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
            case AVG -> null;
        };
    }
}
