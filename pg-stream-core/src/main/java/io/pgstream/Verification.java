package io.pgstream;

import java.time.Instant;

/**
 * A stream table compared with its query at the snapshot of its last refresh, or at one common snapshot after a refresh.
 *
 * @param name the stream table
 * @param rows how many of its rows were compared
 * @param missing how many rows of the query it lacks
 * @param unexpected how many rows it has that the query does not
 * @param verifiedAt when, by the server's clock
 * @param complete whether the whole table was compared, and not only a part of it
 * @since 0.1.0
 */
public record Verification(
        QualifiedName name, long rows, long missing, long unexpected, Instant verifiedAt, boolean complete) {

    /**
     * Whether what was compared equals the query, as a bag.
     *
     * @return whether nothing is missing and nothing unexpected
     */
    public boolean equal() {
        return missing == 0 && unexpected == 0;
    }
}
