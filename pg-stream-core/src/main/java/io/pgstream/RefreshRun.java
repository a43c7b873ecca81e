package io.pgstream;

import java.util.List;

/**
 * A refresh that has begun, as a {@link RefreshListener} follows it. Exactly one of the two methods is called.
 *
 * @since 0.1.0
 */
public interface RefreshRun {

    /**
     * It has ended.
     *
     * @param results what it did, for each stream table
     */
    void completed(List<RefreshResult> results);

    /**
     * It has failed; if it is tried again, that is another run.
     *
     * @param failure why
     */
    void failed(RuntimeException failure);
}
