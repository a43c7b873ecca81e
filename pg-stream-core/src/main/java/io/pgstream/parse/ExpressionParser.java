package io.pgstream.parse;

import io.pgstream.plan.expr.Arithmetic;
import io.pgstream.plan.expr.Cast;
import io.pgstream.plan.expr.Disjunction;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.NumericLiteral;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import net.sf.jsqlparser.expression.AnyComparisonExpression;
import net.sf.jsqlparser.expression.BinaryExpression;
import net.sf.jsqlparser.expression.CastExpression;
import net.sf.jsqlparser.expression.DoubleValue;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.expression.operators.arithmetic.Addition;
import net.sf.jsqlparser.expression.operators.arithmetic.Multiplication;
import net.sf.jsqlparser.expression.operators.arithmetic.Subtraction;
import net.sf.jsqlparser.expression.operators.conditional.AndExpression;
import net.sf.jsqlparser.expression.operators.conditional.OrExpression;
import net.sf.jsqlparser.expression.operators.relational.EqualsTo;
import net.sf.jsqlparser.expression.operators.relational.ParenthesedExpressionList;
import org.jspecify.annotations.Nullable;

/** Turns JSqlParser's expressions into ours: structure where the algebra looks into it, a template otherwise. */
final class ExpressionParser {

    private final ColumnBinding binding;

    ExpressionParser(ColumnBinding binding) {
        this.binding = binding;
    }

    /** The conditions that AND connects; none for a missing condition. */
    List<Expression> conjuncts(net.sf.jsqlparser.expression.@Nullable Expression condition) {
        List<Expression> result = new ArrayList<>();
        if (condition != null) {
            addConjuncts(condition, result);
        }
        return result;
    }

    private void addConjuncts(net.sf.jsqlparser.expression.Expression condition, List<Expression> result) {
        net.sf.jsqlparser.expression.Expression inner = unwrap(condition);
        if (inner instanceof AndExpression and) {
            addConjuncts(and.getLeftExpression(), result);
            addConjuncts(and.getRightExpression(), result);
            return;
        }
        Subqueries subqueries = binding.subqueries();
        List<Expression> replaced = (subqueries == null) ? null : subqueries.condition(inner);
        if (replaced == null) {
            result.add((inner instanceof OrExpression or) ? disjunction(or) : expression(inner));
        } else {
            result.addAll(replaced);
        }
    }

    /** What may hold a subquery, or is a key as a whole, stays one piece. */
    private Expression disjunction(OrExpression or) {
        if (binding.wholeExpression(or) != null
                || or.toString().toUpperCase(Locale.ROOT).contains("SELECT")) {
            return expression(or);
        }
        List<List<Expression>> branches = new ArrayList<>();
        addBranches(or, branches);
        return new Disjunction(branches);
    }

    private void addBranches(net.sf.jsqlparser.expression.Expression condition, List<List<Expression>> branches) {
        net.sf.jsqlparser.expression.Expression inner = unwrap(condition);
        if (inner instanceof OrExpression or) {
            addBranches(or.getLeftExpression(), branches);
            addBranches(or.getRightExpression(), branches);
        } else {
            branches.add(conjuncts(inner));
        }
    }

    Expression expression(net.sf.jsqlparser.expression.Expression wrapped) {
        net.sf.jsqlparser.expression.Expression expression = unwrap(wrapped);
        Expression bound = binding.wholeExpression(expression);
        if (bound != null) {
            return bound;
        }
        Subqueries subqueries = binding.subqueries();
        if (subqueries != null && Subqueries.is(expression)) {
            return subqueries.expression(expression);
        }
        if (expression instanceof EqualsTo equals && !quantified(equals.getRightExpression())) {
            return new Equality(expression(equals.getLeftExpression()), expression(equals.getRightExpression()));
        }
        if (expression instanceof Addition
                || expression instanceof Subtraction
                || expression instanceof Multiplication) {
            BinaryExpression binary = (BinaryExpression) expression;
            return new Arithmetic(
                    binary.getStringExpression().charAt(0),
                    expression(binary.getLeftExpression()),
                    expression(binary.getRightExpression()));
        }
        if (expression instanceof LongValue || expression instanceof DoubleValue) {
            String text = expression.toString();
            if (text.matches("\\d+(\\.\\d+)?")) {
                return new NumericLiteral(text);
            }
        }
        if (expression instanceof Function function && function.getName().equals(Masks.NO_COLUMN)) {
            return new NumericLiteral("1");
        }
        if (expression instanceof CastExpression cast
                && (cast.keyword == null || cast.keyword.isEmpty())
                && cast.getColDataType() != null) {
            return new Cast(
                    expression(cast.getLeftExpression()),
                    Masks.unmaskedName(cast.getColDataType().toString())
                            .replaceAll("\\s*\\(\\s*", "(")
                            .replaceAll("\\s*,\\s*", ","));
        }
        return binding.template(expression);
    }

    /** "= ANY (array)" is one operator: its right side is no expression of its own, though the parser calls it a function. */
    private static boolean quantified(net.sf.jsqlparser.expression.Expression right) {
        return right instanceof AnyComparisonExpression
                || (right instanceof Function function
                        && function.getName().toUpperCase(Locale.ROOT).matches("ANY|SOME|ALL"));
    }

    static net.sf.jsqlparser.expression.Expression unwrap(net.sf.jsqlparser.expression.Expression expression) {
        net.sf.jsqlparser.expression.Expression inner = expression;
        while (inner instanceof ParenthesedExpressionList<?> list && list.size() == 1) {
            inner = list.get(0);
        }
        return inner;
    }
}
