package io.pgstream;

/**
 * Is told of every refresh, on the thread that ran it, after its commit. An exception that it throws is logged and goes
 * no further.
 *
 * @since 0.1.0
 */
public interface RefreshListener {

    /**
     * A refresh has committed, or found nothing to do.
     *
     * @param result what it did
     */
    default void refreshCompleted(RefreshResult result) {}

    /**
     * A refresh has failed, after its retries.
     *
     * @param name the stream table
     * @param failure why
     */
    default void refreshFailed(QualifiedName name, PgStreamException failure) {}
}
