package io.pgstream.plan.rule;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Recursion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Recursion (UNION)             Recursion (UNION)
 *   X                             X
 *   Project                =>     Project
 *     Aggregate by c                Project c
 *       Y                             Y
 * </pre>
 *
 * <p>The recursion takes each row once, whatever its step does about duplicates.
 */
final class DropDistinctInRecursion implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (!(operator instanceof Recursion recursion) || !recursion.distinct()) {
            return null;
        }
        Operator step = dropped(recursion.step(), recursion);
        return (step == null) ? null : recursion.withInputs(List.of(recursion.base(), step));
    }

    private static @Nullable Operator dropped(Operator operator, Recursion recursion) {
        if (operator instanceof Aggregate aggregate
                && aggregate.aggregates().isEmpty()
                && !aggregate.scalar()
                && recursion.reads(aggregate)) {
            return new Project(aggregate.keys(), aggregate.input());
        }
        if (operator instanceof Project || operator instanceof Filter) {
            Operator below = dropped(operator.inputs().get(0), recursion);
            return (below == null) ? null : operator.withInputs(List.of(below));
        }
        return null;
    }
}
