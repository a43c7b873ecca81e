package io.pgstream.plan;

import io.pgstream.plan.expr.Cast;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import java.util.List;
import java.util.stream.Stream;

/**
 * Aggregates over groups of rows; NULLs of a key make a group of their own. Without keys there is one group, also over no
 * rows at all.
 *
 * @param keys the expressions that make the groups
 * @param aggregates what is computed for each group
 * @param input the input
 * @since 0.1.0
 */
public record Aggregate(List<NamedExpression> keys, List<NamedAggregate> aggregates, Operator input)
        implements Operator {

    public Aggregate {
        keys = List.copyOf(keys);
        aggregates = List.copyOf(aggregates);
    }

    /** Whether there is one group for ever. */
    public boolean scalar() {
        return keys.isEmpty();
    }

    /** Whether it puts out the very rows of its input, which are all different; then it is there for its state. */
    public boolean keepsRows() {
        return aggregates.isEmpty()
                && !keys.isEmpty()
                && keys.stream().allMatch(key -> key.expression().equals(new ColumnReference(key.column())));
    }

    /** The keys of which equal values can look different, so that a group shows any of them; not those whose text is a key as well. */
    public List<NamedExpression> varyingKeys() {
        return keys.stream()
                .filter(key ->
                        key.column().type().groupable() && !key.column().type().exact())
                .filter(key -> {
                    Cast looks = new Cast(key.expression(), key.column().type().looks());
                    return keys.stream().noneMatch(other -> other.expression().equals(looks));
                })
                .toList();
    }

    /** Whether an operator is an aggregate, or a projection of one, that puts out one row for ever. */
    public static boolean singleRow(Operator operator) {
        return (operator instanceof Aggregate aggregate && aggregate.scalar())
                || (operator instanceof Project project && singleRow(project.input()));
    }

    @Override
    public List<Column> output() {
        return Stream.concat(
                        keys.stream().map(NamedExpression::column),
                        aggregates.stream().map(NamedAggregate::column))
                .toList();
    }

    @Override
    public List<Operator> inputs() {
        return List.of(input);
    }

    @Override
    public Operator withInputs(List<Operator> inputs) {
        return (inputs.get(0) == input) ? this : new Aggregate(keys, aggregates, inputs.get(0));
    }

    @Override
    public boolean stateful() {
        return true;
    }

    @Override
    public String describe() {
        return "Aggregate by " + keys + " " + aggregates;
    }

    @Override
    public int hashCode() {
        return Operator.hash(this);
    }
}
