package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import java.util.ArrayList;
import java.util.List;

/**
 * An element of an order.
 *
 * @param column what is sorted by
 * @param direction what follows the column in ORDER BY: nothing, or DESC, or where the NULLs go, with a space before
 * @since 0.1.0
 */
public record SortKey(Column column, String direction) {

    /**
     * An order without what says nothing behind what is in front of it: {@code a DESC, b, a} sorts as {@code a DESC, b} does.
     * PostgreSQL leaves the last one out when it reads the text of a view, so that a query and its stored text would have different orders. With
     * {@code USING} two keys can have different operators, for which different values are equal.
     */
    public static List<SortKey> withoutRepeated(List<SortKey> order) {
        List<SortKey> kept = new ArrayList<>();
        for (SortKey key : order) {
            boolean repeated = !key.ownOperator()
                    && kept.stream().anyMatch(other -> other.column().equals(key.column()) && !other.ownOperator());
            if (!repeated) {
                kept.add(key);
            }
        }
        return kept;
    }

    private boolean ownOperator() {
        return direction.contains("USING");
    }

    @Override
    public String toString() {
        return column + direction;
    }
}
