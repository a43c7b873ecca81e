package io.pgstream.autoconfigure.actuate;

import io.pgstream.StreamTableOverview;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a stream table, as the endpoint shows it.
 *
 * @param code the stable code
 * @param message what, where and why
 * @param action what to do
 * @param consecutive how many refreshes have failed in a row
 * @param at when the last of them failed, by the server's clock
 * @since 0.1.0
 */
public record ErrorDescriptor(
        String code,
        String message,
        @Nullable String action,
        int consecutive,
        @Nullable Instant at) {

    static @Nullable ErrorDescriptor of(StreamTableOverview.@Nullable Problem problem) {
        return (problem == null)
                ? null
                : new ErrorDescriptor(
                        problem.code(), problem.message(), problem.action(), problem.consecutive(), problem.at());
    }
}
