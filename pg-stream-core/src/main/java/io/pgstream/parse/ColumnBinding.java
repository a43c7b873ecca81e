package io.pgstream.parse;

import io.pgstream.plan.AggregateCall;
import io.pgstream.plan.AggregateFunction;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.NamedAggregate;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.resolve.FunctionNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.sf.jsqlparser.expression.AnalyticExpression;
import net.sf.jsqlparser.expression.AnalyticType;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.statement.select.AllColumns;
import org.jspecify.annotations.Nullable;

/**
 * What the names in the expressions of one query block stand for. Above a GROUP BY, a key stands for itself wherever its
 * text occurs, an aggregate call for the column that holds it, and any other column must depend on the keys.
 */
final class ColumnBinding {

    /** The type of a column until PostgreSQL has been asked for it. */
    static final SqlType UNKNOWN = new SqlType(0, -1, "unknown", "unknown", false, false, false);

    private final Scope scope;

    private final FunctionNames functions;

    private final ColumnFactory factory;

    private final Markers markers = new Markers();

    private final boolean grouped;

    /** The marked text of each key that is not a plain column. */
    private final Map<String, Column> keyTexts = new LinkedHashMap<>();

    /** The text of each key that holds a subquery, which would be another one wherever else it is parsed. */
    private final Map<String, Column> subqueryKeys = new LinkedHashMap<>();

    private final Map<Column, Column> keyColumns = new LinkedHashMap<>();

    private final Map<String, NamedAggregate> aggregates = new LinkedHashMap<>();

    private OuterAggregates outerAggregates = OuterAggregates.NONE;

    private final Groupings groupings;

    private @Nullable WindowCalls windows;

    private boolean sets;

    /** The binding below a GROUP BY, for the arguments of aggregates; {@code null} where there is none. */
    private final @Nullable ColumnBinding below;

    /** The subqueries of the clauses that this is for; {@code null} where none are understood. */
    private final @Nullable Subqueries subqueries;

    private ColumnBinding(
            Scope scope,
            FunctionNames functions,
            ColumnFactory factory,
            @Nullable ColumnBinding below,
            @Nullable Subqueries subqueries) {
        this.scope = scope;
        this.functions = functions;
        this.factory = factory;
        this.grouped = below != null;
        this.below = below;
        this.subqueries = subqueries;
        this.groupings = new Groupings(factory);
        if (subqueries != null) {
            subqueries.bind(this);
        }
    }

    static ColumnBinding ungrouped(
            Scope scope, FunctionNames functions, ColumnFactory factory, @Nullable Subqueries subqueries) {
        return new ColumnBinding(scope, functions, factory, null, subqueries);
    }

    /** The binding above a GROUP BY with the given keys. */
    ColumnBinding above(
            Map<net.sf.jsqlparser.expression.Expression, Column> keys,
            Map<Column, Column> plainKeys,
            @Nullable Subqueries subqueriesAbove) {
        ColumnBinding above = new ColumnBinding(scope, functions, factory, this, subqueriesAbove);
        above.keyColumns.putAll(plainKeys);
        keys.forEach((expression, column) -> {
            if (GroupingSets.holdsSubquery(expression)) {
                above.subqueryKeys.put(GroupingSets.wholeText(expression), column);
            } else {
                above.keyTexts.put(markedText(expression), column);
            }
        });
        return above;
    }

    @Nullable
    Subqueries subqueries() {
        return subqueries;
    }

    /** Rows without a type in the clauses of this block. */
    RecordKeys records() {
        return new RecordKeys(scope);
    }

    /** What a subquery can see of this block. */
    @Nullable
    Column visibleInside(@Nullable String alias, String name) {
        Function call = OuterAggregates.read(name);
        if (call != null && OuterAggregates.columns(call).stream().anyMatch(it -> scope.has(Scope.alias(it)))) {
            return outerAggregates.column(call, new ExpressionParser(arguments()), arguments());
        }
        Column column = scope.local(alias, name);
        return (column == null || !grouped) ? column : keyColumns.computeIfAbsent(column, factory::like);
    }

    /** Whether a column is one of the query around this one. */
    boolean isOuter(Column column) {
        return scope.isOuter(column);
    }

    /** Whether an expression reads a column of the query around this one. */
    boolean readsOuter(Expression expression) {
        return expression.columns().stream().anyMatch(scope::isOuter);
    }

    List<NamedAggregate> aggregates() {
        return List.copyOf(aggregates.values());
    }

    /** Whether functions that return sets can be called. */
    void allowSets(boolean allowed) {
        this.sets = allowed;
    }

    /** From now on subqueries can call aggregates of this block, which have such types. */
    void allowOuterAggregates(java.util.function.Function<NamedAggregate, SqlType> types) {
        this.outerAggregates = new OuterAggregates(aggregates, factory, types);
    }

