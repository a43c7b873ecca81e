package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Filter;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Window;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.NumericLiteral;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.List;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;

/** A subquery as a value, of any shape: a left join with its one row. */
final class ScalarRows {

    private final Subqueries around;

    private final ParserInput input;

    private final ColumnFactory factory;

    ScalarRows(Subqueries around, ParserInput input, ColumnFactory factory) {
        this.around = around;
        this.input = input;
        this.factory = factory;
    }

    Expression value(Select select) {
        Correlated subquery = around.correlated(select);
        Operator rows = subquery.block().operator();
        List<Expression> values = subquery.selected().stream()
                .<Expression>map(column -> new ColumnReference(OuterJoin.nullable(column)))
                .toList();
        if (oneRow(select)) {
            around.value(rows, subquery.conditions(), true);
            return one(values);
        }
        List<Column> output = rows.output();
        List<Column> domain = output.subList(values.size(), output.size());
        Slicing slicing = new Slicing(factory);
        List<NamedExpression> functions = new ArrayList<>();
        Column count = slicing.number("count(*)", domain, List.of(), functions);
        Column number = slicing.number("row_number()", domain, List.of(), functions);
        Expression first =
                new Template(List.of("", " = ", ""), List.of(new ColumnReference(number), new NumericLiteral("1")));
        Operator single = Filter.of(List.of(first), new Window(functions, domain, rows));
        around.value(single, subquery.conditions(), true);
        Expression rowsOfIt = new ColumnReference(OuterJoin.nullable(count));
        return one(values.stream().map(value -> checked(value, rowsOfIt)).toList());
    }

    /** PostgreSQL's own error for a second row, where and when the value is asked for. */
    private static Expression checked(Expression value, Expression rows) {
        return new Template(List.of("(SELECT ", " FROM generate_series(1, ", "))"), List.of(value, rows));
    }

    private static Expression one(List<Expression> values) {
        if (values.size() == 1) {
            return values.get(0);
        }
        List<String> fragments = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            fragments.add(i == 0 ? "ROW(" : ", ");
        }
        fragments.add(")");
        return new Template(fragments, values);
    }

    /** Whether it has a row at most, whatever the data. */
    private boolean oneRow(Select select) {
        boolean limited = select.getLimit() != null
                && select.getLimit().getRowCount() instanceof LongValue count
                && count.getValue() <= 1;
        if (limited) {
            return true;
        }
        if (select instanceof ParenthesedSelect parenthesed) {
            return oneRow(parenthesed.getSelect());
        }
        return select instanceof PlainSelect plain
                && plain.getGroupBy() == null
                && new AggregateFinder(input.functions().aggregates())
                        .finds(plain.getSelectItems().get(0).getExpression())
                && plain.getSelectItems().stream().noneMatch(item -> new RowSets(input).is(item.getExpression()));
    }
}
