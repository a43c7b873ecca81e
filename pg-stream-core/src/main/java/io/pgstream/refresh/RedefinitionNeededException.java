package io.pgstream.refresh;

import io.pgstream.QualifiedName;
import org.jspecify.annotations.Nullable;

/**
 * What the query reads has changed its definition, so that the stream table must be compiled and loaded again.
 *
 * @since 0.1.0
 */
public final class RedefinitionNeededException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean captureOnly;

    private final @Nullable QualifiedName table;

    RedefinitionNeededException(String reason) {
        this(reason, false);
    }

    RedefinitionNeededException(String reason, boolean captureOnly) {
        this(reason, captureOnly, null);
    }

    private RedefinitionNeededException(String reason, boolean captureOnly, @Nullable QualifiedName table) {
        super(reason);
        this.captureOnly = captureOnly;
        this.table = table;
    }

    /** The same, for one of several stream tables. */
    RedefinitionNeededException of(QualifiedName name) {
        return new RedefinitionNeededException(String.valueOf(getMessage()), captureOnly, name);
    }

    /** Which of several stream tables it is; {@code null} if that is clear, or not known. */
    public @Nullable QualifiedName table() {
        return table;
    }

    /** Whether the definition still holds, and only the capture of a source is to be made anew. */
    public boolean captureOnly() {
        return captureOnly;
    }
}
