package io.pgstream.delta;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lateral;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.Replicate;
import io.pgstream.plan.Scan;
import io.pgstream.plan.UnionAll;

/** The delta rule of each operator; a rule asks for the deltas of the inputs that have changed. */
final class Differentiator {

    private Differentiator() {}

    static Delta delta(Operator operator, DeltaContext context) {
        if (operator instanceof Scan scan) {
            return ScanDelta.of(scan, context);
        }
        if (operator instanceof Filter filter) {
            return FilterDelta.of(filter, context);
        }
        if (operator instanceof Project project) {
            return ProjectDelta.of(project, context);
        }
        if (operator instanceof Lateral lateral) {
            return LateralDelta.of(lateral, context);
        }
        if (operator instanceof UnionAll union) {
            return UnionAllDelta.of(union, context);
        }
        if (operator instanceof Join join) {
            return JoinDelta.of(join, context);
        }
        if (operator instanceof MarkJoin join) {
            return MarkJoinDelta.of(join, context);
        }
        if (operator instanceof OuterJoin join) {
            return OuterJoinDelta.of(join, context);
        }
        if (operator instanceof Replicate replicate) {
            return ReplicateDelta.of(replicate, context);
        }
        if (operator.stateful()) {
            return StateDelta.of(operator, context);
        }
        throw new IllegalStateException("No delta rule for " + operator.describe());
    }

    /** The delta of an input that is known to have changed. */
    static Delta changed(Operator operator, DeltaContext context) {
        return DeltaContext.required(context.delta(operator), operator);
    }
}
