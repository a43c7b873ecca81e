package io.pgstream.analyze;

import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import org.jspecify.annotations.Nullable;

/**
 * A number that is kept for each group and from which aggregates are computed.
 *
 * @param column the column of the state that holds it
 * @param kind what it holds
 * @param argument what it is taken over; {@code null} for rows
 * @since 0.1.0
 */
public record Accumulator(
        Column column, Kind kind, @Nullable Expression argument) {

    /** What an accumulator holds, and how it follows changes. */
    public enum Kind {
        /** How many rows the group has. */
        ROWS,
        /** For how many rows the argument is not NULL. */
        NON_NULL,
        /** The exact sum of the argument; 0 if it is NULL for all rows. */
        SUM,
        /** The exact sum of the numeric arguments whose display scale is followed. */
        SCALED_SUM,
        /** How many of the numeric arguments have each display scale: see {@code ScaleCounts}. */
        SCALES,
        /** The sum where a display scale is not followed, or a value is not finite; else NULL. */
        UNSCALED_SUM,
        /** The smallest argument; read again when it may have left. */
        MIN,
        /** The largest argument; read again when it may have left. */
        MAX,
        /** A sum that cannot be undone exactly: read again whenever the group changes. */
        RESCANNED_SUM,
        /** An average that cannot be undone exactly: read again whenever the group changes. */
        RESCANNED_AVG,
        /** Any other aggregate, whose call is the argument: read again whenever the group changes. */
        RESCANNED,
        /**
         * How many rows look as the group's keys do where equal keys can look different; NULL where that is not known. The argument is the
         * look of the keys; they are read again when the last such row may have left.
         */
        LOOK
    }

    /** Whether the group is read again at any change. */
    public boolean rescanned() {
        return kind == Kind.RESCANNED_SUM || kind == Kind.RESCANNED_AVG || kind == Kind.RESCANNED;
    }

    /** Whether it is the smallest or largest of something. */
    public boolean extreme() {
        return kind == Kind.MIN || kind == Kind.MAX;
    }
}
