package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.List;

/**
 * The inner join of any number of inputs: the rows of their product for which every condition is true.
 *
 * @param inputs the inputs
 * @param conditions the conditions, all of which must hold
 * @param order who decides the order in which the inputs are joined
 * @since 0.1.0
 */
public record Join(List<Operator> inputs, List<Expression> conditions, Order order) implements Operator {

    /** Who decides the order of a join. */
    public enum Order {
        /** The planner of PostgreSQL. */
        FREE,
        /**
         * The order of the inputs, each looked up row by row behind a fence that the planner cannot move: for a small
         * delta in front of large tables with indexes, whatever the planner believes about its size.
         */
        FENCED
    }

    public Join {
        inputs = List.copyOf(inputs);
        conditions = List.copyOf(conditions);
    }

    @Override
    public List<Column> output() {
        return inputs.stream().flatMap(input -> input.output().stream()).toList();
    }

    @Override
    public Operator withInputs(List<Operator> newInputs) {
        return Lists.same(newInputs, inputs) ? this : new Join(newInputs, conditions, order);
    }

    @Override
    public String describe() {
        return "Join " + conditions;
    }
}
