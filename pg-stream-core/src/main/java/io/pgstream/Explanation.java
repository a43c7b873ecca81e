package io.pgstream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a query is maintained, and why so.
 *
 * @param canonicalQuery the query as PostgreSQL resolved it
 * @param effectiveMode the mode that its refreshes run in
 * @param fullReason why it cannot be refreshed differentially, or {@code null} if it can
 * @param operatorTree the operators, an indented line each; empty if there is none
 * @param strategies how each operator is maintained, why so and what is kept for it: a line for each line of the tree
 * @param identity how a row of the table is found again: by its key or as one of a bag
 * @param state what the engine keeps beside the table, a line each
 * @param deltaStatements the SQL of a refresh in which every source has changed, in the order in which it runs
 * @param missingIndexes {@code CREATE INDEX} statements that would make refreshes cheaper
 * @param notes what else is worth knowing, a sentence each
 * @since 0.1.0
 */
public record Explanation(
        String canonicalQuery,
        RefreshMode effectiveMode,
        @Nullable String fullReason,
        String operatorTree,
        List<String> strategies,
        String identity,
        List<String> state,
        List<String> deltaStatements,
        List<String> missingIndexes,
        List<String> notes) {

    public Explanation {
        strategies = List.copyOf(strategies);
        state = List.copyOf(state);
        deltaStatements = List.copyOf(deltaStatements);
        missingIndexes = List.copyOf(missingIndexes);
        notes = List.copyOf(notes);
    }
}
