package io.pgstream.parse;

import io.pgstream.QualifiedName;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lists;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.OneRow;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.plan.expr.Template;
import io.pgstream.resolve.Attribute;
import io.pgstream.resolve.ResolvedRelation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.ParenthesedFromItem;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.Select;
import org.jspecify.annotations.Nullable;

/** Parses the FROM clause of a query block; what it names comes into scope. */
final class FromParser {

    private final SelectParser selects;

    private final ParserInput input;

    private final ColumnFactory factory;

    private final Scope scope;

    private final Map<String, Select> queries;

    FromParser(
            SelectParser selects, ParserInput input, ColumnFactory factory, Scope scope, Map<String, Select> queries) {
        this.selects = selects;
        this.input = input;
        this.factory = factory;
        this.scope = scope;
        this.queries = queries;
    }

    /**
     * The product of inputs that satisfies conditions.
     *
     * @param inputs the inputs of an inner join
     * @param conditions its conditions
     */
    record Part(List<Operator> inputs, List<Expression> conditions) {

        /** Nothing yet. */
        static final Part NONE = new Part(List.of(), List.of());

        static Part of(Operator operator) {
            return new Part(List.of(operator), List.of());
        }

        Part with(Part other) {
            return new Part(Lists.concat(inputs, other.inputs), Lists.concat(conditions, other.conditions));
        }

        Part where(List<Expression> more) {
            return new Part(inputs, Lists.concat(conditions, more));
        }

        Operator operator() {
            return (inputs.size() == 1)
                    ? Filter.of(conditions, inputs.get(0))
                    : new Join(inputs, conditions, Join.Order.FREE);
        }
    }

    /** A FROM clause: items between commas, each followed by its joins. */
    private Part parse(@Nullable FromItem first, @Nullable List<net.sf.jsqlparser.statement.select.Join> joins) {
        return parse(first, joins, Part.NONE);
    }

    /** The same behind other items, which the first item can refer to. */
    Part parse(@Nullable FromItem first, @Nullable List<net.sf.jsqlparser.statement.select.Join> joins, Part around) {
        int start = scope.size();
        Part before = Part.NONE;
        Part current = behind(around, first);
        for (net.sf.jsqlparser.statement.select.Join join :
                (joins == null) ? List.<net.sf.jsqlparser.statement.select.Join>of() : joins) {
            if (join.isSemi() || join.isApply() || join.isStraight() || join.isNatural()) {
                throw new UnsupportedConstructException("it uses " + join, "Use an inner join with ON.");
            }
            if ((join.isRight() || join.isFull()) && !around.inputs().isEmpty()) {
                throw LateralParser.outOfReach();
            }
            int middle = scope.size();
            if (join.isSimple() && leadsWithRows(join.getFromItem())) {
                current = behind(before.with(current), join.getFromItem());
                before = Part.NONE;
                continue;
            }
            if (LateralParser.is(join.getFromItem()) && !join.isRight() && !join.isFull()) {
                LateralParser.Items items =
                        new LateralParser(selects, input, factory, scope, queries).join(join, before, current);
                before = items.before();
                current = items.current();
                continue;
            }
            Part next = item(join.getFromItem());
            if (join.isSimple()) {
                before = before.with(current);
                current = next;
                start = middle;
            } else {
                current = join(join, current, next, start, middle);
            }
        }
        return before.with(current);
    }

    /** Whether an item is a join of which the first item is a row source, which can refer to what is before the join. */
    private static boolean leadsWithRows(FromItem item) {
        return item instanceof ParenthesedFromItem parenthesed
                && (leadsWithRows(parenthesed.getFromItem()) || LateralParser.is(parenthesed.getFromItem()));
    }

    private Part behind(Part left, @Nullable FromItem item) {
        if (left.inputs().isEmpty()) {
            return item(item);
        }
        if (item == null) {
            return left;
        }
        if (LateralParser.is(item)) {
            net.sf.jsqlparser.statement.select.Join comma = new net.sf.jsqlparser.statement.select.Join();
            comma.setSimple(true);
            comma.setFromItem(item);
            return new LateralParser(selects, input, factory, scope, queries)
                    .join(comma, left, Part.NONE)
                    .current();
        }
        if (item instanceof ParenthesedFromItem parenthesed && parenthesed.getAlias() == null) {
            return parse(parenthesed.getFromItem(), parenthesed.getJoins(), left);
        }
        return left.with(item(item));
    }

