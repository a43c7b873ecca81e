package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first rows of each partition: those whose place is not beyond a limit, with their place as a column.
 *
 * @param function what counts places
 * @param place the column of the place; {@code null} where nobody reads it
 * @param partition the columns of the partitions; empty for a single one
 * @param order the order within a partition
 * @param limit the last place that is kept
 * @param input the input
 * @since 0.1.0
 */
public record Ranked(
        Function function,
        @Nullable Column place,
        List<Column> partition,
        List<SortKey> order,
        long limit,
        Operator input)
        implements PartitionWise {

    public Ranked {
        partition = List.copyOf(partition);
        order = List.copyOf(order);
    }

    /** How rows that are equal in the order are counted. */
    public enum Function {
        /** Each has a place of its own. */
        ROW_NUMBER,
        /** They share a place, and the places that they take are left out behind. */
        RANK,
        /** They share a place. */
        DENSE_RANK;

        /** The call. */
        public String sql() {
            return name().toLowerCase(java.util.Locale.ROOT) + "()";
        }
    }

    @Override
    public List<Column> output() {
        return (place == null) ? input.output() : Lists.append(input.output(), place);
    }

    @Override
    public Operator withInputs(List<Operator> inputs) {
        return (inputs.get(0) == input) ? this : new Ranked(function, place, partition, order, limit, inputs.get(0));
    }

    /** The same over other rows, without a column for the place. */
    public Ranked withoutPlace() {
        return new Ranked(function, null, partition, order, limit, input);
    }

    @Override
    public String describe() {
        return "Ranked " + function + " up to " + limit + (place == null ? "" : " as " + place) + " by " + partition
                + " in order of " + order;
    }

    @Override
    public int hashCode() {
        return Operator.hash(this);
    }
}
