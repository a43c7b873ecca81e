package io.pgstream.plan;

import io.pgstream.plan.expr.Column;

/**
 * An element of an order.
 *
 * @param column what is sorted by
 * @param direction what follows the column in ORDER BY: nothing, or DESC, or where the NULLs go, with a space before
 * @since 0.1.0
 */
public record SortKey(Column column, String direction) {

    @Override
    public String toString() {
        return column + direction;
    }
}
