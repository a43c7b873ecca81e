package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.SqlType;
import org.jspecify.annotations.Nullable;

/**
 * Numbers the columns of one tree. Not safe for use by several threads: each compilation has its own.
 *
 * @since 0.1.0
 */
public final class ColumnFactory {

    /** The type of weights: {@code bigint}. */
    public static final SqlType BIGINT = new SqlType(20, -1, "bigint", "bigint", false, true, true);

    /** The type of sums of bigints: {@code numeric}. */
    public static final SqlType NUMERIC = new SqlType(1700, -1, "numeric", "numeric", false, true, true);

    private int next;

    /** Starts behind all the numbers up to the given one. */
    public ColumnFactory(int next) {
        this.next = next;
    }

    /** A new column. */
    public Column create(String name, SqlType type, boolean nullable, @Nullable Integer scale) {
        return new Column(next++, name, type, nullable, scale);
    }

    /** A new column with the name and type of another. */
    public Column like(Column column) {
        return create(column.name(), column.type(), column.nullable(), column.scale());
    }

    /** A new column for a weight. */
    public Column weight() {
        return create("weight", BIGINT, false, 0);
    }

    /** The number that the next column gets. */
    public int next() {
        return next;
    }
}
