package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import java.util.List;

/**
 * Equal rows of a delta made one row with the sum of their weights; rows whose weights sum to zero are gone.
 *
 * @param weight the column of the weight, in the input and in the output
 * @param input the delta
 * @since 0.1.0
 */
public record Consolidate(Column weight, Operator input) implements Operator {

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
        return (inputs.get(0) == input) ? this : new Consolidate(weight, inputs.get(0));
    }

    @Override
    public String describe() {
        return "Consolidate " + weight;
    }

    @Override
    public int hashCode() {
        return Operator.hash(this);
    }
}
