package io.pgstream.plan.rule;

import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Puts the expressions of a projection in the place of its columns. */
final class Substitution implements Function<Column, Expression> {

    private final Map<Column, Expression> expressions = new HashMap<>();

    Substitution(List<NamedExpression> items) {
        items.forEach(item -> expressions.put(item.column(), item.expression()));
    }

    @Override
    public Expression apply(Column column) {
        Expression expression = expressions.get(column);
        return (expression == null) ? new ColumnReference(column) : expression;
    }

    List<Expression> in(List<Expression> list) {
        return list.stream().map(expression -> expression.substitute(this)).toList();
    }
}
