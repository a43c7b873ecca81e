package io.pgstream.parse;

import java.util.Map;
import net.sf.jsqlparser.expression.AnalyticExpression;
import net.sf.jsqlparser.expression.AnalyticType;
import net.sf.jsqlparser.expression.AnyComparisonExpression;
import net.sf.jsqlparser.expression.CollateExpression;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.JsonAggregateFunction;
import net.sf.jsqlparser.expression.JsonExpression;
import net.sf.jsqlparser.expression.JsonFunction;
import net.sf.jsqlparser.expression.OverlapsCondition;
import net.sf.jsqlparser.expression.operators.relational.ComparisonOperator;
import net.sf.jsqlparser.expression.operators.relational.EqualsTo;
import net.sf.jsqlparser.expression.operators.relational.ExistsExpression;
import net.sf.jsqlparser.expression.operators.relational.GreaterThan;
import net.sf.jsqlparser.expression.operators.relational.GreaterThanEquals;
import net.sf.jsqlparser.expression.operators.relational.InExpression;
import net.sf.jsqlparser.expression.operators.relational.IsDistinctExpression;
import net.sf.jsqlparser.expression.operators.relational.MinorThan;
import net.sf.jsqlparser.expression.operators.relational.MinorThanEquals;
import net.sf.jsqlparser.expression.operators.relational.NotEqualsTo;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.statement.select.AllColumns;
import net.sf.jsqlparser.statement.select.AllTableColumns;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.util.deparser.ExpressionDeParser;
import org.jspecify.annotations.Nullable;

/** Prints an expression with columns and aggregate calls replaced, and refuses what is not scalar. */
abstract class TextDeParser extends ExpressionDeParser {

    abstract String columnText(Column column);

    /** The replacement of a call, or {@code null} to print it. */
    abstract @Nullable String callText(Function function);

    /** The replacement of an aggregate call with FILTER or WITHIN GROUP. */
    abstract String aggregateText(AnalyticExpression call);

    /** The replacement of a call of a window function. */
    abstract String windowText(AnalyticExpression call);

    /** The replacement of a subquery, or of a comparison with one. */
    abstract String subqueryText(Expression expression);

    final String text(Expression expression) {
        StringBuilder outer = builder;
        builder = new StringBuilder();
        expression.accept(this, null);
        String text = builder.toString();
        builder = outer;
        return text;
    }

    @Override
    public <S> StringBuilder visit(Column column, S context) {
        if (column.getArrayConstructor() != null) {
            String array = column.toString();
            return builder.append(columnText(column)).append(array.substring(array.indexOf('[')));
        }
        return builder.append(columnText(column));
    }

    @Override
    public <S> StringBuilder visit(Function function, S context) {
        if (ArraySubquery.is(function) || Masks.isQuantified(function.getName())) {
            return builder.append(subqueryText(function));
        }
        if (ClockFunctions.isAge(function)) {
            return builder.append(
                    ClockFunctions.markedAge(text(function.getParameters().get(0))));
        }
        String clock = ClockFunctions.marked(function.getName());
        String replacement = (clock == null) ? callText(function) : clock;
        return (replacement == null) ? super.visit(function, context) : builder.append(replacement);
    }

    @Override
    public <S> StringBuilder visit(AnalyticExpression call, S context) {
        boolean aggregate = call.getType() == AnalyticType.FILTER_ONLY || call.getType() == AnalyticType.WITHIN_GROUP;
        return builder.append(aggregate ? aggregateText(call) : windowText(call));
    }

    @Override
    public <S> StringBuilder visit(Select select, S context) {
        // Without parentheses it is what ARRAY(...) and the like are made of.
        if (select instanceof ParenthesedSelect) {
            return builder.append(subqueryText(select));
        }
        throw subquery();
    }

    @Override
    public <S> StringBuilder visit(ParenthesedSelect select, S context) {
        return builder.append(subqueryText(select));
    }

    @Override
    public <S> StringBuilder visit(ExistsExpression exists, S context) {
        return builder.append(subqueryText(exists));
    }

