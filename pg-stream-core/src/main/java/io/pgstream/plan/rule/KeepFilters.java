package io.pgstream.plan.rule;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Recursion;
import io.pgstream.plan.Scan;
import io.pgstream.plan.SourceTable;
import io.pgstream.plan.expr.Clock;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
 * one, and the state has an index that finds them. Rows that are looked up one by one are found in a state of a hundredth of the table's size in a fraction of the time.
 *
 * <p>T must have a key among its columns, so that no row is there twice, and no column in which a change could hide from a
 * comparison. Where the query does not read the key, it is read for the state, if an operator above leaves it out again.
 */
public final class KeepFilters {

    private final Decision decision;

    private final ColumnFactory factory;

    /** The filters whose rows are compared with a single row, wherever else they stand: a filter is kept everywhere or nowhere. */
    private final Set<String> compared = new HashSet<>();

    /** By the filter's text: what it is joined with at each of its places. */
    private final Map<String, List<List<Filter>>> places = new HashMap<>();

    private final Map<String, Boolean> decided = new HashMap<>();

    private KeepFilters(Decision decision, ColumnFactory factory) {
        this.decision = decision;
        this.factory = factory;
    }

    /** Which of the filters that can be kept are kept. */
    public interface Decision {

        /**
         * Whether a filter is kept.
         *
         * @param compared whether its rows are compared with a value that can move, of which only an index on all of them tells
         *     those that it passes
         * @param beside the filters of other tables that it is joined with
         */
        boolean keeps(Filter filter, boolean compared, List<Filter> beside);

        /** The type of a column of a table, which need not be read by the query; {@code null} if it cannot be told. */
        @Nullable
        SqlType type(SourceTable table, String column);
    }

    /**
     * The tree with the filters kept that shall be.
     *
     * @param decision which of the filters that can be kept are kept
     * @param factory numbers the columns of keys that the query does not read
     */
    public static Operator apply(Operator root, Decision decision, ColumnFactory factory) {
        KeepFilters rule = new KeepFilters(decision, factory);
        rule.collect(root);
        return rule.apply(root, false);
    }

    /** A filter as it is told from others of the query, by names that stay when the query is compiled again. */
    public static String text(Filter filter) {
        String conditions = filter.conditions().stream()
                .map(condition -> condition.sql(Column::name))
                .collect(Collectors.joining(" AND "));
        return ((Scan) filter.input()).table().name() + " WHERE " + conditions;
    }

    /**
     * @param trimmed whether an operator above puts out nothing but what it names, so that more columns can come from beneath
     */
    private Operator apply(Operator operator, boolean trimmed) {
        if (operator instanceof Recursion) {
            return operator;
        }
        List<Operator> inputs = new ArrayList<>();
        for (int i = 0; i < operator.inputs().size(); i++) {
            inputs.add(apply(operator.inputs().get(i), trims(operator, i, trimmed)));
        }
        Operator current = operator.withInputs(inputs);
        if (current instanceof Join join) {
            return join.withInputs(
                    join.inputs().stream().map(input -> kept(input, trimmed)).toList());
        }
        return (current instanceof MarkJoin join && (compares(join) || looksUp(join)))
                ? join.withInputs(List.of(kept(join.left(), trimmed), join.right()))
                : current;
    }

    private static boolean trims(Operator operator, int input, boolean trimmed) {
        return operator instanceof Project
                || operator instanceof Aggregate
                || (operator instanceof MarkJoin && input == 1)
                || (trimmed
                        && (operator instanceof Filter || operator instanceof Join || operator instanceof MarkJoin));
    }

    /** Whether rows of the right side find those of the left by a value. */
    private static boolean looksUp(MarkJoin join) {
        return join.conditions().stream().anyMatch(Equality.class::isInstance);
    }

    private void collect(Operator operator) {
        if (operator instanceof MarkJoin join && compares(join)) {
            compared.add(text((Filter) join.left()));
        }
        if (operator instanceof Join || operator instanceof MarkJoin) {
            for (Filter filter : filters(operator, operator)) {
                places.computeIfAbsent(text(filter), text -> new ArrayList<>()).add(filters(operator, filter));
            }
        }
        operator.inputs().forEach(this::collect);
    }

    /** It is decided for the text, which is what is stored: what is kept at one place is kept at all. */
    private boolean decided(Filter filter) {
        String text = text(filter);
        return decided.computeIfAbsent(
                text,
                key -> places.getOrDefault(key, List.of()).stream()
                        .anyMatch(beside -> decision.keeps(filter, compared.contains(key), beside)));
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

    /** The filters of tables that are inputs of a join. */
    private static List<Filter> filters(Operator join, Operator without) {
        return join.inputs().stream()
                .filter(input -> input != without)
                .filter(Filter.class::isInstance)
                .map(Filter.class::cast)
                .filter(filter -> filter.input() instanceof Scan)
                .toList();
    }

    private Operator kept(Operator input, boolean trimmed) {
        if (!(input instanceof Filter filter && filter.input() instanceof Scan scan) || scan.only()) {
            return input;
        }
        Scan keyed = (trimmed && key(scan).isEmpty()) ? withKey(scan) : scan;
        return (possible(filter, keyed) && decided(filter))
                ? rows(new Filter(filter.conditions(), keyed), keyed)
                : input;
    }

    /** The scan with the columns of the table's first key. */
    private Scan withKey(Scan scan) {
        List<Column> columns = new ArrayList<>(scan.output());
        for (String name : scan.table().keys().stream().findFirst().orElse(List.of())) {
            if (columns.stream().noneMatch(column -> column.name().equals(name))) {
                SqlType type = decision.type(scan.table(), name);
                if (type == null) {
                    return scan;
                }
                columns.add(factory.create(name, type, false, null));
            }
        }
        return scan.withOutput(columns);
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
