package io.pgstream.autoconfigure.actuate;

import io.pgstream.RefreshAttempt;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The latest refreshes of a stream table that wrote something or failed, as the endpoint shows them.
 *
 * @param attempts the refreshes, the newest first
 * @since 0.1.0
 */
public record HistoryDescriptor(List<Attempt> attempts) {

    public HistoryDescriptor {
        attempts = List.copyOf(attempts);
    }

    static HistoryDescriptor of(List<RefreshAttempt> attempts) {
        return new HistoryDescriptor(attempts.stream().map(Attempt::of).toList());
    }

    /**
     * A refresh.
     *
     * @param outcome {@code DIFFERENTIAL}, {@code FULL} or {@code FAILED}
     * @param reason why it was a full one
     * @param changes how many captured changes it read
     * @param inserted rows inserted
     * @param updated rows updated
     * @param deleted rows deleted
     * @param startedAt when it started
     * @param duration how long it took
     * @param errorCode the stable code of the failure
     * @param error the message of the failure
     */
    public record Attempt(
            String outcome,
            @Nullable String reason,
            long changes,
            long inserted,
            long updated,
            long deleted,
            Instant startedAt,
            Duration duration,
            @Nullable String errorCode,
            @Nullable String error) {

        static Attempt of(RefreshAttempt attempt) {
            return new Attempt(
                    Objects.toString(attempt.outcome(), "FAILED"),
                    attempt.reason(),
                    attempt.changes(),
                    attempt.inserted(),
                    attempt.updated(),
                    attempt.deleted(),
                    attempt.startedAt(),
                    attempt.duration(),
                    attempt.errorCode(),
                    attempt.error());
        }
    }
}
