package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Join;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import net.sf.jsqlparser.expression.AnyComparisonExpression;
import net.sf.jsqlparser.expression.NotExpression;
import net.sf.jsqlparser.expression.operators.conditional.AndExpression;
import net.sf.jsqlparser.expression.operators.conditional.OrExpression;
import net.sf.jsqlparser.expression.operators.relational.ComparisonOperator;
import net.sf.jsqlparser.expression.operators.relational.ExistsExpression;
import net.sf.jsqlparser.expression.operators.relational.InExpression;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;
import org.jspecify.annotations.Nullable;

/**
 * The subqueries in the expressions of one query block: each becomes a join of the block's source, and its value an
 * expression over what the join adds.
 */
final class Subqueries {

    /** Makes a join of a source. */
    private interface Joining {

        Operator over(Operator source, UnaryOperator<Column> retype);
    }

    /** A join that the source gets, and the conditions of it. */
    private record Attachment(List<Expression> conditions, Joining joining) {}

    private final SelectParser selects;

    private final ParserInput input;

    private final ColumnFactory factory;

    private final Map<String, Select> queries;

    private final List<Attachment> attachments = new ArrayList<>();

    /** Those that read what window functions compute, which stand above all others. */
    private final List<Attachment> aboveWindows = new ArrayList<>();

    private final List<Domain> domains = new ArrayList<>();

    private final Set<Column> reads = new HashSet<>();

    private final Set<Column> columns = new HashSet<>();

    private @Nullable ColumnBinding binding;

    Subqueries(SelectParser selects, ParserInput input, ColumnFactory factory, Map<String, Select> queries) {
        this.selects = selects;
        this.input = input;
        this.factory = factory;
        this.queries = queries;
    }

    /** The subqueries of the same block above its GROUP BY. */
    Subqueries above() {
        return new Subqueries(selects, input, factory, queries);
    }

    void bind(ColumnBinding outer) {
        binding = outer;
    }

    ColumnBinding binding() {
        ColumnBinding outer = binding;
        if (outer == null) {
            throw new IllegalStateException("The block has no binding yet");
        }
        return outer;
    }

    HiddenCast hiddenCast() {
        return new HiddenCast(input, factory);
    }

    SelectParser selects() {
        return selects;
    }

    /** The source with all the joins. */
    Operator attach(Operator source, UnaryOperator<Column> retype) {
        return attach(attachments, source, retype);
    }

    /** Puts joins that read some columns off until there are these. */
    void putOff(Predicate<Column> windows) {
        attachments.stream()
                .filter(it -> it.conditions().stream()
                        .flatMap(condition -> condition.columns().stream())
                        .anyMatch(windows))
                .forEach(aboveWindows::add);
        attachments.removeAll(aboveWindows);
    }

    /** The source, which has the windows, with the joins that were put off. */
    Operator attachAbove(Operator source, UnaryOperator<Column> retype) {
        return attach(aboveWindows, source, retype);
    }

    private static Operator attach(List<Attachment> attachments, Operator source, UnaryOperator<Column> retype) {
        Operator result = source;
        for (Attachment attachment : attachments) {
            result = attachment.joining().over(result, retype);
        }
        return result;
    }

    private void reads(Operator right, List<Expression> conditions) {
        conditions.forEach(condition -> reads.addAll(condition.columns()));
        reads.removeAll(new HashSet<>(right.output()));
    }

    /** The columns of the source that the joins read. */
    Set<Column> reads() {
        Set<Column> result = new HashSet<>(reads);
        domains.forEach(domain -> result.addAll(domain.columns()));
        result.removeAll(columns);
        return result;
    }

    boolean isEmpty() {
        return attachments.isEmpty();
    }

    /** Whether a column comes from one of the joins. */
    boolean made(Column column) {
        return columns.contains(column);
    }

    /** A column that is true where the right side has a row under the conditions. */
    Expression mark(Operator right, List<Expression> conditions) {
        Column mark = factory.create("mark", MarkJoin.BOOLEAN, false, null);
        columns.add(mark);
        reads(right, conditions);
        attachments.add(new Attachment(
                conditions,
                (source, retype) ->
                        new MarkJoin(source, filled(right, source, retype), retyped(conditions, retype), mark)));
        return new ColumnReference(mark);
    }

