package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Lateral;
import io.pgstream.plan.Lists;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.OneRow;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.TableFunction;
import org.jspecify.annotations.Nullable;

/** Parses VALUES where it is a query of its own. */
final class ValuesParser {

    private ValuesParser() {}

    static boolean is(PlainSelect select) {
        return select.getFromItem() instanceof TableFunction values
                && Masks.isValues(values.getFunction().getName());
    }

    /** The values of a query that is nothing but a list of single ones; {@code null} for any other. */
    static @Nullable List<net.sf.jsqlparser.expression.Expression> list(Select select) {
        Select inner = select;
        while (inner instanceof ParenthesedSelect parenthesed && isBare(parenthesed)) {
            inner = parenthesed.getSelect();
        }
        if (!(inner instanceof PlainSelect plain) || !is(plain) || !isBare(plain)) {
            return null;
        }
        Function values = ((TableFunction) plain.getFromItem()).getFunction();
        return (Masks.rowsNames(values.getName()).size() == 1) ? List.copyOf(values.getParameters()) : null;
    }

    private static boolean isBare(Select select) {
        return !OpenSubquery.sliced(select, false)
                && select.getOrderByElements() == null
                && (select.getWithItemsList() == null
                        || select.getWithItemsList().isEmpty());
    }

    /** The rows, for each row of the parser's domain if it has one; subqueries among the values are joined below them. */
    static SelectParser.Block parse(
            PlainSelect select,
            SelectParser selects,
            ParserInput input,
            ColumnFactory factory,
            Map<String, Select> queries) {
        Domain domain = selects.domain();
        Project leaf = (domain == null) ? null : domain.leaf();
        Scope scope = (domain == null || leaf == null)
                ? new Scope(null, WholeRows.NONE)
                : Scope.over(domain, leaf, WholeRows.NONE);
        Subqueries subqueries = new Subqueries(selects.free(), input, factory, queries);
        ExpressionParser expressions =
                new ExpressionParser(ColumnBinding.ungrouped(scope, input.functions(), factory, subqueries));
        TableFunction values = (TableFunction) select.getFromItem();
        RowSource rows = RowSource.of(values.getFunction(), null, expressions);
        Template text = (Template) rows.text();
        List<String> fragments = new ArrayList<>(text.fragments());
        fragments.set(0, "(VALUES " + fragments.get(0));
        fragments.set(fragments.size() - 1, fragments.get(fragments.size() - 1) + ")");
        Operator below = subqueries.attach((leaf == null) ? new OneRow() : leaf, column -> column);
        Lateral lateral = new RowSource(new Template(fragments, text.operands()), rows.names(), List.of(), false)
                .over(below, null, input, factory);
        boolean only = lateral.output().equals(lateral.columns());
        return new SelectParser.Block(
                only ? lateral : domainLast(lateral, (leaf == null) ? List.of() : leaf.output()), rows.names());
    }

    private static Operator domainLast(Lateral lateral, List<Column> domain) {
        return new Project(
                Lists.concat(lateral.columns(), domain).stream()
                        .map(column -> new NamedExpression(column, new ColumnReference(column)))
                        .toList(),
                lateral);
    }
}
