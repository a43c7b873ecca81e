package io.pgstream;

import org.jspecify.annotations.Nullable;

/**
 * An operation on the server that failed, although the definition is right.
 *
 * @since 0.1.0
 */
public final class RefreshFailedException extends PgStreamException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String sqlState;

    private final boolean retryable;

    /**
     * Creates the exception.
     *
     * @param code the stable code
     * @param message what, where and why
     * @param action what to do
     * @param sqlState the SQLSTATE that the server answered, if it did
     * @param retryable whether the same call may succeed later, with nothing changed by a person
     * @param cause the cause
     */
    public RefreshFailedException(
            ErrorCode code,
            String message,
            String action,
            @Nullable String sqlState,
            boolean retryable,
            @Nullable Throwable cause) {
        super(code, message, action, cause);
        this.sqlState = sqlState;
        this.retryable = retryable;
    }

    /**
     * Returns the SQLSTATE that the server answered.
     *
     * @return five characters, or {@code null} if the server did not answer
     */
    public @Nullable String sqlState() {
        return sqlState;
    }

    /**
     * Returns whether the same call may succeed later, with nothing changed by a person.
     *
     * @return whether it is worth trying again
     */
    public boolean retryable() {
        return retryable;
    }
}
