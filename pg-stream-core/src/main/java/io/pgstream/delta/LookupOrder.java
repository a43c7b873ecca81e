package io.pgstream.delta;

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
    static Operator of(Operator rows, double number, Operator input, List<Expression> conditions, DeltaContext context) {
        if (number < FEW_LOOKUPS || context.handOn().plansAreKept()) {
            return rows;
        }
        List<Column> columns = IndexLookup.order(input, rows.output(), conditions, leaf -> context.sizes().rows(leaf) >= SMALL_TABLE);
        return columns.isEmpty() ? rows : new Sorted(columns.get(0), rows);
    }

    /** The key in whose order the changed groups of an aggregate look their state up; {@code null} if it does not matter. */
    static @Nullable Column ofGroups(StatefulNode node, DeltaContext context) {
        List<Column> index = node.relation().indexed();
        return (index.isEmpty()
                        || !index.get(0).type().brief()
                        || !node.layout().keys().contains(index.get(0))
                        || !context.lookUp()
                        || context.handOn().plansAreKept()
                        || context.sizes().changes(node.aggregate().input()) < FEW_LOOKUPS
                        || context.sizes().stateRows(node.relation()).orElse(0) < SMALL_TABLE)
                ? null
                : index.get(0);
    }
}
