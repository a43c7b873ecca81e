package io.pgstream;

import org.jspecify.annotations.Nullable;

/**
 * A mistake of pg-stream's own. Please report it with the stream table's explanation.
 *
 * @since 0.1.0
 */
public final class PgStreamBugException extends PgStreamException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what was found to be impossible
     * @param cause the cause, if there is one
     */
    public PgStreamBugException(String message, @Nullable Throwable cause) {
        super(ErrorCode.BUG, message, "This is a bug of pg-stream: please report it with the explanation.", cause);
    }
}
