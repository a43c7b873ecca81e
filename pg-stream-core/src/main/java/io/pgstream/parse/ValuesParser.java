package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Lateral;
import io.pgstream.plan.OneRow;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.List;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.TableFunction;

/** Parses VALUES where it is a query of its own. */
final class ValuesParser {

    private ValuesParser() {}

    static boolean is(PlainSelect select) {
        return select.getFromItem() instanceof TableFunction values
                && Masks.isValues(values.getFunction().getName());
    }

    static SelectParser.Block parse(PlainSelect select, ParserInput input, ColumnFactory factory) {
        ExpressionParser expressions = new ExpressionParser(
                ColumnBinding.ungrouped(new Scope(null, WholeRows.NONE), input.functions(), factory, null));
        TableFunction values = (TableFunction) select.getFromItem();
        RowSource rows = RowSource.of(values.getFunction(), null, expressions);
        Template text = (Template) rows.text();
        List<String> fragments = new ArrayList<>(text.fragments());
        fragments.set(0, "(VALUES " + fragments.get(0));
        fragments.set(fragments.size() - 1, fragments.get(fragments.size() - 1) + ")");
        Lateral lateral = new RowSource(new Template(fragments, text.operands()), rows.names(), List.of(), false)
                .over(new OneRow(), null, input, factory);
        return new SelectParser.Block(lateral, rows.names());
    }
}
