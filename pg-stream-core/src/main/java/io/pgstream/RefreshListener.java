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

    /**
     * Refreshes have failed so often that the stream table is in {@link StreamTableStatus#ERROR} from now on.
     *
     * @param name the stream table
     * @param failure the last failure
     */
    default void suspended(QualifiedName name, PgStreamException failure) {}

    /**
     * A source was altered in a way that makes the stream table be defined and loaded anew, which is tried now.
     *
     * @param name the stream table
     */
    default void reinitializeNeeded(QualifiedName name) {}
}
