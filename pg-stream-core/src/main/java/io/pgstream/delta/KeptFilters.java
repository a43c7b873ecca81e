package io.pgstream.delta;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Scan;
import io.pgstream.plan.Top;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.rule.KeepFilters;
import io.pgstream.plan.rule.KeepSpareRows;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.support.PlannerEstimate;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;

/**
 * Which filtered tables a plan keeps as states, and of which limits it keeps more rows than they show. It is decided once, by the planner's statistics when a stream table is defined, and
 * stored with the definition: statistics change, and two instances that read other ones must not take turns in
 * making the states of their own plans.
 *
 * @param texts the filters and limits that were decided for, as {@link KeepFilters#text} and {@link KeepSpareRows#text} have them
 * @param deciding whether others are decided for
 * @since 0.1.0
 */
public record KeptFilters(List<String> texts, boolean deciding) {

    /** No table is kept. */
    public static final KeptFilters NONE = new KeptFilters(List.of(), false);

    /** For a definition that is new. */
    public static final KeptFilters DECIDE = new KeptFilters(List.of(), true);

    /** Below this many rows a table is as cheap to read as its state. */
    private static final long LARGE_TABLE = 20_000;

    /** A state of more rows is dear to load and to write. */
    private static final double LARGEST_STATE = 200_000;

    /** A state of more rows than this is kept only if it is looked up a lot. */
    private static final double SMALL_STATE = 50_000;

    /** The part of the table that a filter may leave. */
    private static final double SELECTIVE = 0.1;

    /** The same where its rows are compared with a value that moves: each move would read all of the table. */
    private static final double COMPARED = 0.5;

    public KeptFilters {
        texts = List.copyOf(texts);
    }

    /** Those that are stored with a definition. */
    public static KeptFilters stored(List<String> texts) {
        return new KeptFilters(texts, false);
    }

    /** Whether more rows than a limit shows are kept: where an index gives the next ones, they are found as fast. */
    boolean spares(Top top) {
        if (!deciding) {
            return texts.contains(KeepSpareRows.text(top));
        }
        ColumnReference first = new ColumnReference(top.order().get(0).column());
        return Boolean.getBoolean("pgstream.test.keepFilters")
                || (largest(top.input()) >= LARGE_TABLE && !IndexLookup.ranged(top.input(), first));
    }

    private static long largest(Operator operator) {
        return (operator instanceof Scan scan)
                ? scan.table().rows()
                : operator.inputs().stream()
                        .mapToLong(KeptFilters::largest)
                        .max()
                        .orElse(0);
    }

    /** Whether what a filter leaves of its table is kept. */
    boolean keeps(Filter filter, boolean compared, List<Filter> beside, Session session) throws SQLException {
        if (!deciding) {
            return texts.contains(KeepFilters.text(filter));
        }
        if (Boolean.getBoolean("pgstream.test.keepFilters")) {
            return true;
        }
        long rows = rows(filter);
        if (rows < LARGE_TABLE) {
            return false;
        }
        double left = left(filter, session);
        return left <= LARGEST_STATE
                && left <= (compared ? COMPARED : SELECTIVE) * rows
                && (left <= SMALL_STATE || !followsFew(left / rows, beside, session));
    }

    /** Whether another filter leaves an even smaller part of its table: its few changes look for few rows here. */
    private static boolean followsFew(double part, List<Filter> beside, Session session) throws SQLException {
        for (Filter other : beside) {
            if (rows(other) >= LARGE_TABLE && left(other, session) < part * rows(other)) {
                return true;
            }
        }
        return false;
    }

    private static long rows(Filter filter) {
        return ((Scan) filter.input()).table().rows();
    }

    private static double left(Filter filter, Session session) throws SQLException {
        return PlannerEstimate.rows(session, OperatorRenderer.render(filter), rows(filter));
    }
}