    /** From now on window functions can be called. */
    void allowWindows(WindowCalls calls) {
        this.windows = calls;
    }

    /** The columns of the calls of GROUPING(), with their arguments. */
    Map<Column, List<Column>> groupings() {
        return groupings.calls();
    }

    /** A call that {@link #markedText} has printed, as it stands. */
    Expression callTemplate(String marked) {
        return markers.expression(marked);
    }

    /** Columns below the GROUP BY that are used above it without being keys: they depend on a key that is a primary key. */
    Map<Column, Column> keyColumns() {
        return keyColumns;
    }

    @Nullable
    Expression wholeExpression(net.sf.jsqlparser.expression.Expression expression) {
        if (expression instanceof net.sf.jsqlparser.schema.Column column && column.getArrayConstructor() == null) {
            return markers.expression(reference(column));
        }
        Column key = subqueryKeys.isEmpty() ? null : subqueryKeys.get(GroupingSets.wholeText(expression));
        if (key == null && grouped && !keyTexts.isEmpty()) {
            key = keyTexts.get(rawText(expression));
        }
        return (key == null) ? null : new ColumnReference(key);
    }

    String mark(Column column) {
        return markers.mark(column);
    }

    Expression template(net.sf.jsqlparser.expression.Expression expression) {
        return markers.expression(markedText(expression));
    }

    /** The text of a column, or of a row that is put together of columns. */
    private String reference(net.sf.jsqlparser.schema.Column reference) {
        String row = row(reference);
        if (row == null) {
            return markers.mark(column(reference));
        }
        return grouped ? replaceRawColumns(row) : row;
    }

    /** The same with columns below the GROUP BY. */
    private String rawReference(net.sf.jsqlparser.schema.Column reference) {
        String row = row(reference);
        return (row == null) ? markers.mark(raw(reference)) : row;
    }

    private @Nullable String row(net.sf.jsqlparser.schema.Column reference) {
        return scope.record(Scope.alias(reference), Names.plain(reference.getColumnName()), this::mark);
    }

    private Column column(net.sf.jsqlparser.schema.Column reference) {
        Column column = raw(reference);
        return (grouped && !isOuter(column)) ? keyColumns.computeIfAbsent(column, factory::like) : column;
    }

    private Column raw(net.sf.jsqlparser.schema.Column reference) {
        return scope.resolve(Scope.alias(reference), Names.plain(reference.getColumnName()));
    }

    /** The text of an expression with columns below the GROUP BY marked, to compare it with the keys. */
    private String rawText(net.sf.jsqlparser.expression.Expression expression) {
        return new MarkingDeParser(
                        this::rawReference, this::rawCall, subquery -> "subquery()", this::call, this::window)
                .text(expression);
    }

    /** No key holds an aggregate, so that nothing which holds one can be a key. */
    private @Nullable String rawCall(Function function) {
        if (isAggregate(function)) {
            return "aggregate()";
        }
        checkPlain(function);
        return null;
    }

    String markedText(net.sf.jsqlparser.expression.Expression expression) {
        net.sf.jsqlparser.expression.Expression inner = ExpressionParser.unwrap(expression);
        if (!grouped) {
            return new MarkingDeParser(this::reference, this::call, this::subquery, this::call, this::window)
                    .text(inner);
        }
        // Keys are replaced before their columns are looked up: "a" need not be a key where "lower(a)" is one.
        MarkingDeParser deParser =
                new MarkingDeParser(this::rawReference, this::call, this::subquery, this::call, this::window);
        String text = deParser.text(inner);
        for (Map.Entry<String, Column> key : keyTexts.entrySet()) {
            text = WholeText.replace(text, key.getKey(), markers.mark(key.getValue()));
        }
        return replaceRawColumns(text);
    }

    private String replaceRawColumns(String text) {
        String result = text;
        for (Column column : markers.expression(text).columns()) {
            boolean replaced = !groupings.calls().containsKey(column)
                    && (windows == null || !windows.has(column))
                    && !keyTexts.containsValue(column)
                    && !keyColumns.containsValue(column)
                    && !isOuter(column)
                    && (subqueries == null || !subqueries.made(column))
                    && aggregates.values().stream()
                            .noneMatch(item -> item.column().equals(column));
            if (replaced) {
                Column key = keyColumns.computeIfAbsent(column, factory::like);
                result = result.replace(markers.mark(column), markers.mark(key));
            }
        }
        return result;
    }

