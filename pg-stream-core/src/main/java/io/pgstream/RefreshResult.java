package io.pgstream;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One refresh of one stream table.
 *
 * @param name the stream table
 * @param outcome what it did
 * @param reason why a full refresh was chosen, or why it was skipped; {@code null} otherwise
 * @param changes how many captured changes of the sources it read, about how many where a buffer has thousands of them; 0 for a full
 *     refresh
 * @param inserted rows inserted into the stream table
 * @param updated rows updated in the stream table
 * @param deleted rows deleted from the stream table
 * @param startedAt when it started, by the server's clock
 * @param duration how long it took, from the first statement to the commit
 * @since 0.1.0
 */
public record RefreshResult(
        QualifiedName name,
        RefreshOutcome outcome,
        @Nullable String reason,
        long changes,
        long inserted,
        long updated,
        long deleted,
        Instant startedAt,
        Duration duration) {

    /** The {@link #reason()} of the first refresh of a stream table. */
    public static final String FIRST_LOAD = "first load";

    /** The {@link #reason()} of a refresh that a caller wanted to be full. */
    public static final String REQUESTED = "requested";

    /**
     * How many rows of the stream table were written.
     *
     * @return the sum of the inserted, updated and deleted rows
     */
    public long written() {
        return inserted + updated + deleted;
    }
}
