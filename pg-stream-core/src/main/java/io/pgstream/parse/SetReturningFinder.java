package io.pgstream.parse;

import java.util.Set;
import net.sf.jsqlparser.expression.AnalyticExpression;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.statement.select.AllColumns;
import org.jspecify.annotations.Nullable;

/** Whether an expression calls a function that returns a set; those in its subqueries are not its own. */
final class SetReturningFinder extends TextDeParser {

    private final Set<String> names;

    private boolean found;

    SetReturningFinder(Set<String> names) {
        this.names = names;
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
        found |= names.contains(FunctionName.of(function.getName()));
        return null;
    }

    @Override
    public <S> StringBuilder visit(AllColumns star, S context) {
        return builder;
    }

    @Override
    String subqueryText(Expression expression) {
        return "";
    }

    /** PostgreSQL allows no sets in the arguments of aggregates and window functions. */
    @Override
    String aggregateText(AnalyticExpression call) {
        return "";
    }

    @Override
    String windowText(AnalyticExpression call) {
        return "";
    }
}
