package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The first rows in an order: of the whole input, or the first one of each partition (DISTINCT ON).
 *
 * @param partition the columns of DISTINCT ON; empty for LIMIT
 * @param order the order; where it is not total, the result is not a function of the data
 * @param limit how many rows; {@code null} for all behind the offset
 * @param offset how many rows are left out before; {@code null} for none
 * @param ties whether rows that are equal to the last one in the order come with it
 * @param spare how many of the rows may be missing in what is kept of them, when others have left: then it is not looked for the next ones
 * @param input the input
 * @since 0.1.0
 */
public record Top(
        List<Column> partition,
        List<SortKey> order,
        @Nullable Expression limit,
        @Nullable Expression offset,
        boolean ties,
        int spare,
        Operator input)
        implements PartitionWise {

    public Top {
        partition = List.copyOf(partition);
        order = List.copyOf(order);
    }

    /** Without any to spare. */
    public Top(
            List<Column> partition,
            List<SortKey> order,
            @Nullable Expression limit,
            @Nullable Expression offset,
            boolean ties,
            Operator input) {
        this(partition, order, limit, offset, ties, 0, input);
    }

    /** Whether the number of rows is constant; otherwise the input has it, the same in all of its rows. */
    public boolean constant() {
        return counts().isEmpty();
    }

    /** The columns of the input that have the number of rows. */
    public Set<Column> counts() {
        return Stream.of(limit, offset)
                .flatMap(Stream::ofNullable)
                .flatMap(count -> count.columns().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    @Override
    public List<Column> output() {
        return input.output();
    }

    @Override
    public Operator withInputs(List<Operator> inputs) {
        return (inputs.get(0) == input) ? this : new Top(partition, order, limit, offset, ties, spare, inputs.get(0));
    }

    @Override
    public String describe() {
        return "Top " + (limit == null ? "all" : limit) + (offset == null ? "" : " from " + offset)
                + (ties ? " with ties" : "") + (partition.isEmpty() ? "" : " of each " + partition) + " by " + order
                + (spare == 0 ? "" : ", up to " + spare + " of them to spare");
    }

    @Override
    public int hashCode() {
        return Operator.hash(this);
    }
}
