package io.pgstream.parse;

import java.util.Set;
import net.sf.jsqlparser.expression.AnalyticExpression;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.operators.relational.ComparisonOperator;
import net.sf.jsqlparser.expression.operators.relational.InExpression;
import net.sf.jsqlparser.schema.Column;
import org.jspecify.annotations.Nullable;

/** Whether an expression calls an aggregate. */
final class AggregateFinder extends TextDeParser {

    private final Set<String> aggregates;

    private boolean found;

    AggregateFinder(Set<String> aggregates) {
        this.aggregates = aggregates;
    }

    boolean finds(Expression expression) {
        found = false;
        text(expression);
        return found;
    }

    @Override
    String columnText(Column column) {
        return "";
    }

    @Override
    @Nullable
    String callText(Function function) {
        if (aggregates.contains(FunctionName.of(function.getName())) || Masks.isAggregate(function.getName())) {
            found = true;
            return "";
        }
        return null;
    }

    /** The aggregates of a subquery are its own; what is compared with it is not. */
    @Override
    String subqueryText(Expression expression) {
        if (expression instanceof InExpression in) {
            in.getLeftExpression().accept(this, null);
        } else if (expression instanceof ComparisonOperator comparison) {
            comparison.getLeftExpression().accept(this, null);
        } else if (expression instanceof Function function && Masks.isQuantified(function.getName())) {
            function.getParameters().get(0).accept(this, null);
        }
        return "";
    }

    @Override
    String aggregateText(AnalyticExpression call) {
        found = true;
        return "";
    }

    @Override
    String windowText(AnalyticExpression call) {
        return CallText.of(call, null, this::text);
    }
}
