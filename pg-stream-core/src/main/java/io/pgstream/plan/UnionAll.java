package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import java.util.List;

/**
 * The rows of all inputs, by position.
 *
 * @param output the columns; each input has as many
 * @param inputs the inputs
 * @since 0.1.0
 */
public record UnionAll(List<Column> output, List<Operator> inputs) implements Operator {

    public UnionAll {
        output = List.copyOf(output);
        inputs = List.copyOf(inputs);
        for (Operator input : inputs) {
            if (input.output().size() != output.size()) {
                throw new IllegalArgumentException("An input of a union has another number of columns");
            }
        }
    }

    @Override
    public Operator withInputs(List<Operator> newInputs) {
        return Lists.same(newInputs, inputs) ? this : new UnionAll(output, newInputs);
    }

    @Override
    public boolean linear() {
        return true;
    }

    @Override
    public String describe() {
        return "UnionAll " + output;
    }

    @Override
    public int hashCode() {
        return Operator.hash(this);
    }
}
