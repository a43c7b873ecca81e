package io.pgstream.feed;

/**
 * A listener has thrown; what it was told will be told again.
 *
 * @since 0.1.0
 */
public final class ListenerFailedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int failures;

    ListenerFailedException(int failures, RuntimeException cause) {
        super(cause);
        this.failures = failures;
    }

    /** How often it has failed in a row, in any instance. */
    public int failures() {
        return failures;
    }
}
