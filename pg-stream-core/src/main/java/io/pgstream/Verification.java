package io.pgstream;

import java.time.Instant;

/**
 * A stream table compared with its query at the snapshot of its last refresh, or at one common snapshot after a refresh.
 *
 * @param name the stream table
 * @param rows how many rows it has
 * @param missing how many rows of the query it lacks
 * @param unexpected how many rows it has that the query does not
 * @param verifiedAt when, by the server's clock
 * @since 0.1.0
 */
public record Verification(QualifiedName name, long rows, long missing, long unexpected, Instant verifiedAt) {

    /**
     * Whether the table equals its query, as a bag.
     *
     * @return whether nothing is missing and nothing unexpected
     */
    public boolean equal() {
        return missing == 0 && unexpected == 0;
    }
}
