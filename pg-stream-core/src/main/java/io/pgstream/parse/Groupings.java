package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.Function;

/** The calls of GROUPING() in a query block: a column for each list of keys. */
final class Groupings {

    private final ColumnFactory factory;

    private final Map<Column, List<Column>> calls = new LinkedHashMap<>();

    Groupings(ColumnFactory factory) {
        this.factory = factory;
    }

    /** The columns of the calls, with their arguments. */
    Map<Column, List<Column>> calls() {
        return Collections.unmodifiableMap(calls);
    }

    Column column(Function call, ExpressionParser keyParser) {
        List<Column> keys = new ArrayList<>();
        for (Expression argument : call.getParameters()) {
            if (!(keyParser.expression(argument) instanceof ColumnReference key)) {
                throw new UnsupportedConstructException(
                        "it calls GROUPING with something else than keys", "Use the keys as GROUP BY has them.");
            }
            keys.add(key.column());
        }
        for (Map.Entry<Column, List<Column>> known : calls.entrySet()) {
            if (known.getValue().equals(keys)) {
                return known.getKey();
            }
        }
        Column column = factory.create("grouping", ColumnBinding.UNKNOWN, false, 0);
        calls.put(column, keys);
        return column;
    }
}
