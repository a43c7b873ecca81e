package io.pgstream.sql;

import io.pgstream.analyze.Accumulator;
import io.pgstream.analyze.AggregateLayout;
import io.pgstream.plan.expr.Column;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a group shows keys of which equal values can look different, such as 1.0 and 1.00. It shows those of one of its rows, and goes on to
 * as long as a row looks so: the rows with that look are counted. Otherwise the group is read again, and so it is where
 * rows of several looks change in it at once, which is rare. Where a group that was read again has rows of several looks, their
 * number is not known, and it is read again when a row leaves that looks as it does.
 */
final class GroupLooks {

    private final Accumulator look;

    private final String rows;

    private GroupLooks(Accumulator look, Accumulator rows) {
        this.look = look;
        this.rows = "d" + rows.column().id();
    }

    /** Those of a layout; {@code null} where equal keys look the same. */
    static @Nullable GroupLooks of(AggregateLayout layout) {
        Accumulator look = layout.look();
        return (look == null) ? null : new GroupLooks(look, layout.rows());
    }

    private static String text(Accumulator look, Function<Column, String> key) {
        return Objects.requireNonNull(look.argument()).sql(key);
    }

    /**
     * The first and the last look of the rows of a delta, {@code l<id>} and {@code e<id>}.
     *
     * @param inner the columns of a grouping below by the weight as well, which get theirs; {@code null} if there is none
     */
    static List<String> extremes(Accumulator look, @Nullable List<String> inner) {
        int id = look.column().id();
        String text = text(look, key -> "i." + key.sqlName());
        if (inner == null) {
            return List.of("min(" + text + ") AS l" + id, "max(" + text + ") AS e" + id);
        }
        inner.add("min(" + text + ") AS l" + id);
        inner.add("max(" + text + ") AS e" + id);
        return List.of("min(i.l" + id + ") AS l" + id, "max(i.e" + id + ") AS e" + id);
    }

    /** How many rows of a whole group have its look, where all of them have one. */
    static String full(Accumulator look) {
        String text = text(look, key -> "i." + key.sqlName());
        return "CASE WHEN min(" + text + ") = max(" + text + ") THEN count(*) END";
    }

    /** The column {@code look} with the look of a stored group. */
    String stored(Function<Column, String> key) {
        return text(look, key) + " AS look";
    }

    /** Whether the look of a group must be looked for, over the delta {@code d}. */
    String flagged(String storedLook, String storedRows) {
        int id = look.column().id();
        String left = "d." + rows + " < 0 AND coalesce(" + storedRows + ", 0) + d." + rows + " <= 0";
        return "d.l" + id + " <> d.e" + id + " OR (d.l" + id + " = " + storedLook + " AND " + left + ")";
    }

    /** The same with the look of a group that is stored in a table. */
    String flagged(Function<Column, String> key, String storedRows) {
        return flagged(text(look, key), storedRows);
    }

    /** How many rows have the look of a group of {@code stored AS s} that need not be read again. */
    String next() {
        int id = look.column().id();
        return "CASE WHEN NOT s.found THEN s." + rows + " WHEN s.l" + id + " = s.look THEN s.o" + id + " + s." + rows
                + " ELSE s.o" + id + " END";
    }

    /** A key of {@code stored AS s} before the change. */
    static String before(Column key) {
        return "k" + key.id();
    }

    /**
     * The same key after it.
     *
     * @param rescans whether groups that must be are read again
     */
    static String after(Column key, boolean rescans) {
        return "CASE" + (rescans ? " WHEN s.rescan THEN r." + key.sqlName() : "") + " WHEN s.found THEN s."
                + before(key) + " ELSE s." + key.sqlName() + " END AS " + key.sqlName();
    }
}
