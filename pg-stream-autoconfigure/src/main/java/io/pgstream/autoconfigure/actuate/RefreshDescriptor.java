package io.pgstream.autoconfigure.actuate;

import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A refresh, as the endpoint shows it.
 *
 * @param outcome what it did
 * @param reason why it was a full one, or was skipped
 * @param changes how many captured changes it read
 * @param inserted rows inserted
 * @param updated rows updated
 * @param deleted rows deleted
 * @param startedAt when it started, by the server's clock
 * @param duration how long it took
 * @since 0.1.0
 */
public record RefreshDescriptor(
        RefreshOutcome outcome,
        @Nullable String reason,
        long changes,
        long inserted,
        long updated,
        long deleted,
        Instant startedAt,
        Duration duration) {

    static RefreshDescriptor of(RefreshResult result) {
        return new RefreshDescriptor(
                result.outcome(),
                result.reason(),
                result.changes(),
                result.inserted(),
                result.updated(),
                result.deleted(),
                result.startedAt(),
                result.duration());
    }
}
