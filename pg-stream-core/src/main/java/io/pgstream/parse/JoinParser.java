package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.Cast;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import net.sf.jsqlparser.statement.select.Select;

/** Parses how the items of a FROM clause are joined. */
final class JoinParser {

    private final SelectParser selects;

    private final ParserInput input;

    private final ColumnFactory factory;

    private final Scope scope;

    private final Map<String, Select> queries;

    JoinParser(
            SelectParser selects, ParserInput input, ColumnFactory factory, Scope scope, Map<String, Select> queries) {
        this.selects = selects;
        this.input = input;
        this.factory = factory;
        this.scope = scope;
        this.queries = queries;
    }

    /** Joins two parts; the items of the right one start at a position of the scope, those of the left one at another. */
    FromParser.Part join(
            net.sf.jsqlparser.statement.select.Join join,
            FromParser.Part left,
            FromParser.Part right,
            int start,
            int middle) {
        int end = scope.size();
        List<Expression> conditions = new ArrayList<>();
        List<UsingColumn> using = using(join, start, middle, end);
        HiddenCast casts = new HiddenCast(input, factory);
        using.forEach(column -> conditions.add(
                casts.equality(new ColumnReference(column.left()), new ColumnReference(column.right()))));
        Subqueries subqueries = new Subqueries(selects.free(), input, factory, queries);
        ExpressionParser expressions =
                new ExpressionParser(ColumnBinding.ungrouped(scope, input.functions(), factory, subqueries));
        for (net.sf.jsqlparser.expression.Expression on : join.getOnExpressions()) {
            conditions.addAll(expressions.conjuncts(on));
        }
        JoinedSubqueries joined = new JoinedSubqueries(subqueries, factory);
        if (join.isRight()) {
            scope.fill(start, middle);
            return FromParser.Part.of(keptAbove(
                    joined.outer(right.operator(), left.operator(), conditions, false), using, UsingColumn::right));
        }
        if (join.isLeft()) {
            scope.fill(middle, end);
            conditions.addAll(
                    right.conditions().stream().filter(scope::readsDomain).toList());
            FromParser.Part own = new FromParser.Part(
                    right.inputs(),
                    right.conditions().stream()
                            .filter(condition -> !scope.readsDomain(condition))
                            .toList());
            return FromParser.Part.of(keptAbove(
                    joined.outer(left.operator(), own.operator(), conditions, false), using, UsingColumn::left));
        }
        if (join.isFull()) {
            scope.fill(start, end);
            return FromParser.Part.of(
                    mergedAbove(joined.outer(left.operator(), right.operator(), conditions, true), using));
        }
        if (join.isOuter()) {
            throw new UnsupportedConstructException("it uses " + join, "Use LEFT, RIGHT or FULL JOIN with ON.");
        }
        if (!plain(using)) {
            mergeEither(left.with(right).operator(), using);
        }
        return subqueries.isEmpty()
                ? left.with(right).where(conditions)
                : FromParser.Part.of(joined.inner(left.with(right).operator(), conditions));
    }

    /** The merged column of an inner join is that of the side that has the type of both, the left one where both have. */
    private void mergeEither(Operator join, List<UsingColumn> using) {
        List<SqlType> types = sharedTypes(using, join);
        Map<String, Column> merged = new LinkedHashMap<>();
        for (int i = 0; i < using.size(); i++) {
            UsingColumn column = using.get(i);
            boolean left = column.left().type().base().equals(types.get(i).base());
            merged.put(column.name(), left ? column.left() : column.right());
        }
        scope.merge(merged);
    }

    private static boolean plain(List<UsingColumn> using) {
        return using.stream()
                .allMatch(column ->
                        column.left().type().base().equals(column.right().type().base()));
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

    /**
     * The merged column of a left or right join is that of the side that is kept, with the type that both sides have in common: of an integer that is joined
     * with a bigint it is a bigint.
     */
    private Operator keptAbove(Operator join, List<UsingColumn> using, Function<UsingColumn, Column> kept) {
        Map<String, Column> merged = new LinkedHashMap<>();
        using.forEach(column -> merged.put(column.name(), kept.apply(column)));
        if (plain(using)) {
            scope.merge(merged);
            return join;
        }
        List<NamedExpression> computed = new ArrayList<>();
        List<SqlType> types = sharedTypes(using, join);
        for (int i = 0; i < using.size(); i++) {
            Column side = kept.apply(using.get(i));
            if (!side.type().base().equals(types.get(i).base())) {
                Column column = new Column(factory.like(side).id(), side.name(), types.get(i), side.nullable(), null);
                computed.add(new NamedExpression(
                        column, new Cast(new ColumnReference(side), types.get(i).base())));
                merged.put(using.get(i).name(), column);
            }
        }
        return above(join, computed, merged);
    }

    /** The types that both sides have in common. */
    private List<SqlType> sharedTypes(List<UsingColumn> using, Operator join) {
        return input.types(new Project(eitherSide(using), join));
    }

    /** The merged columns that are computed, beside those of the join. */
    private Operator above(Operator join, List<NamedExpression> computed, Map<String, Column> merged) {
        List<NamedExpression> all = new ArrayList<>(computed);
        join.output().forEach(column -> all.add(new NamedExpression(column, new ColumnReference(column))));
        scope.merge(merged);
        return new Project(all, join);
    }

    private List<NamedExpression> eitherSide(List<UsingColumn> using) {
        List<NamedExpression> items = new ArrayList<>();
        for (UsingColumn column : using) {
            Expression value = new Template(
                    List.of("COALESCE(", ", ", ")"),
                    List.of(
                            new ColumnReference(OuterJoin.nullable(column.left())),
                            new ColumnReference(OuterJoin.nullable(column.right()))));
            items.add(new NamedExpression(factory.create(column.name(), ColumnBinding.UNKNOWN, true, null), value));
        }
        return items;
    }

    /** The merged column of a full join is whichever side is there. */
    private Operator mergedAbove(Operator join, List<UsingColumn> using) {
        if (using.isEmpty()) {
            return join;
        }
        List<NamedExpression> items = eitherSide(using);
        List<SqlType> types = input.types(new Project(items, join));
        Map<String, Column> merged = new LinkedHashMap<>();
        List<NamedExpression> computed = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            UsingColumn source = using.get(i);
            boolean nullable = source.left().nullable() || source.right().nullable();
            Column column = new Column(items.get(i).column().id(), source.name(), types.get(i), nullable, null);
            merged.put(source.name(), column);
            computed.add(new NamedExpression(column, items.get(i).expression()));
        }
        return above(join, computed, merged);
    }
}
