package io.pgstream.delta;

import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.PartitionWise;
import io.pgstream.plan.Project;
import io.pgstream.plan.Relation;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.sql.TargetTable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operator that is computed partition by partition, with its own output as its state.
 *
 * @param operator the operator
 * @param state where its output is kept: a table of its own, or the stream table itself where that has all of it
 * @param ownTable whether the state has a table of its own
 * @param changes the temporary table that hands the change to the operators above
 * @param projection what the state keeps of the operator's output, in the order of its columns; {@code null} for all of it
 */
public record PartitionNode(
        PartitionWise operator,
        TargetTable state,
        boolean ownTable,
        String changes,
        @Nullable List<NamedExpression> projection)
        implements MaintainedNode {

    /** What the projection at the top computes of the state, if this is the operator below it. */
    List<NamedExpression> items(Project root) {
        if (projection == null) {
            return root.items();
        }
        List<NamedExpression> items = new ArrayList<>();
        for (int i = 0; i < projection.size(); i++) {
            items.add(new NamedExpression(
                    root.items().get(i).column(),
                    new ColumnReference(projection.get(i).column())));
        }
        return items;
    }

    @Override
    public Relation relation() {
        return new Relation(state.sqlName(), state.columns());
    }
}