    /** Joins the one row of the right side, or, under conditions, the one or none. */
    void value(Operator right, List<Expression> conditions, boolean optional) {
        columns.addAll(right.output());
        reads(right, conditions);
        Joining joining = (source, retype) -> optional
                ? new OuterJoin(source, filled(right, source, retype), retyped(conditions, retype), false)
                : new Join(
                        List.of(source, filled(right, source, retype)), retyped(conditions, retype), Join.Order.FREE);
        attachments.add(new Attachment(conditions, joining));
    }

    /** A subquery with the rows of its domain, as they are where it is joined. */
    private Operator filled(Operator right, Operator source, UnaryOperator<Column> retype) {
        Operator result = right;
        for (Domain domain : domains) {
            result = domain.fill(result, source, retype);
        }
        return result;
    }

    /** A subquery that may refer to this block anywhere. */
    Correlated correlated(Select select) {
        Correlated correlated = Correlated.parse(select, selects, factory, queries, binding()::visibleInside);
        if (correlated.domain() != null) {
            domains.add(correlated.domain());
        }
        return correlated;
    }

    /** Tries a shape that has a rule of its own before the general one; what the attempt has attached is forgotten. */
    <T> T either(Supplier<T> special, Supplier<T> general) {
        int before = attachments.size();
        try {
            return special.get();
        } catch (UnsupportedConstructException e) {
            attachments.subList(before, attachments.size()).clear();
            return general.get();
        }
    }

    private static List<Expression> retyped(List<Expression> conditions, UnaryOperator<Column> retype) {
        return conditions.stream()
                .map(condition -> condition.substitute(column -> new ColumnReference(retype.apply(column))))
                .toList();
    }

    /** Whether an expression is a subquery, or compares with one. */
    static boolean is(net.sf.jsqlparser.expression.Expression expression) {
        return expression instanceof ExistsExpression
                || ArraySubquery.is(expression)
                || isQuantified(expression)
                || expression instanceof ParenthesedSelect
                || (expression instanceof InExpression in && in.getRightExpression() instanceof Select)
                || (expression instanceof ComparisonOperator operator
                        && operator.getRightExpression() instanceof AnyComparisonExpression any
                        && any.getSelect() != null);
    }

    private static boolean isQuantified(net.sf.jsqlparser.expression.Expression expression) {
        return expression instanceof net.sf.jsqlparser.expression.Function function
                && Masks.isQuantified(function.getName());
    }

    /** The value of such an expression. */
    Expression expression(net.sf.jsqlparser.expression.Expression expression) {
        if (expression instanceof ExistsExpression exists) {
            Expression mark = exists(exists);
            return exists.isNot() ? not(mark) : mark;
        }
        if (expression instanceof net.sf.jsqlparser.expression.Function array && !isQuantified(expression)) {
            Expression values = ArraySubquery.values(array, new ExpressionParser(binding()));
            return (values != null)
                    ? values
                    : ArraySubquery.orEmpty(expression(new ArraySubquery(selects).aggregated(array)));
        }
        if (expression instanceof ParenthesedSelect select) {
            List<SelectItem<?>> fields = RowSubquery.fields(select, input.functions());
            if (fields != null) {
                return RowSubquery.value(fields, new ExpressionParser(binding()));
            }
            List<net.sf.jsqlparser.expression.Expression> values = ValuesParser.list(select);
            if (values != null && values.size() == 1) {
                return new ExpressionParser(binding()).expression(values.get(0));
            }
            ScalarSubquery scalar = new ScalarSubquery(this, input, factory, queries);
            return either(() -> scalar.value(select), () -> new ScalarRows(this, input, factory).value(select));
        }
        QuantifiedComparison comparison = comparison(expression);
        if (comparison == null) {
            throw TextDeParser.subquery();
        }
        Expression value = comparison.value();
        return (expression instanceof InExpression in && in.isNot()) ? not(value) : value;
    }

