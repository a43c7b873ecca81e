package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Lateral;
import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Expressions with functions that return sets, outside of FROM: all of one query level step together, and those that end
 * early are NULL from there on. A SELECT without FROM, computed for each row, does exactly that.
 */
final class RowSets {

    private final Set<Expression> expressions = new LinkedHashSet<>();

    private final SetReturningFinder finder;

    RowSets(ParserInput input) {
        this.finder = new SetReturningFinder(input.functions().setReturning());
    }

    boolean is(net.sf.jsqlparser.expression.Expression expression) {
        return finder.finds(expression);
    }

    void add(Expression expression) {
        expressions.add(expression);
    }

    boolean has(Expression expression) {
        return expressions.contains(expression);
    }

    boolean isEmpty() {
        return expressions.isEmpty();
    }

    /**
     * The rows that the expressions make of each row.
     *
     * @param operator all the columns of the source, and one for each expression
     * @param values the column of each expression
     */
    record Attached(Operator operator, Map<Expression, Expression> values) {

        Expression value(Expression expression) {
            return values.getOrDefault(expression, expression);
        }
    }

    Attached attach(
            Operator source,
            java.util.function.Function<Column, Expression> retype,
            ParserInput input,
            ColumnFactory factory) {
        if (expressions.isEmpty()) {
            return new Attached(source, Map.of());
        }
        List<Expression> operands = expressions.stream()
                .map(expression -> expression.substitute(retype))
                .distinct()
                .toList();
        List<String> fragments = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < operands.size(); i++) {
            fragments.add(fragments.isEmpty() ? "(SELECT " : ", ");
            names.add("element");
        }
        fragments.add(")");
        Lateral lateral = new RowSource(new Template(fragments, operands), names, List.of(), false)
                .over(source, null, input, factory);
        Map<Expression, Expression> values = new HashMap<>();
        for (int i = 0; i < operands.size(); i++) {
            values.put(operands.get(i), new ColumnReference(lateral.columns().get(i)));
        }
        return new Attached(lateral, values);
    }
}
