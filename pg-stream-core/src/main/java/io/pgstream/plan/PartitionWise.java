package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import java.util.List;

/**
 * An operator whose output is computed for each partition of its input alone: what changes in one partition shows in no
 * other. It puts out the columns that make the partitions.
 *
 * @since 0.1.0
 */
public sealed interface PartitionWise extends Operator permits Window, Top, Ranked {

    /** The columns of the input that make the partitions; NULLs make one of their own; empty for a single partition. */
    List<Column> partition();

    /** The input. */
    Operator input();

    @Override
    default List<Operator> inputs() {
        return List.of(input());
    }

    @Override
    default boolean stateful() {
        return true;
    }
}
