package io.pgstream;

/**
 * A query that PostgreSQL accepts but that cannot be maintained in the requested mode.
 *
 * @since 0.1.0
 */
public final class UnsupportedQueryException extends PgStreamException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message the construct, where it stands and why it cannot be maintained
     * @param action a rewrite or a mode that works
     */
    public UnsupportedQueryException(String message, String action) {
        this(ErrorCode.UNSUPPORTED_QUERY, message, action);
    }

    /**
     * Creates the exception with the code of a construct.
     *
     * @param code the code of the construct
     * @param message the construct, where it stands and why it cannot be maintained
     * @param action a rewrite or a mode that works
     */
    public UnsupportedQueryException(ErrorCode code, String message, String action) {
        super(code, message, action, null);
    }
}
