package io.pgstream.refresh;

/**
 * What the query reads has changed its definition, so that the stream table must be compiled and loaded again.
 *
 * @since 0.1.0
 */
public final class RedefinitionNeededException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean captureOnly;

    /** @param reason why the definition must be read, or compiled, again */
    public RedefinitionNeededException(String reason) {
        this(reason, false);
    }

    RedefinitionNeededException(String reason, boolean captureOnly) {
        super(reason);
        this.captureOnly = captureOnly;
    }

    /** Whether the definition still holds, and only the capture of a source is to be made anew. */
    public boolean captureOnly() {
        return captureOnly;
    }
}
