package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.ConstantScale;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import java.util.ArrayList;
import java.util.List;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.SelectItem;

/**
 * What a subquery with LATERAL selects.
 *
 * @param values the expressions
 * @param names their names
 */
record LateralColumns(List<Expression> values, List<String> names) {

    static LateralColumns of(PlainSelect select, OpenBlock open) {
        ExpressionParser expressions = new ExpressionParser(open.binding());
        List<Expression> values = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (SelectItem<?> item : select.getSelectItems()) {
            values.add(expressions.expression(item.getExpression()));
            names.add(SelectParser.name(item));
        }
        return new LateralColumns(values, names);
    }

    /** An operator that has all the columns of another one and the selected ones. */
    record Computed(Operator operator, List<Column> columns) {}

    Computed over(Operator source, ParserInput input, ColumnFactory factory) {
        if (values.stream().allMatch(ColumnReference.class::isInstance)) {
            return new Computed(
                    source,
                    values.stream()
                            .map(value -> ((ColumnReference) value).column())
                            .toList());
        }
        List<NamedExpression> untyped = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            untyped.add(new NamedExpression(
                    factory.create(names.get(i), ColumnBinding.UNKNOWN, true, null), values.get(i)));
        }
        Project project = new Project(untyped, source);
        // What it reads may be further out than the join that it is in.
        Correlated.validate(project);
        List<SqlType> types = input.types(project);
        List<NamedExpression> items = new ArrayList<>();
        source.output().forEach(column -> items.add(new NamedExpression(column, new ColumnReference(column))));
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            int id = untyped.get(i).column().id();
            Column column = new Column(id, names.get(i), types.get(i), true, ConstantScale.of(values.get(i)));
            columns.add(column);
            items.add(new NamedExpression(column, values.get(i)));
        }
        return new Computed(new Project(items, source), columns);
    }
}
