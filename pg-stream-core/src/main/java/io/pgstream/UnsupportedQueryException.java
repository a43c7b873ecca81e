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
        super(ErrorCode.UNSUPPORTED_QUERY, message, action, null);
    }
}
