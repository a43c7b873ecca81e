package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import java.util.List;

/**
 * The rows of the input in the order of a column. A bag has no order: this says in which one they look rows of a table up.
 *
 * @param column the column, of a type with an order
 * @param input the input
 * @since 0.1.0
 */
public record Sorted(Column column, Operator input) implements Operator {

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
        return (inputs.get(0) == input) ? this : new Sorted(column, inputs.get(0));
    }

    @Override
    public String describe() {
        return "Sorted by " + column;
    }

    @Override
    public int hashCode() {
        return Operator.hash(this);
    }
}
