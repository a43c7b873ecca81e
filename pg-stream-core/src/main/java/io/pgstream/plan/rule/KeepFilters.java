package io.pgstream.plan.rule;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Recursion;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Clock;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Keeps what a selective filter leaves of a large table as a state:
 *
 * <pre>
 *   Join                        Join
 *     X             becomes       X
 *     Filter f                    Aggregate by all columns
 *       T                           Filter f
 *                                     T
 * </pre>
 *
 * <p>A delta of X that is too large to look its partners up one by one reads all of T for a few rows of it, with every refresh;
 * the state is as small as what the filter leaves. T must have a key among its columns, so that no row is there twice,
 * and no column in which a change could hide from a comparison.
 */
public final class KeepFilters {

    private final Predicate<Filter> keeps;

    private KeepFilters(Predicate<Filter> keeps) {
        this.keeps = keeps;
    }

    /**
     * The tree with the filters kept that shall be.
     *
     * @param keeps which of the filters that can be kept
     */
    public static Operator apply(Operator root, Predicate<Filter> keeps) {
        return new KeepFilters(keeps).apply(root);
    }

    /** A filter as it is told from others of the query, by names that stay when the query is compiled again. */
    public static String text(Filter filter) {
        String conditions = filter.conditions().stream()
                .map(condition -> condition.sql(Column::name))
                .collect(Collectors.joining(" AND "));
        return ((Scan) filter.input()).table().name() + " WHERE " + conditions;
    }

    private Operator apply(Operator operator) {
        if (operator instanceof Recursion) {
            return operator;
        }
        Operator current =
                operator.withInputs(operator.inputs().stream().map(this::apply).toList());
        return (current instanceof Join join)
                ? join.withInputs(join.inputs().stream().map(this::kept).toList())
                : current;
    }

    private Operator kept(Operator input) {
        return (input instanceof Filter filter
                        && filter.input() instanceof Scan scan
                        && !scan.only()
                        && possible(filter, scan)
                        && keeps.test(filter))
                ? rows(filter, scan)
                : input;
    }

    private static boolean possible(Filter filter, Scan scan) {
        return !key(scan).isEmpty()
                && scan.output().stream()
                        .allMatch(column -> !column.nullable()
                                && column.type().groupable()
                                && column.type().exact()
                                && !column.type().unbounded())
                && filter.conditions().stream().noneMatch(KeepFilters::readsClock);
    }

    private static boolean readsClock(Expression expression) {
        return expression instanceof Clock || expression.operands().stream().anyMatch(KeepFilters::readsClock);
    }

    private static List<Column> key(Scan scan) {
        for (List<String> names : scan.table().keys()) {
            List<Column> columns = scan.output().stream()
                    .filter(column -> names.contains(column.name()))
                    .toList();
            if (columns.size() == names.size()) {
                return columns;
            }
        }
        return List.of();
    }

    /** The key first, because rows are looked up by the first columns of an aggregate's index. */
    private static Aggregate rows(Filter filter, Scan scan) {
        List<Column> columns = new ArrayList<>(key(scan));
        scan.output().stream().filter(column -> !columns.contains(column)).forEach(columns::add);
        List<NamedExpression> keys = columns.stream()
                .map(column -> new NamedExpression(column, new ColumnReference(column)))
                .toList();
        return new Aggregate(keys, List.of(), filter);
    }
}
