package io.pgstream.delta;

import io.pgstream.plan.Lateral;
import io.pgstream.plan.Operator;

/**
 * Whether the groups of a delta are looked up in the state one by one. As a rule that is left to the planner, which takes the groups for a tenth
 * of the changed rows. What a function in FROM makes of these it takes for a thousand rows each, and for as many groups: of 5,000
 * changed rows, which are in 2,000 groups, it expected 40,000, and read the whole state for them, twice.
 */
final class StateSearch {

    /** How many times as large as the changes a state must be: a function can make several rows of one. */
    private static final double LARGER = 4;

    private StateSearch() {}

    static boolean byGroup(StatefulNode node, DeltaContext context) {
        Operator input = node.aggregate().input();
        double rows = context.sizes().stateRows(node.relation()).orElse(0);
        return context.lookUp()
                && functions(input)
                && rows >= LARGER * context.sizes().changes(input);
    }

    private static boolean functions(Operator operator) {
        return operator instanceof Lateral
                || (!operator.stateful() && operator.inputs().stream().anyMatch(StateSearch::functions));
    }
}
