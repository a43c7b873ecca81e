package io.pgstream;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What has become of a row.
 *
 * @param before the row as it was, or {@code null} if it is new
 * @param after the row as it is, or {@code null} if it is gone
 * @param <R> the type of the rows
 * @since 0.1.0
 */
public record StreamTableChange<R>(
        @Nullable R before, @Nullable R after) {

    public StreamTableChange {
        if (before == null && after == null) {
            throw new IllegalArgumentException("A change has a row before or after it");
        }
    }

    /** The kinds of changes. */
    public enum Kind {

        /** The row is new. */
        INSERTED,

        /** The row has other values; only where the stream table has a key. */
        UPDATED,

        /** The row is gone. */
        DELETED
    }

    /** What has become of the row. */
    public Kind kind() {
        if (before == null) {
            return Kind.INSERTED;
        }
        return (after == null) ? Kind.DELETED : Kind.UPDATED;
    }

    /** The row as it is, or as it was before it went. */
    public R row() {
        return (after != null) ? after : Objects.requireNonNull(before);
    }
}