    @Override
    public <S> StringBuilder visit(InExpression in, S context) {
        return (in.getRightExpression() instanceof Select)
                ? builder.append(subqueryText(in))
                : super.visit(in, context);
    }

    @Override
    public <S> StringBuilder visit(EqualsTo comparison, S context) {
        return quantified(comparison) ? builder.append(subqueryText(comparison)) : super.visit(comparison, context);
    }

    @Override
    public <S> StringBuilder visit(NotEqualsTo comparison, S context) {
        return quantified(comparison) ? builder.append(subqueryText(comparison)) : super.visit(comparison, context);
    }

    @Override
    public <S> StringBuilder visit(MinorThan comparison, S context) {
        return quantified(comparison) ? builder.append(subqueryText(comparison)) : super.visit(comparison, context);
    }

    @Override
    public <S> StringBuilder visit(MinorThanEquals comparison, S context) {
        return quantified(comparison) ? builder.append(subqueryText(comparison)) : super.visit(comparison, context);
    }

    @Override
    public <S> StringBuilder visit(GreaterThan comparison, S context) {
        return quantified(comparison) ? builder.append(subqueryText(comparison)) : super.visit(comparison, context);
    }

    @Override
    public <S> StringBuilder visit(GreaterThanEquals comparison, S context) {
        return quantified(comparison) ? builder.append(subqueryText(comparison)) : super.visit(comparison, context);
    }

    /** Whether an operator is compared with ANY or ALL of a subquery. */
    private static boolean quantified(ComparisonOperator comparison) {
        return comparison.getRightExpression() instanceof AnyComparisonExpression any && any.getSelect() != null;
    }

    @Override
    public <S> StringBuilder visit(AnyComparisonExpression comparison, S context) {
        if (comparison.getSelect() instanceof ParenthesedSelect select && select.getSelect() != null) {
            throw subquery();
        }
        return super.visit(comparison, context);
    }

    /** JSqlParser prints the operands of this one without visiting them; so it does with those below. */
    @Override
    public <S> StringBuilder visit(IsDistinctExpression comparison, S context) {
        comparison.getLeftExpression().accept(this, context);
        builder.append(comparison.getStringExpression());
        return comparison.getRightExpression().accept(this, context);
    }

    @Override
    public <S> StringBuilder visit(CollateExpression expression, S context) {
        expression.getLeftExpression().accept(this, context);
        return builder.append(" COLLATE ").append(expression.getCollate());
    }

    @Override
    public <S> StringBuilder visit(OverlapsCondition condition, S context) {
        throw unprintable("OVERLAPS");
    }

    @Override
    public <S> StringBuilder visit(JsonExpression expression, S context) {
        expression.getExpression().accept(this, context);
        for (Map.Entry<Expression, String> step : expression.getIdentList()) {
            builder.append(' ').append(step.getValue()).append(' ');
            step.getKey().accept(this, context);
        }
        return builder;
    }

    @Override
    public <S> StringBuilder visit(JsonFunction function, S context) {
        throw unprintable("an SQL/JSON function");
    }

    @Override
    public <S> StringBuilder visit(JsonAggregateFunction function, S context) {
        throw unprintable("an SQL/JSON aggregate");
    }

    private static UnsupportedConstructException unprintable(String what) {
        return new UnsupportedConstructException(
                "it uses " + what, "Compute it in a query over the stream table, or by a function.");
    }

    @Override
    public <S> StringBuilder visit(AllColumns star, S context) {
        throw wholeRow();
    }

    @Override
    public <S> StringBuilder visit(AllTableColumns star, S context) {
        throw wholeRow();
    }

    static UnsupportedConstructException subquery() {
        return new UnsupportedConstructException(
                "it has a subquery in an unusual place", "Write the subquery as a join in FROM.");
    }

    private static UnsupportedConstructException wholeRow() {
        return new UnsupportedConstructException("it uses a whole row as a value", "Name the columns.");
    }
}
