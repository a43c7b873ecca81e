package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lateral;
import io.pgstream.plan.Lists;
import io.pgstream.plan.OneRow;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.LateralSubSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.TableFunction;
import org.jspecify.annotations.Nullable;

/** Parses FROM items that can refer to items before them: row sources, and subqueries with LATERAL. */
final class LateralParser {

    private final SelectParser selects;

    private final ParserInput input;

    private final ColumnFactory factory;

    private final Scope scope;

    private final Map<String, Select> queries;

    LateralParser(
            SelectParser selects, ParserInput input, ColumnFactory factory, Scope scope, Map<String, Select> queries) {
        this.selects = selects;
        this.input = input;
        this.factory = factory;
        this.scope = scope;
        this.queries = queries;
    }

    static boolean is(@Nullable FromItem item) {
        return item instanceof LateralSubSelect
                || (item instanceof TableFunction rows
                        && Masks.isRows(rows.getFunction().getName()));
    }

    /** The FROM clause so far: the items before the last comma, and what is joined behind it. */
    record Items(FromParser.Part before, FromParser.Part current) {}

    /** An item that stands first, or whose left side is filled with NULLs: it can refer to nothing. */
    FromParser.Part first(FromItem item) {
        if (item instanceof LateralSubSelect select) {
            return uncorrelated(select);
        }
        TableFunction rows = (TableFunction) item;
        Source source = source(rows);
        if (!source.reads().isEmpty()) {
            throw outOfReach();
        }
        Lateral lateral = source.over(new OneRow());
        return FromParser.Part.of(shown(lateral, known(rows), rows.getAlias(), source.names(), lateral.columns()));
    }

    static UnsupportedConstructException outOfReach() {
        return new UnsupportedConstructException(
                "it uses a function in FROM that refers to columns outside of the join that it is in",
                "Write the function behind the tables that it refers to.");
    }

    private Source source(TableFunction rows) {
        Subqueries subqueries = new Subqueries(selects.free(), input, factory, queries);
        ColumnBinding binding = ColumnBinding.ungrouped(scope, input.functions(), factory, subqueries);
        RowSource source = RowSource.of(rows.getFunction(), rows.getAlias(), new ExpressionParser(binding));
        return new Source(source, subqueries);
    }

    /** A row source; the subqueries in its arguments are joined to what it is computed for. */
    private final class Source {

        private final RowSource rows;

        private final Subqueries subqueries;

        Source(RowSource rows, Subqueries subqueries) {
            this.rows = rows;
            this.subqueries = subqueries;
        }

        List<String> names() {
            return rows.names();
        }

        /** The columns of the items before it that it depends on. */
        Set<Column> reads() {
            Set<Column> reads = new HashSet<>(rows.reads());
            reads.removeIf(subqueries::made);
            reads.addAll(subqueries.reads());
            return reads;
        }

        Lateral over(Operator items) {
            return rows.over(subqueries.attach(items, column -> column), null, input, factory);
        }
    }

    private FromParser.Part uncorrelated(LateralSubSelect select) {
        SelectParser.Block block = selects.free().parse(select, queries);
        return FromParser.Part.of(shown(
                block.operator(),
                known(select.getAlias()),
                select.getAlias(),
                block.names(),
                block.operator().output()));
    }

    /** An item that can be read from now on; where its row is used as a value, with one column more. */
    private Operator shown(
            Operator rows, String name, @Nullable Alias alias, List<String> names, List<Column> columns) {
        List<String> visible = visible(alias, names);
        if (!scope.wholeRows().use(name)) {
            scope.add(name, visible, columns);
            return rows;
        }
        Operator withRow = scope.wholeRows().attach(rows, visible, columns, null, input, factory);
        Column present = withRow.output().get(withRow.output().size() - 1);
        scope.add(name, Lists.append(visible, WholeRows.PRESENT), Lists.append(columns, present));
        return withRow;
    }

    /** JSON_TABLE and XMLTABLE without an alias have the names of what they are. */
    private static String known(TableFunction rows) {
        if (rows.getAlias() != null || !Masks.isRows(rows.getFunction().getName())) {
            return known(rows.getAlias());
        }
        String template = Masks.rowsTemplate(rows.getFunction().getName()).replaceFirst("^LATERAL ", "");
        return template.substring(0, Math.max(0, template.indexOf('('))).strip().toLowerCase(Locale.ROOT);
    }

    private static String known(@Nullable Alias alias) {
        return (alias == null) ? "" : Names.plain(alias.getName());
    }

    private static List<String> visible(@Nullable Alias alias, List<String> names) {
        List<String> visible = new ArrayList<>(names);
        if (alias != null && alias.getAliasColumns() != null) {
            for (int i = 0; i < alias.getAliasColumns().size(); i++) {
                visible.set(i, Names.plain(alias.getAliasColumns().get(i).name));
            }
        }
        return visible;
    }

    /** Joins an item with those before it, by a comma, an inner join or a left join. */
    Items join(net.sf.jsqlparser.statement.select.Join join, FromParser.Part before, FromParser.Part current) {
        FromParser.Part left = join.isSimple() ? before.with(current) : current;
        FromParser.Part kept = join.isSimple() ? FromParser.Part.NONE : before;
        if (join.getUsingColumns() != null && !join.getUsingColumns().isEmpty()) {
            throw new UnsupportedConstructException("it joins a LATERAL item with USING", "Join it with ON.");
        }
        if (join.getFromItem() instanceof LateralSubSelect select) {
            return new Items(kept, subquery(join, select, left));
        }
        TableFunction rows = (TableFunction) join.getFromItem();
        Source source = source(rows);
        return new Items(
                kept, join.isLeft() ? leftRows(join, rows, source, left) : innerRows(join, rows, source, left));
    }

