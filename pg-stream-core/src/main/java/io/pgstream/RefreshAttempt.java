package io.pgstream;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An attempt to refresh a stream table that wrote something or failed.
 *
 * @param outcome what it did, or {@code null} if it failed
 * @param reason why a full refresh was chosen
 * @param changes how many captured changes of the sources it read
 * @param inserted rows inserted into the stream table
 * @param updated rows updated in the stream table
 * @param deleted rows deleted from the stream table
 * @param startedAt when it started
 * @param duration how long it took
 * @param errorCode the stable code of the failure, if it failed
 * @param error the message of the failure, if it failed
 * @since 0.1.0
 */
public record RefreshAttempt(
        @Nullable RefreshOutcome outcome,
        @Nullable String reason,
        long changes,
        long inserted,
        long updated,
        long deleted,
        Instant startedAt,
        Duration duration,
        @Nullable String errorCode,
        @Nullable String error) {

    /**
     * Whether it failed.
     *
     * @return whether the stream table is as it was before
     */
    public boolean failed() {
        return outcome == null;
    }
}
