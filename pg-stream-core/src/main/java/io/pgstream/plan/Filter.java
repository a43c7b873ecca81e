package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.List;

/**
 * The rows of the input for which every condition is true; a condition that is NULL is not true.
 *
 * @param conditions the conditions, all of which must hold
 * @param input the input
 * @since 0.1.0
 */
public record Filter(List<Expression> conditions, Operator input) implements Operator {

    public Filter {
        conditions = List.copyOf(conditions);
        if (conditions.isEmpty()) {
            throw new IllegalArgumentException("A filter has a condition");
        }
    }

    /** The input, filtered if there is a condition. */
    public static Operator of(List<Expression> conditions, Operator input) {
        return conditions.isEmpty() ? input : new Filter(conditions, input);
    }

    @Override
    public List<Column> output() {
        return input.output();
    }

    @Override
    public List<Operator> inputs() {
        return List.of(input);
    }

    @Override
    public Operator withInputs(List<Operator> inputs) {
        return (inputs.get(0) == input) ? this : new Filter(conditions, inputs.get(0));
    }

    @Override
    public boolean linear() {
        return true;
    }

    @Override
    public String describe() {
        return "Filter " + conditions;
    }

    @Override
    public int hashCode() {
        return Operator.hash(this);
    }
}
