package io.pgstream;

import org.jspecify.annotations.Nullable;

/**
 * What pg-stream refuses or fails at. The message says what happened, where and why; the action says what to do.
 * Neither holds data of rows, nor credentials.
 *
 * @since 0.1.0
 */
public abstract class PgStreamException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    private final String action;

    PgStreamException(ErrorCode code, String message, String action, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.action = action;
    }

    /**
     * Returns the stable code of this error.
     *
     * @return the code
     */
    public final ErrorCode code() {
        return code;
    }

    /**
     * Returns what the reader of this error can do about it, in one or two sentences.
     *
     * @return the action
     */
    public final String action() {
        return action;
    }
}
