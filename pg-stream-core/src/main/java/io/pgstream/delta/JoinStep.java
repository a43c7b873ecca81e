package io.pgstream.delta;

import io.pgstream.plan.Join;
import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.Expression;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a delta goes on to the next input of a join.
 *
 * @param input the input
 * @param branch the input with what stands behind it, if all of that is met at once
 * @param whole whether all of it is read
 * @param cost what that costs, in the cost of one row fetched by an index
 * @param rows how many rows the delta has then
 * @param lookUpTo up to how many rows it would be cheaper to look the input up; 0 if it cannot be, or is looked up in any case
 */
record JoinStep(Operator input, @Nullable Branch branch, boolean whole, double cost, double rows, double lookUpTo) {

    /** What a row costs the steps that follow. */
    private static final double CARRIED = 2;

    JoinStep(Operator input, boolean whole, double cost, double rows, double lookUpTo) {
        this(input, null, whole, cost, rows, lookUpTo);
    }

    List<Operator> inputs() {
        return (branch == null) ? List.of(input) : branch.members();
    }

    /**
     * The input as the tree has it.
     *
     * @param present the operators of the tree, by what is read for them
     */
    Operator of(Map<Operator, Operator> present) {
        List<Operator> operators = inputs().stream()
                .map(read -> Objects.requireNonNull(present.get(read)))
                .toList();
        return (branch == null) ? operators.get(0) : new Join(operators, branch.conditions(), Join.Order.FREE);
    }

    /** The rows of all of it. */
    Operator all(DeltaContext context) {
        return (branch == null) ? context.whole(input) : branch.whole(context);
    }

    /** The conditions that hold between all of it and what meets it. */
    List<Expression> between(List<Expression> conditions) {
        return (branch == null)
                ? conditions
                : conditions.stream()
                        .filter(condition -> !branch.conditions().contains(condition))
                        .toList();
    }

    double total() {
        return cost + CARRIED * rows;
    }
}
