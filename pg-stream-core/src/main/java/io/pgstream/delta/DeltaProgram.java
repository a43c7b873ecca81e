package io.pgstream.delta;

import io.pgstream.sql.HandOn;
import java.util.List;

/**
 * The statements of one differential refresh. The last one returns the counts that {@code ApplyRenderer} describes; the
 * ones before it move the states of aggregates below.
 *
 * @param places the temporary tables that the connection must have
 * @param statements the statements, in order
 * @param quick whether one of them may give up as unsure: the last one in its seventh column, those before in their only one, if they have one
 * @since 0.1.0
 */
public record DeltaProgram(List<HandOn.Place> places, List<String> statements, boolean quick) {

    public DeltaProgram {
        places = List.copyOf(places);
        statements = List.copyOf(statements);
    }
}
