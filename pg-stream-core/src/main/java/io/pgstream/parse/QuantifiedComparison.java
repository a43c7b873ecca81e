package io.pgstream.parse;

import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.NumericLiteral;
import io.pgstream.plan.expr.Template;
import io.pgstream.support.QuestionMarks;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.operators.relational.ParenthesedExpressionList;

/**
 * {@code x op ANY (subquery)} and {@code x op ALL (subquery)}, with {@code IN} as {@code = ANY}. ANY is true if some row
 * compares as true, otherwise NULL if some row compares as NULL, otherwise false; ALL is false if some row compares as
 * false, otherwise NULL if some row compares as NULL, otherwise true. Each "some row" is a mark.
 */
final class QuantifiedComparison {

    /** Of these it is known that they are NULL only if a side is. */
    private static final Set<String> SYMBOLS = Set.of("=", "<>", "<", ">", "<=", ">=");

    private final Subqueries subqueries;

    private final List<Expression> left;

    private final String symbol;

    private final boolean all;

    private final Supplier<OpenSubquery> subquery;

    QuantifiedComparison(
            Subqueries subqueries, List<Expression> left, String symbol, boolean all, Supplier<OpenSubquery> subquery) {
        this.subqueries = subqueries;
        this.left = left;
        this.symbol = symbol.equals("!=") ? "<>" : symbol;
        this.all = all;
        this.subquery = subquery;
        if (left.stream().anyMatch(subqueries.binding()::readsOuter)) {
            throw new UnsupportedConstructException(
                    "a subquery inside a subquery refers to a query that is two levels further out",
                    "Write the inner subquery as a join.");
        }
    }

    /** The compared values: those of a row, or one. */
    static List<Expression> sides(net.sf.jsqlparser.expression.Expression side, ExpressionParser parser) {
        List<net.sf.jsqlparser.expression.Expression> parts = new ArrayList<>();
        if (side instanceof ParenthesedExpressionList<?> list && list.size() > 1) {
            parts.addAll(list);
        } else if (side instanceof Function function
                && function.getName().toUpperCase(Locale.ROOT).equals("ROW")
                && function.getParameters() != null) {
            parts.addAll(function.getParameters());
        } else {
            parts.add(side);
        }
        return parts.stream().map(parser::expression).toList();
    }

    /** The comparison as a value: true, false or NULL. */
    Expression value() {
        OpenSubquery first = open();
        Expression decided = decides(first);
        List<Expression> unknown = unknown(first);
        if (unknown.isEmpty()) {
            return all ? Subqueries.not(decided) : decided;
        }
        return new Template(
                List.of(
                        "CASE WHEN ",
                        all ? " THEN false WHEN " : " THEN true WHEN ",
                        all ? " THEN NULL ELSE true END" : " THEN NULL ELSE false END"),
                List.of(decided, or(unknown)));
    }

    /** What holds exactly if the comparison is true. */
    List<Expression> isTrue() {
        OpenSubquery first = open();
        Expression decided = decides(first);
        return all ? neither(decided, first) : List.of(decided);
    }

    /** What holds exactly if the comparison is false. */
    List<Expression> isFalse() {
        OpenSubquery first = open();
        Expression decided = decides(first);
        return all ? List.of(decided) : neither(decided, first);
    }

    private List<Expression> neither(Expression decided, OpenSubquery first) {
        List<Expression> conditions = new ArrayList<>();
        conditions.add(Subqueries.not(decided));
        unknown(first).forEach(condition -> conditions.add(Subqueries.not(condition)));
        return conditions;
    }

    private OpenSubquery open() {
        OpenSubquery opened = subquery.get();
        if (opened.values().size() != left.size()) {
            throw new UnsupportedConstructException(
                    "it compares a row as a whole with a subquery", "Compare the columns one by one.");
        }
        return opened;
    }

    /** Whether some row decides: it compares as true for ANY, as false for ALL. */
    private Expression decides(OpenSubquery opened) {
        List<Expression> conditions = new ArrayList<>(opened.conditions());
        boolean equal = all ? symbol.equals("<>") : symbol.equals("=");
        if (equal && (!all || left.size() == 1)) {
            for (int i = 0; i < left.size(); i++) {
                conditions.add(subqueries
                        .hiddenCast()
                        .equality(left.get(i), opened.values().get(i)));
            }
        } else {
            Expression comparison = comparison(opened.values());
            conditions.add(all ? Subqueries.not(comparison) : comparison);
        }
        return subqueries.mark(opened.rows(), conditions);
    }

    /** The conditions one of which holds exactly if some row compares as NULL; none if no row can. */
    private List<Expression> unknown(OpenSubquery first) {
        boolean leftNullable = left.stream().anyMatch(QuantifiedComparison::nullable);
        boolean rightNullable = first.values().stream().anyMatch(QuantifiedComparison::nullable);
        List<Expression> conditions = new ArrayList<>();
        boolean known = left.size() == 1 && SYMBOLS.contains(symbol);
        if (!known) {
            if (leftNullable || rightNullable || left.size() == 1) {
                OpenSubquery opened = open();
                Expression isNull = new Template(List.of("", " IS NULL"), List.of(comparison(opened.values())));
                conditions.add(mark(opened, isNull));
            }
            return conditions;
        }
        if (rightNullable) {
            OpenSubquery opened = open();
            conditions.add(mark(opened, isNull(opened.values().get(0))));
        }
        if (leftNullable) {
            OpenSubquery opened = open();
            Expression some = subqueries.mark(opened.rows(), opened.conditions());
            conditions.add(Subqueries.and(List.of(isNull(left.get(0)), some)));
        }
        return conditions;
    }

    private Expression mark(OpenSubquery opened, Expression condition) {
        List<Expression> conditions = new ArrayList<>(opened.conditions());
        conditions.add(condition);
        return subqueries.mark(opened.rows(), conditions);
    }

    /** Of a composite value IS NULL would also say that all of its fields are. */
    private static Expression isNull(Expression value) {
        return new Template(List.of("", " IS NOT DISTINCT FROM NULL"), List.of(value));
    }

    private static boolean nullable(Expression expression) {
        return !(expression instanceof NumericLiteral)
                && !(expression instanceof ColumnReference reference
                        && !reference.column().nullable());
    }

    private Expression comparison(List<Expression> right) {
        if (left.size() == 1) {
            return new Template(
                    List.of("", " " + QuestionMarks.escaped(symbol) + " ", ""), List.of(left.get(0), right.get(0)));
        }
        List<String> fragments = new ArrayList<>();
        List<Expression> operands = new ArrayList<>(left);
        operands.addAll(right);
        fragments.add("ROW(");
        for (int i = 1; i < operands.size(); i++) {
            fragments.add((i == left.size()) ? ") " + symbol + " ROW(" : ", ");
        }
        fragments.add(")");
        return new Template(fragments, operands);
    }

    private static Expression or(List<Expression> conditions) {
        return (conditions.size() == 1) ? conditions.get(0) : new Template(List.of("", " OR ", ""), conditions);
    }
}
