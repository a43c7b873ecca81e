package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.List;

/**
 * Each row of the input as many times as an expression over it says; not at all where that is zero.
 *
 * @param count how often
 * @param input the input
 * @since 0.1.0
 */
public record Replicate(Expression count, Operator input) implements Operator {

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
        return (inputs.get(0) == input) ? this : new Replicate(count, inputs.get(0));
    }

    @Override
    public boolean linear() {
        return true;
    }

    @Override
    public String describe() {
        return "Replicate " + count;
    }

    @Override
    public int hashCode() {
        return Operator.hash(this);
    }
}
