package io.pgstream.delta;

import io.pgstream.plan.PartitionWise;
import io.pgstream.plan.Relation;
import io.pgstream.sql.TargetTable;

/**
 * An operator that is computed partition by partition, with its own output as its state.
 *
 * @param operator the operator
 * @param state where its output is kept: a table of its own, or the stream table itself where that has all of it
 * @param ownTable whether the state has a table of its own
 * @param changes the temporary table that hands the change to the operators above
 */
public record PartitionNode(PartitionWise operator, TargetTable state, boolean ownTable, String changes)
        implements MaintainedNode {

    @Override
    public Relation relation() {
        return new Relation(state.sqlName(), state.columns());
    }
}
