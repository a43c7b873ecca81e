package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import java.util.List;

/**
 * Expressions over each row of the input; duplicates stay.
 *
 * @param items the expressions with their columns
 * @param input the input
 * @since 0.1.0
 */
public record Project(List<NamedExpression> items, Operator input) implements Operator {

    public Project {
        items = List.copyOf(items);
    }

    /** Some columns of the input as they are, in this order. */
    public static Project onto(List<Column> columns, Operator input) {
        return new Project(
                columns.stream()
                        .map(column -> new NamedExpression(column, new ColumnReference(column)))
                        .toList(),
                input);
    }

    @Override
    public List<Column> output() {
        return items.stream().map(NamedExpression::column).toList();
    }

    @Override
    public List<Operator> inputs() {
        return List.of(input);
    }

    @Override
    public Operator withInputs(List<Operator> inputs) {
        return (inputs.get(0) == input) ? this : new Project(items, inputs.get(0));
    }

    @Override
    public boolean linear() {
        return true;
    }

    @Override
    public String describe() {
        return "Project " + items;
    }

    @Override
    public int hashCode() {
        return Operator.hash(this);
    }
}
