package io.pgstream.plan;

import io.pgstream.plan.expr.Column;

/**
 * An aggregate and the column that holds its value.
 *
 * @param column the column
 * @param call the aggregate
 * @since 0.1.0
 */
public record NamedAggregate(Column column, AggregateCall call) {

    @Override
    public String toString() {
        return column + "=" + call;
    }
}
