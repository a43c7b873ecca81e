package io.pgstream.autoconfigure.actuate;

import io.pgstream.Explanation;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableInfo;
import io.pgstream.StreamTableStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream table in detail, as the endpoint shows it.
 *
 * @param name the name
 * @param status the state of its life
 * @param query the defining query
 * @param sources what the query reads
 * @param requestedMode the mode that was asked for
 * @param mode the mode that its refreshes run in
 * @param fullReason why it is not refreshed differentially
 * @param schedule when it is refreshed
 * @param dataTimestamp the time that its rows stand for, by the server's clock
 * @param staleness how old its rows were when this was made
 * @param consecutiveErrors how many refreshes have failed in a row
 * @param lastError the last failure since the last success
 * @param explanation how it is maintained; missing if that cannot be said, because a source is gone for example
 * @param history the latest refreshes, the newest first
 * @since 0.1.0
 */
public record StreamTableDescriptor(
        String name,
        StreamTableStatus status,
        String query,
        List<String> sources,
        RefreshMode requestedMode,
        RefreshMode mode,
        @Nullable String fullReason,
        String schedule,
        @Nullable Instant dataTimestamp,
        @Nullable Duration staleness,
        int consecutiveErrors,
        @Nullable String lastError,
        @Nullable Maintenance explanation,
        List<RefreshDescriptor> history) {

    public StreamTableDescriptor {
        sources = List.copyOf(sources);
        history = List.copyOf(history);
    }

    static StreamTableDescriptor of(
            StreamTableInfo info, @Nullable Explanation explanation, List<RefreshResult> history) {
        return new StreamTableDescriptor(
                info.name().toString(),
                info.status(),
                info.query(),
                info.sources().stream().map(QualifiedName::toString).toList(),
                info.requestedMode(),
                info.effectiveMode(),
                info.fullReason(),
                info.schedule().text(),
                info.dataTimestamp(),
                info.staleness(),
                info.consecutiveErrors(),
                info.lastError(),
                (explanation != null) ? Maintenance.of(explanation) : null,
                history.stream().map(RefreshDescriptor::of).toList());
    }

    /**
     * How a stream table is maintained.
     *
     * @param operatorTree the operators, a line each
     * @param strategies how each of them is maintained and why, a line each
     * @param identity how a row is found again
     * @param state what is kept beside the table
     * @param deltaStatements the SQL of a refresh
     * @param missingIndexes indexes that would make refreshes cheaper
     * @param notes what else is worth knowing
     */
    public record Maintenance(
            List<String> operatorTree,
            List<String> strategies,
            String identity,
            List<String> state,
            List<String> deltaStatements,
            List<String> missingIndexes,
            List<String> notes) {

        static Maintenance of(Explanation explanation) {
            return new Maintenance(
                    explanation.operatorTree().lines().toList(),
                    explanation.strategies(),
                    explanation.identity(),
                    explanation.state(),
                    explanation.deltaStatements(),
                    explanation.missingIndexes(),
                    explanation.notes());
        }
    }
}
