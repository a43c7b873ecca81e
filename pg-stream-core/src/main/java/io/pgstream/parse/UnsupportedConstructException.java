package io.pgstream.parse;

/**
 * A construct that PostgreSQL accepts and that has no operator here. It is a finding, not a failure: the query can still
 * be refreshed fully.
 *
 * @since 0.1.0
 */
public final class UnsupportedConstructException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String rewrite;

    /**
     * @param reason what the query uses, as the continuation of "because"
     * @param rewrite what would work instead, a sentence
     */
    public UnsupportedConstructException(String reason, String rewrite) {
        super(reason, null, false, false);
        this.rewrite = rewrite;
    }

    public String reason() {
        return String.valueOf(getMessage());
    }

    public String rewrite() {
        return rewrite;
    }
}