    private Expression exists(ExistsExpression exists) {
        if (!(exists.getRightExpression() instanceof Select select)) {
            throw TextDeParser.subquery();
        }
        return either(
                () -> {
                    OpenSubquery open = OpenSubquery.of(select, this, input, factory, queries, true);
                    return mark(open.rows(), open.conditions());
                },
                () -> {
                    OpenSubquery open = OpenSubquery.of(correlated(select));
                    return mark(open.rows(), open.conditions());
                });
    }

    private @Nullable QuantifiedComparison comparison(net.sf.jsqlparser.expression.Expression expression) {
        if (expression instanceof InExpression in && in.getRightExpression() instanceof Select select) {
            return comparison(in.getLeftExpression(), "=", false, select);
        }
        if (expression instanceof net.sf.jsqlparser.expression.Function function
                && isQuantified(function)
                && function.getParameters().get(1) instanceof Select select) {
            String operator = Masks.quantifiedOperator(function.getName());
            String symbol = operator.substring(0, operator.length() - " ANY".length());
            return comparison(function.getParameters().get(0), symbol, operator.endsWith("ALL"), select);
        }
        if (expression instanceof ComparisonOperator operator
                && operator.getRightExpression() instanceof AnyComparisonExpression any
                && any.getSelect() != null) {
            boolean all = any.getAnyType() == net.sf.jsqlparser.expression.AnyType.ALL;
            String symbol = operator.getStringExpression();
            return comparison(operator.getLeftExpression(), symbol, all, any.getSelect());
        }
        return null;
    }

    private QuantifiedComparison comparison(
            net.sf.jsqlparser.expression.Expression left, String symbol, boolean all, Select select) {
        return new QuantifiedComparison(
                this,
                QuantifiedComparison.sides(left, new ExpressionParser(binding())),
                symbol,
                all,
                () -> either(
                        () -> OpenSubquery.of(select, this, input, factory, queries, false),
                        () -> OpenSubquery.of(correlated(select))));
    }

    /**
     * A condition of which it only matters whether it is true.
     *
     * @return what must hold instead, or {@code null} for a condition without such a subquery
     */
    @Nullable
    List<Expression> condition(net.sf.jsqlparser.expression.Expression wrapped) {
        net.sf.jsqlparser.expression.Expression expression = ExpressionParser.unwrap(wrapped);
        if (expression instanceof OrExpression or) {
            List<Expression> left = condition(or.getLeftExpression());
            List<Expression> right = condition(or.getRightExpression());
            if (left == null && right == null) {
                return null;
            }
            return List.of(new Template(
                    List.of("", " OR ", ""),
                    List.of(one(left, or.getLeftExpression()), one(right, or.getRightExpression()))));
        }
        if (expression instanceof AndExpression and) {
            List<Expression> left = condition(and.getLeftExpression());
            List<Expression> right = condition(and.getRightExpression());
            return (left == null && right == null)
                    ? null
                    : List.of(one(left, and.getLeftExpression()), one(right, and.getRightExpression()));
        }
        boolean negated = expression instanceof NotExpression;
        net.sf.jsqlparser.expression.Expression inner =
                (expression instanceof NotExpression not) ? ExpressionParser.unwrap(not.getExpression()) : expression;
        QuantifiedComparison comparison = comparison(inner);
        if (comparison == null) {
            return null;
        }
        boolean no = negated ^ (inner instanceof InExpression in && in.isNot());
        return no ? comparison.isFalse() : comparison.isTrue();
    }

    private Expression one(@Nullable List<Expression> conditions, net.sf.jsqlparser.expression.Expression unchanged) {
        if (conditions == null) {
            return new ExpressionParser(binding()).expression(unchanged);
        }
        return and(conditions);
    }

    static Expression and(List<Expression> conditions) {
        if (conditions.size() == 1) {
            return conditions.get(0);
        }
        List<String> fragments = new ArrayList<>();
        fragments.add("");
        for (int i = 1; i < conditions.size(); i++) {
            fragments.add(" AND ");
        }
        fragments.add("");
        return new Template(fragments, conditions);
    }

    static Expression not(Expression expression) {
        return new Template(List.of("NOT ", ""), List.of(expression));
    }
}
