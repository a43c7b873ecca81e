package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.List;
import java.util.Map;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import org.jspecify.annotations.Nullable;

/**
 * FROM and WHERE of a query block whose other clauses are still to be parsed. Subqueries that those hold are joined to
 * the same source.
 *
 * @param binding what names stand for
 * @param subqueries the subqueries of all clauses below a GROUP BY
 * @param from FROM and WHERE
 * @param domain the columns of its domain, which are among those of FROM; none if it has no domain
 */
record OpenBlock(ColumnBinding binding, Subqueries subqueries, FromParser.Part from, List<Column> domain) {

    static OpenBlock of(
            PlainSelect select,
            SelectParser selects,
            ParserInput input,
            ColumnFactory factory,
            Map<String, Select> queries,
            Scope.@Nullable Outer outer) {
        SortedInput.hand(select, queries, input.functions().aggregates());
        Domain domain = selects.domain();
        Project leaf = (domain == null) ? null : domain.leaf();
        Scope scope = (domain == null || leaf == null)
                ? new Scope(outer, WholeRows.of(select))
                : Scope.over(domain, leaf, WholeRows.of(select));
        FromParser.Part around = (leaf == null) ? FromParser.Part.NONE : FromParser.Part.of(leaf);
        boolean beside = keepsRight(select.getJoins());
        FromParser.Part items = new FromParser(selects, input, factory, scope, queries)
                .parse(select.getFromItem(), select.getJoins(), beside ? FromParser.Part.NONE : around);
        FromParser.Part from = beside ? around.with(items) : items;
        from.inputs().forEach(Correlated::validate);
        Subqueries subqueries = new Subqueries(selects.free(), input, factory, queries);
        ColumnBinding binding = ColumnBinding.ungrouped(scope, input.functions(), factory, subqueries);
        List<Expression> where = new ExpressionParser(binding).conjuncts(select.getWhere());
        return new OpenBlock(binding, subqueries, from.where(where), scope.domain());
    }

    /** Whether there is a join that keeps rows of its right side, where the domain cannot come from the left. */
    private static boolean keepsRight(@Nullable List<Join> joins) {
        return joins != null && joins.stream().anyMatch(join -> join.isRight() || join.isFull());
    }

    /** What the other clauses read, once all of them are parsed. */
    Operator source() {
        return source(from.conditions());
    }

    /** The same with some of the conditions. */
    Operator source(List<Expression> kept) {
        List<Expression> early = kept.stream()
                .filter(condition -> condition.columns().stream().noneMatch(subqueries::made))
                .toList();
        List<Expression> late =
                kept.stream().filter(condition -> !early.contains(condition)).toList();
        Operator source = new FromParser.Part(from.inputs(), early).operator();
        return Filter.of(late, subqueries.attach(source, column -> column));
    }

    /** The conditions that read nothing of the query around. */
    List<Expression> own() {
        return from.conditions().stream()
                .filter(condition -> !binding.readsOuter(condition))
                .toList();
    }

    /** The conditions that read something of the query around. */
    List<Expression> correlated() {
        return from.conditions().stream().filter(binding::readsOuter).toList();
    }
}