    private Part join(net.sf.jsqlparser.statement.select.Join join, Part left, Part right, int start, int middle) {
        int end = scope.size();
        List<Expression> conditions = new ArrayList<>();
        List<UsingColumn> using = using(join, start, middle, end);
        using.forEach(column ->
                conditions.add(new Equality(new ColumnReference(column.left()), new ColumnReference(column.right()))));
        Subqueries subqueries = new Subqueries(selects.free(), input, factory, queries);
        ExpressionParser expressions =
                new ExpressionParser(ColumnBinding.ungrouped(scope, input.functions(), factory, subqueries));
        for (net.sf.jsqlparser.expression.Expression on : join.getOnExpressions()) {
            conditions.addAll(expressions.conjuncts(on));
        }
        JoinedSubqueries joined = new JoinedSubqueries(subqueries, factory);
        if (join.isRight()) {
            scope.fill(start, middle);
            scope.merge(merged(using, UsingColumn::right));
            return Part.of(joined.outer(right.operator(), left.operator(), conditions, false));
        }
        if (join.isLeft()) {
            scope.fill(middle, end);
            conditions.addAll(
                    right.conditions().stream().filter(scope::readsDomain).toList());
            Part own = new Part(
                    right.inputs(),
                    right.conditions().stream()
                            .filter(condition -> !scope.readsDomain(condition))
                            .toList());
            return Part.of(joined.outer(left.operator(), own.operator(), conditions, false));
        }
        if (join.isFull()) {
            scope.fill(start, end);
            return Part.of(mergedAbove(joined.outer(left.operator(), right.operator(), conditions, true), using));
        }
        if (join.isOuter()) {
            throw new UnsupportedConstructException("it uses " + join, "Use LEFT, RIGHT or FULL JOIN with ON.");
        }
        return subqueries.isEmpty()
                ? left.with(right).where(conditions)
                : Part.of(joined.inner(left.with(right).operator(), conditions));
    }

    private record UsingColumn(String name, Column left, Column right) {}

    private List<UsingColumn> using(net.sf.jsqlparser.statement.select.Join join, int start, int middle, int end) {
        List<UsingColumn> using = new ArrayList<>();
        if (join.getUsingColumns() != null) {
            for (net.sf.jsqlparser.schema.Column column : join.getUsingColumns()) {
                String name = Names.plain(column.getColumnName());
                using.add(new UsingColumn(name, scope.first(name, start, middle), scope.first(name, middle, end)));
            }
        }
        return using;
    }

    private static Map<String, Column> merged(List<UsingColumn> using, Function<UsingColumn, Column> side) {
        Map<String, Column> columns = new LinkedHashMap<>();
        using.forEach(column -> columns.put(column.name(), side.apply(column)));
        return columns;
    }

