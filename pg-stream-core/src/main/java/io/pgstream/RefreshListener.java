package io.pgstream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Is told of every refresh, on the thread that ran it, after its commit. An exception that it throws is logged and goes
 * no further.
 *
 * @since 0.1.0
 */
public interface RefreshListener {

    /**
     * A refresh begins, of one stream table or of several in one transaction. What runs until its end, on this thread, is
     * part of it. The clock begins refreshes only of those stream tables that may have something to apply.
     *
     * @param tables the stream tables
     * @param trigger who asked for it
     * @return what is told of the end, on this thread, or {@code null} for nothing
     */
    default @Nullable RefreshRun refreshStarting(List<QualifiedName> tables, RefreshTrigger trigger) {
        return null;
    }

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
     * A stream table was compared with its query, by the schedule of verifications or on request; it has drifted if the
     * verification is not {@linkplain Verification#equal() equal}.
     *
     * @param verification what differs
     * @param repair the refresh that wrote what differed, or {@code null} if there was none
     */
    default void tableVerified(Verification verification, @Nullable RefreshResult repair) {}

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
