package io.pgstream.delta;

import io.pgstream.plan.Lists;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Relation;
import io.pgstream.plan.expr.Column;

/**
 * Not linear: an earlier statement of the same refresh has moved the state and written the old row of each changed group or partition
 * with weight -1 and its new row with weight 1; this only reads them.
 */
final class StateDelta {

    private StateDelta() {}

    static Delta of(Operator operator, DeltaContext context) {
        Column weight = context.factory().create("weight", io.pgstream.plan.ColumnFactory.BIGINT, false, 0);
        // The temporary table names the weight by its place, because every statement numbers its columns anew.
        Relation rows = new Relation(
                "(SELECT *, change_weight AS " + weight.sqlName() + " FROM "
                        + context.handOn().read(context.node(operator).changes()) + " AS handed)",
                Lists.append(operator.output(), weight));
        // A changed row changes one group at most, by an old and a new row.
        return new Delta(
                context.sizes().remember(rows, Math.max(1, context.sizes().changes(operator))), weight);
    }
}
