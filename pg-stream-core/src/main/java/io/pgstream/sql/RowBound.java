package io.pgstream.sql;

import io.pgstream.plan.expr.Column;

/**
 * Of a partition that has changed, the rows from a place on: those that sort before the first changed row stay as they are.
 *
 * @param changed the column of the changed rows by which they sort first
 * @param stored the column of the operator's output that has the same values
 * @param descending whether the largest come first
 * @since 0.1.0
 */
public record RowBound(Column changed, Column stored, boolean descending) {

    /** What a partition begins with, in {@code touched}. */
    private static final String FIRST = "first_changed";

    /** The place from which on a partition has changed, over {@code changed AS d}. */
    String first() {
        return (descending ? "max" : "min") + "(d." + changed.sqlName() + ") AS " + FIRST;
    }

    /** The condition that a row stands there or behind, over {@code touched AS k}. */
    String reached(String value) {
        return value + (descending ? " <= k." : " >= k.") + FIRST;
    }
}
