package io.pgstream.delta;

import io.pgstream.plan.Join;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Sorted;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The order in which rows look a large table up. Most of a lookup is waiting for memory: in the order of the index, rows with the same value, as
 * the old and the new image of an updated row mostly are, find its pages in the cache of the processor, and so do neighbours.
 */
final class LookupOrder {

    /** Fewer lookups are not worth another level of the plan. */
    private static final double FEW_LOOKUPS = 1_000;

    /** Smaller tables are in that cache anyway. */
    private static final double SMALL_TABLE = 50_000;

    private LookupOrder() {}

    /**
     * Rows in the order in which they should look an input up; the rows as they are, if that does not matter.
     *
     * @param rows the rows
     * @param number how many there are, about
     * @param input what is looked up by equalities with columns of the rows
     */
    static Operator of(
            Operator rows, double number, Operator input, List<Expression> conditions, DeltaContext context) {
        if (context.handOn().plansAreKept() || !(always() || number >= FEW_LOOKUPS)) {
            return rows;
        }
        Column order = IndexLookup.order(
                input,
                rows.output(),
                conditions,
                leaf -> always() || context.sizes().rows(leaf) >= SMALL_TABLE);
        return (order == null) ? rows : new Sorted(order, rows);
    }

    /**
     * The same for rows that look up what has been joined by then.
     *
     * @param open the conditions that do not hold yet; those that hold then are taken out of it
     */
    static List<Operator> of(
            List<Operator> joined, double number, Operator input, List<Expression> open, DeltaContext context) {
        List<Expression> now = (joined.size() == 1) ? List.of() : JoinOrder.within(open, JoinOrder.columns(joined));
        Operator rows = (joined.size() == 1) ? joined.get(0) : new Join(joined, now, Join.Order.FENCED);
        Operator sorted = of(rows, number, input, open, context);
        if (sorted == rows) {
            return joined;
        }
        open.removeAll(now);
        return List.of(sorted);
    }

    /** The key in whose order the changed groups of an aggregate look their state up; {@code null} if it does not matter. */
    static @Nullable Column ofGroups(StatefulNode node, DeltaContext context) {
        List<Column> index = node.relation().indexed();
        boolean possible = !index.isEmpty()
                && index.get(0).type().brief()
                && node.layout().keys().contains(index.get(0))
                && context.lookUp()
                && !context.handOn().plansAreKept();
        boolean pays = context.sizes().changes(node.aggregate().input()) >= FEW_LOOKUPS
                && context.sizes().stateRows(node.relation()).orElse(0) >= SMALL_TABLE;
        return (possible && (pays || always())) ? index.get(0) : null;
    }

    /** Tests set it, to have the order with few rows. */
    private static boolean always() {
        return Boolean.getBoolean("pgstream.test.sortedLookups");
    }
}
