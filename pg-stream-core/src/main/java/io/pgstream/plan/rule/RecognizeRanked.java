package io.pgstream.plan.rule;

import io.pgstream.plan.Filter;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Ranked;
import io.pgstream.plan.SortKey;
import io.pgstream.plan.Window;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.NumericLiteral;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Filter n &lt;= 3, p                                     Filter p
 *   Window by g n=row_number() OVER (… ORDER BY x)  =&gt;    Ranked row_number up to 3 by g in order of x
 *     X                                                     X
 * </pre>
 *
 * <p>Only for one function, whose window says no more than its partition and an order of columns: a frame means nothing to it,
 * but is left alone. The numbers of a place are whole and begin at 1, so that {@code n < 4} and {@code n = 1} are limits too.
 */
final class RecognizeRanked implements Rule {

    private static final long NONE = 0;

    private static final Pattern CALL = Pattern.compile(
            "(row_number|rank|dense_rank)\\(\\) OVER \\(\\s*(?:PARTITION BY (.*?) )?ORDER BY (.*)\\)", Pattern.DOTALL);

    private static final Pattern SORT = Pattern.compile("\u0001(\\d+)\u0002((?: DESC)?(?: NULLS (?:FIRST|LAST))?)");

    private static final Pattern LIMIT = Pattern.compile("\u0001\\d+\u0002 (<=|<) (\\d{1,9})");

    private static final Pattern REVERSED = Pattern.compile("(\\d{1,9}) (>=|>) \u0001\\d+\u0002");

    private static Column column(Map<String, Column> columns, String id) {
        return Objects.requireNonNull(columns.get(id), id);
    }

    private static String marked(Expression expression, Map<String, Column> columns) {
        return expression.sql(column -> {
            columns.put(String.valueOf(column.id()), column);
            return "\u0001" + column.id() + "\u0002";
        });
    }

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (!(operator instanceof Filter filter && filter.input() instanceof Window window)
                || window.functions().size() != 1) {
            return null;
        }
        NamedExpression function = window.functions().get(0);
        for (Expression condition : filter.conditions()) {
            long limit = limit(condition, function.column());
            Ranked ranked = (limit == NONE) ? null : ranked(window, function, limit);
            if (ranked != null) {
                // n = 3 says more than n <= 3.
                boolean all = !(condition instanceof Equality) || limit == 1;
                List<Expression> rest = new ArrayList<>(filter.conditions());
                if (all) {
                    rest.remove(condition);
                }
                return Filter.of(rest, ranked);
            }
        }
        return null;
    }

    private static @Nullable Ranked ranked(Window window, NamedExpression function, long limit) {
        Map<String, Column> columns = new HashMap<>();
        Matcher call = CALL.matcher(marked(function.expression(), columns));
        if (!call.matches()) {
            return null;
        }
        List<Column> partition = new ArrayList<>();
        if (call.group(2) != null) {
            for (String key : call.group(2).split(", ", -1)) {
                Matcher column = SORT.matcher(key);
                if (!column.matches() || !column.group(2).isEmpty()) {
                    return null;
                }
                partition.add(column(columns, column.group(1)));
            }
        }
        List<SortKey> order = new ArrayList<>();
        for (String key : call.group(3).split(", ", -1)) {
            Matcher sort = SORT.matcher(key);
            if (!sort.matches()) {
                return null;
            }
            order.add(new SortKey(column(columns, sort.group(1)), sort.group(2)));
        }
        Ranked.Function kind = Ranked.Function.valueOf(call.group(1).toUpperCase(Locale.ROOT));
        return new Ranked(
                kind, function.column(), partition.stream().distinct().toList(), order, limit, window.input());
    }

    /** The last place that a condition lets through, or {@link #NONE}. */
    private static long limit(Expression condition, Column place) {
        Map<String, Column> columns = new HashMap<>();
        if (condition instanceof Equality equality) {
            Expression other = equality.left().equals(new ColumnReference(place)) ? equality.right() : equality.left();
            boolean about = equality.left().equals(new ColumnReference(place))
                    || equality.right().equals(new ColumnReference(place));
            return about && other instanceof NumericLiteral literal
                    ? positive(literal.sql(Column::sqlName), true)
                    : NONE;
        }
        if (!(condition instanceof Template) || !condition.columns().equals(java.util.Set.of(place))) {
            return NONE;
        }
        String text = marked(condition, columns);
        Matcher limit = LIMIT.matcher(text);
        if (limit.matches()) {
            return positive(limit.group(2), limit.group(1).equals("<="));
        }
        Matcher reversed = REVERSED.matcher(text);
        return reversed.matches()
                ? positive(reversed.group(1), reversed.group(2).equals(">="))
                : NONE;
    }

    private static long positive(String number, boolean included) {
        return number.matches("\\d{1,9}") ? Math.max(NONE, Long.parseLong(number) - (included ? 0 : 1)) : NONE;
    }
}