    private List<Expression> on(net.sf.jsqlparser.statement.select.Join join) {
        ExpressionParser expressions =
                new ExpressionParser(ColumnBinding.ungrouped(scope, input.functions(), factory, null));
        List<Expression> conditions = new ArrayList<>();
        join.getOnExpressions().forEach(on -> conditions.addAll(expressions.conjuncts(on)));
        return conditions;
    }

    /** Only the inputs that the source refers to go below it, so that the others are still joined freely. */
    private FromParser.Part innerRows(
            net.sf.jsqlparser.statement.select.Join join, TableFunction rows, Source source, FromParser.Part left) {
        Set<Column> reads = source.reads();
        List<Operator> inside = left.inputs().stream()
                .filter(operator -> operator.output().stream().anyMatch(reads::contains))
                .toList();
        checkReach(inside, reads);
        List<Operator> inputs = new ArrayList<>(left.inputs());
        inputs.removeAll(inside);
        Operator below = inside.isEmpty()
                ? new OneRow()
                : (inside.size() == 1) ? inside.get(0) : new Join(inside, List.of(), Join.Order.FREE);
        Lateral lateral = source.over(below);
        inputs.add(shown(lateral, known(rows), rows.getAlias(), source.names(), lateral.columns()));
        return new FromParser.Part(inputs, Lists.concat(left.conditions(), on(join)));
    }

    private FromParser.Part leftRows(
            net.sf.jsqlparser.statement.select.Join join, TableFunction rows, Source source, FromParser.Part left) {
        Operator below = left.operator();
        checkReach(List.of(below), source.reads());
        Lateral inner = source.over(below);
        int start = scope.size();
        scope.add(known(rows), visible(rows.getAlias(), source.names()), inner.columns());
        List<Expression> conditions = on(join);
        scope.fill(start, scope.size());
        return FromParser.Part.of(inner.over(inner.input(), inner.source(), conditions));
    }

    private static void checkReach(List<Operator> inside, Set<Column> reads) {
        boolean reached = reads.stream()
                .allMatch(column ->
                        inside.stream().anyMatch(operator -> operator.output().contains(column)));
        if (!reached) {
            throw outOfReach();
        }
    }

    private FromParser.Part subquery(
            net.sf.jsqlparser.statement.select.Join join, LateralSubSelect select, FromParser.Part left) {
        PlainSelect plain = OpenSubquery.plain(select);
        if (plain == null
                || plain.getDistinct() != null
                || OpenSubquery.sliced(plain, false)
                || !selects.isOneRowPerRow(plain)) {
            return computed(join, select, left);
        }
        int start = scope.size();
        try {
            return flat(join, select, plain, left);
        } catch (UnsupportedConstructException e) {
            scope.forget(start);
            return computed(join, select, left);
        }
    }

    /** A subquery that is one block without grouping becomes part of the join; its conditions become the join's. */
    private FromParser.Part flat(
            net.sf.jsqlparser.statement.select.Join join,
            LateralSubSelect select,
            PlainSelect plain,
            FromParser.Part left) {
        OpenBlock open = OpenBlock.of(plain, selects.free(), input, factory, queries, scope::local);
        LateralColumns columns = LateralColumns.of(plain, open);
        if (join.isLeft()) {
            if (columns.values().stream().anyMatch(open.binding()::readsOuter)) {
                throw new UnsupportedConstructException(
                        "a LEFT JOIN LATERAL selects columns of the query around it", "Select them outside of it.");
            }
            LateralColumns.Computed computed = columns.over(open.source(open.own()), input, factory);
            int start = scope.size();
            Operator rows = shown(
                    computed.operator(),
                    known(select.getAlias()),
                    select.getAlias(),
                    columns.names(),
                    computed.columns());
            List<Expression> conditions = Lists.concat(open.correlated(), on(join));
            scope.fill(start, scope.size());
            return FromParser.Part.of(new OuterJoin(left.operator(), rows, conditions, false));
        }
        Operator joined = new OpenBlock(open.binding(), open.subqueries(), left.with(open.from()), List.of()).source();
        LateralColumns.Computed computed = columns.over(joined, input, factory);
        Operator rows = shown(
                computed.operator(), known(select.getAlias()), select.getAlias(), columns.names(), computed.columns());
        return FromParser.Part.of(rows).where(on(join));
    }

    /** Any other subquery is computed for all rows at once, and joined with them. */
    private FromParser.Part computed(
            net.sf.jsqlparser.statement.select.Join join, LateralSubSelect select, FromParser.Part left) {
        Correlated subquery = Correlated.parse(select, selects, factory, queries, scope::local);
        Operator source = left.operator();
        Domain domain = subquery.domain();
        int start = scope.size();
        Operator rows = shown(
                subquery.block().operator(),
                known(select.getAlias()),
                select.getAlias(),
                subquery.block().names(),
                subquery.selected());
        if (domain != null) {
            checkReach(List.of(source), domain.columns());
            rows = domain.fill(rows, source, column -> column);
        }
        List<Expression> conditions = Lists.concat(subquery.conditions(), on(join));
        if (join.isLeft()) {
            scope.fill(start, scope.size());
            return FromParser.Part.of(new OuterJoin(source, rows, conditions, false));
        }
        return left.with(FromParser.Part.of(rows)).where(conditions);
    }
}
