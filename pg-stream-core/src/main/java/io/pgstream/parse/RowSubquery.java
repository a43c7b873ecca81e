package io.pgstream.parse;

import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import io.pgstream.resolve.FunctionNames;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.QuestionMarks;
import java.util.ArrayList;
import java.util.List;
import net.sf.jsqlparser.expression.CastExpression;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;
import org.jspecify.annotations.Nullable;

/**
 * {@code (SELECT e FROM (SELECT a AS x, b AS y) AS e)}, by which GraphQL engines make a row with names of columns of the
 * query around: it reads nothing, and is an expression like others.
 */
final class RowSubquery {

    /** What a row is called that exists only inside of an expression; no column has such a name. */
    private static final String ROW = "pgstream_row";

    private RowSubquery() {}

    /** What the row consists of; {@code null} for any other subquery. */
    static @Nullable List<SelectItem<?>> fields(Select select, FunctionNames functions) {
        PlainSelect outer = OpenSubquery.plain(select);
        if (outer == null
                || !isBare(outer)
                || outer.getSelectItems().size() != 1
                || !(outer.getFromItem() instanceof ParenthesedSelect nested)
                || nested.getAlias() == null
                || nested.getAlias().getAliasColumns() != null
                || !isRowOf(outer.getSelectItems().get(0), nested.getAlias().getName())) {
            return null;
        }
        PlainSelect inner = OpenSubquery.plain(nested);
        if (inner == null || !isBare(inner) || inner.getFromItem() != null) {
            return null;
        }
        AggregateFinder aggregates = new AggregateFinder(functions.aggregates());
        SetReturningFinder sets = new SetReturningFinder(functions.setReturning());
        boolean plain = inner.getSelectItems().stream()
                .map(SelectItem::getExpression)
                .noneMatch(it ->
                        aggregates.finds(it) || sets.finds(it) || it.toString().contains(" OVER "));
        return plain ? inner.getSelectItems() : null;
    }

    private static boolean isBare(PlainSelect select) {
        return !OpenSubquery.sliced(select, false)
                && select.getDistinct() == null
                && (select.getJoins() == null || select.getJoins().isEmpty())
                && select.getWhere() == null
                && select.getGroupBy() == null
                && select.getHaving() == null;
    }

    private static boolean isRowOf(SelectItem<?> item, String alias) {
        net.sf.jsqlparser.expression.Expression value = ExpressionParser.unwrap(item.getExpression());
        if (value instanceof CastExpression cast) {
            value = ExpressionParser.unwrap(cast.getLeftExpression());
        }
        return value instanceof Column column
                && column.getTable() != null
                && Names.plain(column.getTable().getName()).equals(Names.plain(alias))
                && Names.plain(column.getColumnName()).equals(WholeRows.NAME);
    }

    /** The row, made where it is used. */
    static Expression value(List<SelectItem<?>> fields, ExpressionParser expressions) {
        List<String> fragments = new ArrayList<>();
        List<Expression> operands = new ArrayList<>();
        String before = "(SELECT " + ROW + " FROM (SELECT ";
        for (SelectItem<?> field : fields) {
            fragments.add(before);
            operands.add(expressions.expression(field.getExpression()));
            before = " AS " + QuestionMarks.escaped(Identifiers.quote(SelectParser.name(field))) + ", ";
        }
        fragments.add(before.substring(0, before.length() - ", ".length()) + ") AS " + ROW + ")");
        return new Template(fragments, operands);
    }
}
