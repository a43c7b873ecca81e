package io.pgstream.autoconfigure.actuate;

import io.pgstream.Explanation;
import io.pgstream.RefreshMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a stream table is maintained, as the endpoint shows it.
 *
 * @param canonicalQuery the query as PostgreSQL resolved it
 * @param mode the mode that its refreshes run in
 * @param fullReason why it is not refreshed differentially
 * @param operatorTree the operators, a line each
 * @param strategies how each of them is maintained and why, a line each
 * @param identity how a row is found again
 * @param state what is kept beside the table
 * @param deltaStatements the SQL of a refresh
 * @param missingIndexes indexes that would make refreshes cheaper
 * @param notes what else is worth knowing
 * @since 0.1.0
 */
public record ExplanationDescriptor(
        String canonicalQuery,
        RefreshMode mode,
        @Nullable String fullReason,
        List<String> operatorTree,
        List<String> strategies,
        String identity,
        List<String> state,
        List<String> deltaStatements,
        List<String> missingIndexes,
        List<String> notes) {

    public ExplanationDescriptor {
        operatorTree = List.copyOf(operatorTree);
        strategies = List.copyOf(strategies);
        state = List.copyOf(state);
        deltaStatements = List.copyOf(deltaStatements);
        missingIndexes = List.copyOf(missingIndexes);
        notes = List.copyOf(notes);
    }

    static ExplanationDescriptor of(Explanation explanation) {
        return new ExplanationDescriptor(
                explanation.canonicalQuery(),
                explanation.effectiveMode(),
                explanation.fullReason(),
                explanation.operatorTree().lines().toList(),
                explanation.strategies(),
                explanation.identity(),
                explanation.state(),
                explanation.deltaStatements(),
                explanation.missingIndexes(),
                explanation.notes());
    }
}