    /** The mark of an aggregate call, or {@code null} for a scalar function. */
    private @Nullable String call(Function function) {
        if (Masks.isOuter(function.getName())) {
            Column column = scope.resolve(null, function.toString());
            boolean key = grouped && !isOuter(column);
            return markers.mark(key ? keyColumns.computeIfAbsent(column, factory::like) : column);
        }
        String name = FunctionName.of(function.getName());
        if (grouped && Masks.unmaskedName(name).equals("GROUPING")) {
            return markers.mark(groupings.column(function, new ExpressionParser(this)));
        }
        if (!isAggregate(function)) {
            String whole = grouped
                    ? RecordAggregates.text(function, this::isAggregate, records(), arguments()::markedText)
                    : null;
            if (whole != null) {
                return opaque(name, arguments(), whole);
            }
            checkPlain(function);
            return null;
        }
        if (functions.ambiguous().contains(name)) {
            throw new UnsupportedConstructException(
                    "it calls " + name + ", which is the name of an aggregate and of another function",
                    "Rename one of them.");
        }
        if (!grouped) {
            throw new UnsupportedConstructException(
                    "it calls the aggregate " + name + " in an unusual place", "Use aggregates in SELECT and HAVING.");
        }
        return marked(function, null);
    }

    private boolean isAggregate(Function function) {
        return Masks.isAggregate(function.getName())
                || functions.aggregates().contains(FunctionName.of(function.getName()));
    }

    private String subquery(net.sf.jsqlparser.expression.Expression expression) {
        if (subqueries == null) {
            throw TextDeParser.subquery();
        }
        return "(" + subqueries.expression(expression).sql(markers::mark) + ")";
    }

    private void checkPlain(Function function) {
        String name = FunctionName.of(function.getName());
        if (functions.setReturning().contains(name) && !sets) {
            throw new UnsupportedConstructException(
                    "it calls the set-returning function " + name + " in an unusual place",
                    "Call it in FROM or as an element of SELECT.");
        }
    }

    /** The mark of a call with FILTER or WITHIN GROUP. */
    private String call(AnalyticExpression call) {
        String name = FunctionName.of(call.getName());
        if (!grouped) {
            throw new UnsupportedConstructException(
                    "it calls the aggregate " + name + " in an unusual place", "Use aggregates in SELECT and HAVING.");
        }
        boolean plain = call.getType() == AnalyticType.FILTER_ONLY
                && !call.isDistinct()
                && call.getOffset() == null
                && call.getFuncOrderBy() == null;
        if (!plain || (AggregateFunction.maintained(name) == null && !BooleanAggregates.has(name))) {
            ColumnBinding arguments = arguments();
            return opaque(name, arguments, CallText.of(call, null, arguments::markedText));
        }
        return marked(CallText.withoutFilter(call), call.getFilterExpression());
    }

    private String marked(Function function, net.sf.jsqlparser.expression.@Nullable Expression filter) {
        String name = FunctionName.of(function.getName());
        AggregateFunction kind = AggregateFunction.maintained(name);
        ColumnBinding arguments = arguments();
        var parameters = function.getParameters();
        boolean star = parameters == null || parameters.isEmpty() || parameters.get(0) instanceof AllColumns;
        boolean plain = !function.isDistinct()
                && !function.isUnique()
                && function.getOrderByElements() == null
                && (star || parameters.size() == 1);
        ExpressionParser argumentParser = new ExpressionParser(arguments);
        Expression condition = (filter == null) ? null : argumentParser.expression(filter);
        if (plain && BooleanAggregates.has(name)) {
            Expression value = argumentParser.expression(parameters.get(0));
            return BooleanAggregates.text(name, value, condition, call -> aggregate("count", call));
        }
        if (kind == null || !plain) {
            return opaque(name, arguments, CallText.of(function, arguments::markedText));
        }
        Expression argument = star
                ? null
                : (kind == AggregateFunction.COUNT)
                        ? records().counted(parameters.get(0), argumentParser)
                        : argumentParser.expression(parameters.get(0));
        return aggregate(name, new AggregateCall(kind, argument, condition));
    }

    /** The binding of the arguments of aggregates. */
    private ColumnBinding arguments() {
        return (below == null) ? this : below;
    }

    /** An aggregate that is carried through as it is written. */
    private String opaque(String name, ColumnBinding arguments, String markedCall) {
        return aggregate(
                name, new AggregateCall(AggregateFunction.OPAQUE, arguments.markers.expression(markedCall), null));
    }

    /** The mark of an aggregate. */
    private String aggregate(String name, AggregateCall call) {
        Expression argument = call.argument();
        Expression condition = call.filter();
        if ((argument != null && readsOuter(argument))
                || (condition != null && readsOuter(condition))
                || scope.onlyDomain(argument, condition)) {
            throw OuterAggregates.refused();
        }
        NamedAggregate made = aggregates.computeIfAbsent(
                call.toString(), text -> new NamedAggregate(factory.create(name, UNKNOWN, true, null), call));
        return markers.mark(made.column());
    }

    private String window(AnalyticExpression call) {
        if (windows != null) {
            return markers.mark(windows.column(call, this));
        }
        throw new UnsupportedConstructException(
                "it calls the window function " + call.getName() + " in an unusual place",
                "Use window functions in SELECT.");
    }
}
