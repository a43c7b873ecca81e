package io.pgstream.delta;

import java.util.List;

/**
 * The statements of one differential refresh. The last one returns the counts that {@code ApplyRenderer} describes; the
 * ones before it move the states of aggregates below.
 *
 * @param temporaryTables {@code CREATE TEMPORARY TABLE IF NOT EXISTS} statements that must have run on the connection
 * @param statements the statements, in order
 * @param quick whether the last one may give up as unsure
 * @since 0.1.0
 */
public record DeltaProgram(List<String> temporaryTables, List<String> statements, boolean quick) {

    public DeltaProgram {
        temporaryTables = List.copyOf(temporaryTables);
        statements = List.copyOf(statements);
    }
}
