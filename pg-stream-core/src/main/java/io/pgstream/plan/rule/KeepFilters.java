package io.pgstream.plan.rule;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Recursion;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Clock;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Keeps what a selective filter leaves of a large table as a state, where it is joined or compared with a value that moves:
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
 * the state is as small as what the filter leaves. {@code x > (SELECT avg(x) …)} has another result only of the rows between the old average and the new
 * one, and the state has an index that finds them. T must have a key among its columns, so that no row is there twice,
 * and no column in which a change could hide from a comparison.
 */
public final class KeepFilters {

    private final Decision decision;

    /** The filters whose rows are compared with a single row, wherever else they stand: a filter is kept everywhere or nowhere. */
    private final Set<String> compared = new HashSet<>();

    private KeepFilters(Decision decision) {
        this.decision = decision;
    }

    /** Which of the filters that can be kept are kept. */
    public interface Decision {

        /**
         * Whether a filter is kept.
         *
         * @param compared whether its rows are compared with a value that can move, of which only an index on all of them tells
         *     those that it passes
         */
        boolean keeps(Filter filter, boolean compared);
    }

    /**
     * The tree with the filters kept that shall be.
     *
     * @param decision which of the filters that can be kept are kept
     */
    public static Operator apply(Operator root, Decision decision) {
        KeepFilters rule = new KeepFilters(decision);
        rule.collectCompared(root);
        return rule.apply(root);
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
        if (current instanceof Join join) {
            return join.withInputs(join.inputs().stream().map(this::kept).toList());
        }
        return (current instanceof MarkJoin join && compares(join))
                ? join.withInputs(List.of(kept(join.left()), join.right()))
                : current;
    }

    private void collectCompared(Operator operator) {
        if (operator instanceof MarkJoin join && compares(join)) {
            compared.add(text((Filter) join.left()));
        }
        operator.inputs().forEach(this::collectCompared);
    }

    /** Whether a filtered table is compared with a single row by a column without an index. */
    private static boolean compares(MarkJoin join) {
        if (!Aggregate.singleRow(join.right())
                || join.conditions().size() != 1
                || join.conditions().get(0) instanceof Equality
                || !(join.left() instanceof Filter filter)
                || !(filter.input() instanceof Scan scan)) {
            return false;
        }
        List<Column> columns = join.conditions().get(0).columns().stream()
                .filter(join.left().output()::contains)
                .toList();
        return columns.size() == 1
                && !columns.get(0).type().unbounded()
                && !scan.table().canProbe(Set.of(columns.get(0).name()));
    }

    private Operator kept(Operator input) {
        return (input instanceof Filter filter
                        && filter.input() instanceof Scan scan
                        && !scan.only()
                        && possible(filter, scan)
                        && decision.keeps(filter, compared.contains(text(filter))))
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
