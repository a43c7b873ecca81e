package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import java.util.List;

/**
 * One row without columns, for ever: what a SELECT without FROM reads.
 *
 * @since 0.1.0
 */
public record OneRow() implements Operator {

    @Override
    public List<Column> output() {
        return List.of();
    }

    @Override
    public List<Operator> inputs() {
        return List.of();
    }

    @Override
    public Operator withInputs(List<Operator> inputs) {
        return this;
    }

    @Override
    public String describe() {
        return "OneRow";
    }
}
