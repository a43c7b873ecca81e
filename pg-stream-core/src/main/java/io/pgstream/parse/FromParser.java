package io.pgstream.parse;

import io.pgstream.QualifiedName;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lists;
import io.pgstream.plan.OneRow;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import io.pgstream.resolve.Attribute;
import io.pgstream.resolve.ResolvedRelation;
import io.pgstream.sql.Identifiers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
        if (!around.inputs().isEmpty()
                && joins != null
                && joins.size() == 1
                && joins.get(0).isRight()) {
            // What is around can be seen by both sides, and goes with the one whose rows are kept.
            return parse(joins.get(0).getFromItem(), List.of(mirrored(joins.get(0), first)), around);
        }
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
            Part next = alone(join.getFromItem());
            if (next == null && !join.isSimple()) {
                current = joins().join(join, Part.NONE, inside(join, current), start, middle);
            } else if (next == null) {
                current = behind(before.with(current), join.getFromItem());
                before = Part.NONE;
                start = middle;
            } else if (join.isSimple()) {
                before = before.with(current);
                current = next;
                start = middle;
            } else {
                current = joins().join(join, current, next, start, middle);
            }
        }
        return before.with(current);
    }

    private JoinParser joins() {
        return new JoinParser(selects, input, factory, scope, queries);
    }

    private static net.sf.jsqlparser.statement.select.Join mirrored(
            net.sf.jsqlparser.statement.select.Join right, @Nullable FromItem first) {
        net.sf.jsqlparser.statement.select.Join left = new net.sf.jsqlparser.statement.select.Join();
        left.setLeft(true);
        left.setFromItem(first);
        left.setOnExpressions(right.getOnExpressions());
        if (right.getUsingColumns() != null) {
            left.setUsingColumns(right.getUsingColumns());
        }
        return left;
    }

    /** An item by itself; {@code null} if something in it refers to the items before it. */
    private @Nullable Part alone(FromItem item) {
        int position = scope.size();
        if (!(item instanceof ParenthesedFromItem)) {
            return item(item);
        }
        try {
            Part part = item(item);
            if (isClosed(part)) {
                return part;
            }
        } catch (UnsupportedConstructException e) {
            if (!holdsLateral(item)) {
                throw e;
            }
        }
        scope.forget(position);
        return null;
    }

    private static boolean holdsLateral(FromItem item) {
        return item instanceof ParenthesedFromItem join
                && (LateralParser.is(join.getFromItem())
                        || holdsLateral(join.getFromItem())
                        || (join.getJoins() != null
                                && join.getJoins().stream()
                                        .anyMatch(it ->
                                                LateralParser.is(it.getFromItem()) || holdsLateral(it.getFromItem()))));
    }

    /** Whether a part reads nothing but itself and the domain. */
    private boolean isClosed(Part part) {
        try {
            part.inputs().forEach(Correlated::validate);
        } catch (UnsupportedConstructException e) {
            return false;
        }
        Set<Column> visible = new HashSet<>(scope.domain());
        part.inputs().forEach(operator -> visible.addAll(operator.output()));
        return part.conditions().stream()
                .flatMap(condition -> condition.columns().stream())
                .allMatch(column -> visible.contains(column) || scope.isOuter(column));
    }

    /** The right side of an inner join that refers to the left one, behind it. */
    private Part inside(net.sf.jsqlparser.statement.select.Join join, Part left) {
        if (join.isLeft() || join.isRight() || join.isFull()) {
            throw LateralParser.outOfReach();
        }
        return behind(left, join.getFromItem());
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
        if (!(item instanceof ParenthesedFromItem parenthesed) || parenthesed.getAlias() != null) {
            return left.with(item(item));
        }
        int position = scope.size();
        try {
            return parse(parenthesed.getFromItem(), parenthesed.getJoins(), left);
        } catch (UnsupportedConstructException e) {
            scope.forget(position);
            Part beside = alone(item);
            if (beside == null) {
                throw e;
            }
            return left.with(beside);
        }
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
                return working(working, table.getAlias(), name);
            }
            if (!(query instanceof ScopedSelect scoped)) {
                throw new UnsupportedConstructException("it reads " + name + ", which is not a table", "Read a table.");
            }
            return scoped.recursive()
                    ? nested(
                            parser -> new RecursionParser(parser, input, factory).parse(scoped, name),
                            scoped::renamed,
                            table.getAlias(),
                            name)
                    : nested(scoped.getSelect(), scoped.queries(), scoped::renamed, table.getAlias(), name);
        }
        ResolvedRelation relation = input.relation(new QualifiedName(Names.plain(table.getSchemaName()), name));
        if (relation instanceof ResolvedRelation.View view) {
            SelectParser.Block block = selects.free().parse(selects.read(view.canonicalQuery()), Map.of());
            return add(block.operator(), view.columns(), table.getAlias(), name, Identifiers.quote(view.name()));
        }
        if (relation instanceof ResolvedRelation.Table resolved) {
            return VirtualColumns.has(resolved, table.getAlias())
                    ? computing(resolved, table.getAlias(), name)
                    : scan(resolved, table.getAlias(), name);
        }
        ResolvedRelation.Opaque opaque = (ResolvedRelation.Opaque) relation;
        throw new UnsupportedConstructException(
                "it reads " + opaque.name() + ": " + opaque.reason(), "Read an ordinary table.");
    }

    /** A table with columns that are computed of others when they are read. */
    private Part computing(ResolvedRelation.Table resolved, @Nullable Alias alias, String name) {
        String query = VirtualColumns.query(resolved, input);
        SelectParser.Block block = selects.free().parse(selects.read(query), Map.of());
        return add(
                block.operator(),
                block.names(),
                alias,
                name,
                Identifiers.quote(resolved.table().name()));
    }

    private Part scan(ResolvedRelation.Table resolved, @Nullable Alias alias, String name) {
        List<Column> columns = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Attribute attribute : VirtualColumns.stored(resolved)) {
            columns.add(factory.create(attribute.name(), attribute.type(), !attribute.notNull(), null));
            names.add(attribute.name());
        }
        String type = Identifiers.quote(resolved.table().name());
        return add(new Scan(resolved.table(), columns, false), names, alias, name, type);
    }

    /** A subquery that may refer to the domain of this block; then it is joined by its own. */
    private Part nested(
            Select select,
            Map<String, Select> visible,
            UnaryOperator<SelectParser.Block> renamed,
            @Nullable Alias alias,
            @Nullable String name) {
        return nested(parser -> parser.parse(select, visible), renamed, alias, name);
    }

    private Part nested(
            Function<SelectParser, SelectParser.Block> parse,
            UnaryOperator<SelectParser.Block> renamed,
            @Nullable Alias alias,
            @Nullable String name) {
        Domain domain = selects.domain();
        if (domain == null) {
            return block(renamed.apply(parse.apply(selects)), alias, name);
        }
        SelectParser.Block block;
        try {
            block = parse.apply(selects.free());
        } catch (UnsupportedConstructException e) {
            block = parse.apply(selects);
            List<Column> own = block.operator().output();
            List<Column> last = own.subList(block.names().size(), own.size());
            return block(renamed.apply(block), alias, name).where(domain.same(scope.domain(), last));
        }
        return block(renamed.apply(block), alias, name);
    }

    /** The rows that a recursion has found last; within a domain, those of the same row of it. */
    private Part working(WorkingTable working, @Nullable Alias alias, String name) {
        Domain domain = working.domain();
        if (domain != selects.domain()) {
            throw new UnsupportedConstructException(
                    "a subquery in its recursive query " + name + " reads the rows found last",
                    "Read them in FROM of the recursive term.");
        }
        Part part = block(working.block(), alias, name);
        if (domain == null) {
            return part;
        }
        List<Column> own = working.block().operator().output();
        return part.where(
                domain.same(scope.domain(), own.subList(working.block().names().size(), own.size())));
    }

    private Part block(SelectParser.Block block, @Nullable Alias alias, @Nullable String name) {
        return add(block.operator(), block.names(), alias, (name == null) ? "" : name, null);
    }

    private Part add(
            Operator operator, List<String> names, @Nullable Alias alias, String name, @Nullable String rowType) {
        List<String> visible = new ArrayList<>(names);
        if (alias != null && alias.getAliasColumns() != null) {
            for (int i = 0; i < alias.getAliasColumns().size(); i++) {
                visible.set(i, Names.plain(alias.getAliasColumns().get(i).name));
            }
        }
        String known = (alias == null) ? name : Names.plain(alias.getName());
        if (!scope.wholeRows().use(known)) {
            scope.add(known, visible, operator.output());
            return Part.of(operator);
        }
        List<Column> own = operator.output().subList(0, visible.size());
        Operator withRow = scope.wholeRows().attach(operator, visible, own, rowType, input, factory);
        Column row = withRow.output().get(withRow.output().size() - 1);
        scope.add(
                known,
                Lists.append(visible, rowType == null ? WholeRows.PRESENT : WholeRows.NAME),
                Lists.append(own, row));
        return Part.of(withRow);
    }
}
