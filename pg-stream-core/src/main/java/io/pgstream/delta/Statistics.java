package io.pgstream.delta;

import io.pgstream.plan.expr.Expression;
import java.util.List;
import java.util.Map;

/**
 * What the planner estimates of what a plan reads.
 *
 * @param selectivities what part of a table or a state a filter directly above it leaves, by the filter's conditions
 * @param stateRows the rows of each state that has a table of its own, by the table as SQL writes it
 * @since 0.1.0
 */
public record Statistics(Map<List<Expression>, Double> selectivities, Map<String, Double> stateRows) {

    /** Nothing is known. */
    public static final Statistics NONE = new Statistics(Map.of(), Map.of());

    public Statistics {
        selectivities = Map.copyOf(selectivities);
        stateRows = Map.copyOf(stateRows);
    }
}
