package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import java.util.List;

/**
 * The rows of the input, computed as a whole before anything is joined to them: where looking up one row for each row of
 * a delta would cost more than reading all rows once.
 *
 * @param input the input
 * @since 0.1.0
 */
public record Fence(Operator input) implements Operator {

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
        return (inputs.get(0) == input) ? this : new Fence(inputs.get(0));
    }

    @Override
    public String describe() {
        return "Fence";
    }

    @Override
    public int hashCode() {
        return Operator.hash(this);
    }
}
