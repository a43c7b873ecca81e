package io.pgstream;

import org.jspecify.annotations.Nullable;

/**
 * A definition or a call that cannot be right: the fault is in what was handed in.
 *
 * @since 0.1.0
 */
public final class InvalidDefinitionException extends PgStreamException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param code the stable code
     * @param message what, where and why
     * @param action what to do
     */
    public InvalidDefinitionException(ErrorCode code, String message, String action) {
        this(code, message, action, null);
    }

    /**
     * Creates the exception with a cause.
     *
     * @param code the stable code
     * @param message what, where and why
     * @param action what to do
     * @param cause the cause, if there is one
     */
    public InvalidDefinitionException(ErrorCode code, String message, String action, @Nullable Throwable cause) {
        super(code, message, action, cause);
    }
}
