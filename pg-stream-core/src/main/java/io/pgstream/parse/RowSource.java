package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Lateral;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.plan.expr.Template;
import io.pgstream.support.QuestionMarks;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.expression.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a FROM item computes its rows from.
 *
 * @param text its text over the columns of the items before it
 * @param names the names of its columns
 * @param definitions the types of the columns, if the query defines them; as many as names, or none
 * @param ordinality whether the last column numbers the rows
 */
record RowSource(Expression text, List<String> names, List<String> definitions, boolean ordinality) {

    private static final String ORDINALITY = " WITH ORDINALITY";

    static RowSource of(Function masked, @Nullable Alias alias, ExpressionParser expressions) {
        String template = Masks.rowsTemplate(masked.getName());
        List<String> fragments = new ArrayList<>();
        for (String fragment : template.replaceFirst("^LATERAL ", "").split(String.valueOf(Masks.PLACE), -1)) {
            fragments.add(QuestionMarks.escaped(fragment));
        }
        List<Expression> operands = new ArrayList<>();
        if (masked.getParameters() != null) {
            masked.getParameters().forEach(parameter -> operands.add(expressions.expression(parameter)));
        }
        List<String> names = new ArrayList<>(Masks.rowsNames(masked.getName()));
        List<String> definitions = new ArrayList<>();
        if (alias != null && alias.getAliasColumns() != null) {
            names.clear();
            for (Alias.AliasColumn column : alias.getAliasColumns()) {
                names.add(Names.plain(column.name));
                if (column.colDataType != null) {
                    definitions.add(Masks.unmaskedName(column.colDataType.toString()));
                }
            }
        }
        return new RowSource(new Template(fragments, operands), names, definitions, template.endsWith(ORDINALITY));
    }

    Set<Column> reads() {
        return text.columns();
    }

    /** The operator that computes the rows for each row of an input. */
    Lateral over(Operator below, @Nullable List<Expression> outer, ParserInput input, ColumnFactory factory) {
        List<Column> untyped = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            SqlType type = definitions.isEmpty() ? ColumnBinding.UNKNOWN : defined(definitions.get(i));
            untyped.add(factory.create(names.get(i), type, true, null));
        }
        boolean typed = !definitions.isEmpty();
        Lateral provisional = new Lateral(below, text, untyped, null, typed, outer);
        List<SqlType> types = input.types(new Project(
                untyped.stream()
                        .map(column -> new NamedExpression(factory.like(column), new ColumnReference(column)))
                        .toList(),
                provisional));
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < untyped.size(); i++) {
            boolean number = ordinality && i == untyped.size() - 1;
            columns.add(new Column(untyped.get(i).id(), names.get(i), types.get(i), !number, null));
        }
        return new Lateral(below, text, columns, ordinality ? columns.get(columns.size() - 1) : null, typed, outer);
    }

    private static SqlType defined(String text) {
        return new SqlType(0, -1, text, text, false, false, false);
    }
}
