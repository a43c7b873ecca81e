package io.pgstream;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream table as the catalog holds it.
 *
 * @param name the table, with its schema
 * @param query the defining query as it was given
 * @param requestedMode the mode that was asked for
 * @param effectiveMode how refreshes run: {@link RefreshMode#DIFFERENTIAL} or {@link RefreshMode#FULL}, and
 *     {@link RefreshMode#AUTO} where the engine chooses at each refresh; or the mode in which there are none
 * @param fullReason why the table cannot be refreshed differentially, or {@code null} if it can
 * @param schedule when the table is refreshed
 * @param status the state of its life
 * @param sources the tables that it reads, views resolved
 * @param dataTimestamp the server's clock at the snapshot that the table equals, or {@code null} before the first load
 * @param staleness the age of the data, or {@code null} before the first load
 * @param consecutiveErrors how many refreshes have failed since the last success
 * @param lastError the message of the last failure since the last success, or {@code null}
 * @param lastRefresh the last refresh that is in the history, or {@code null}
 * @since 0.1.0
 */
public record StreamTableInfo(
        QualifiedName name,
        String query,
        RefreshMode requestedMode,
        RefreshMode effectiveMode,
        @Nullable String fullReason,
        Schedule schedule,
        StreamTableStatus status,
        List<QualifiedName> sources,
        @Nullable Instant dataTimestamp,
        @Nullable Duration staleness,
        int consecutiveErrors,
        @Nullable String lastError,
        @Nullable RefreshResult lastRefresh) {

    public StreamTableInfo {
        sources = List.copyOf(sources);
    }
}
