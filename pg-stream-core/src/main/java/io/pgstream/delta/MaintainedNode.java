package io.pgstream.delta;

import io.pgstream.plan.Operator;
import io.pgstream.sql.TargetTable;

/**
 * An operator with its state.
 *
 * @since 0.1.0
 */
public sealed interface MaintainedNode permits StatefulNode, PartitionNode, RecursionNode {

    /** The operator. */
    Operator operator();

    /** Where the state is kept: a table of its own, or the stream table itself where that has all of it. */
    TargetTable state();

    /** Whether the state has a table of its own. */
    boolean ownTable();

    /** The temporary table that hands the change to the operators above. */
    String changes();
}