    /** The merged column of a full join is whichever side is there. */
    private Operator mergedAbove(Operator join, List<UsingColumn> using) {
        if (using.isEmpty()) {
            return join;
        }
        List<NamedExpression> items = new ArrayList<>();
        for (UsingColumn column : using) {
            Expression value = new Template(
                    List.of("COALESCE(", ", ", ")"),
                    List.of(
                            new ColumnReference(OuterJoin.nullable(column.left())),
                            new ColumnReference(OuterJoin.nullable(column.right()))));
            items.add(new NamedExpression(factory.create(column.name(), ColumnBinding.UNKNOWN, true, null), value));
        }
        List<SqlType> types = input.types(new Project(items, join));
        Map<String, Column> merged = new LinkedHashMap<>();
        List<NamedExpression> all = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            UsingColumn source = using.get(i);
            boolean nullable = source.left().nullable() || source.right().nullable();
            Column column = new Column(items.get(i).column().id(), source.name(), types.get(i), nullable, null);
            merged.put(source.name(), column);
            all.add(new NamedExpression(column, items.get(i).expression()));
        }
        join.output().forEach(column -> all.add(new NamedExpression(column, new ColumnReference(column))));
        scope.merge(merged);
        return new Project(all, join);
    }

    private Part item(@Nullable FromItem item) {
        if (item == null) {
            return Part.of(new OneRow());
        }
        if (item.getPivot() != null || item.getUnPivot() != null || item.getSampleClause() != null) {
            throw new UnsupportedConstructException("it uses TABLESAMPLE", "Read the whole table.");
        }
        if (item instanceof ParenthesedFromItem parenthesed) {
            if (parenthesed.getAlias() != null) {
                throw new UnsupportedConstructException("a join has an alias", "Give aliases to tables only.");
            }
            return parse(parenthesed.getFromItem(), parenthesed.getJoins());
        }
        if (LateralParser.is(item)) {
            return new LateralParser(selects, input, factory, scope, queries).first(item);
        }
        if (item instanceof ParenthesedSelect select) {
            return nested(select, queries, block -> block, select.getAlias(), null);
        }
        if (item instanceof Table table) {
            return table(table);
        }
        throw new UnsupportedConstructException("it uses an unusual item in FROM", "Put the rows into a table.");
    }

    private Part table(Table table) {
        String name = Names.plain(table.getName());
        if (table.getSchemaName() == null) {
            Select query = queries.get(name);
            if (query instanceof WorkingTable working) {
                return block(working.block(), table.getAlias(), name);
            }
            if (!(query instanceof ScopedSelect scoped)) {
                throw new UnsupportedConstructException("it reads " + name + ", which is not a table", "Read a table.");
            }
            if (scoped.recursive()) {
                SelectParser.Block block = new RecursionParser(selects.free(), input, factory).parse(scoped, name);
                return block(scoped.renamed(block), table.getAlias(), name);
            }
            return nested(scoped.getSelect(), scoped.queries(), scoped::renamed, table.getAlias(), name);
        }
        ResolvedRelation relation = input.relation(new QualifiedName(Names.plain(table.getSchemaName()), name));
        if (relation instanceof ResolvedRelation.View view) {
            SelectParser.Block block = selects.free().parse(selects.read(view.canonicalQuery()), Map.of());
            return block(new SelectParser.Block(block.operator(), view.columns()), table.getAlias(), name);
        }
        if (relation instanceof ResolvedRelation.Table resolved) {
            return scan(resolved, table.getAlias(), name);
        }
        ResolvedRelation.Opaque opaque = (ResolvedRelation.Opaque) relation;
        throw new UnsupportedConstructException(
                "it reads " + opaque.name() + ": " + opaque.reason(), "Read an ordinary table.");
    }

    private Part scan(ResolvedRelation.Table resolved, @Nullable Alias alias, String name) {
        List<Column> columns = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Attribute attribute : resolved.attributes()) {
            columns.add(factory.create(attribute.name(), attribute.type(), !attribute.notNull(), null));
            names.add(attribute.name());
        }
        return add(new Scan(resolved.table(), columns, false), names, alias, name);
    }

    /** A subquery that may refer to the domain of this block; then it is joined by its own. */
    private Part nested(
            Select select,
            Map<String, Select> visible,
            UnaryOperator<SelectParser.Block> renamed,
            @Nullable Alias alias,
            @Nullable String name) {
        Domain domain = selects.domain();
        if (domain == null) {
            return block(renamed.apply(selects.parse(select, visible)), alias, name);
        }
        SelectParser.Block block;
        try {
            block = selects.free().parse(select, visible);
        } catch (UnsupportedConstructException e) {
            block = selects.parse(select, visible);
            List<Column> own = block.operator().output();
            List<Column> last = own.subList(block.names().size(), own.size());
            return block(renamed.apply(block), alias, name).where(domain.same(scope.domain(), last));
        }
        return block(renamed.apply(block), alias, name);
    }

    private Part block(SelectParser.Block block, @Nullable Alias alias, @Nullable String name) {
        return add(block.operator(), block.names(), alias, (name == null) ? "" : name);
    }

    private Part add(Operator operator, List<String> names, @Nullable Alias alias, String name) {
        List<String> visible = new ArrayList<>(names);
        if (alias != null && alias.getAliasColumns() != null) {
            for (int i = 0; i < alias.getAliasColumns().size(); i++) {
                visible.set(i, Names.plain(alias.getAliasColumns().get(i).name));
            }
        }
        scope.add((alias == null) ? name : Names.plain(alias.getName()), visible, operator.output());
        return Part.of(operator);
    }
}
