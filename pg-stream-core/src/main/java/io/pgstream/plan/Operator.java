package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import java.util.List;

/**
 * An operator of the relational algebra over bags. Trees are immutable; a copy with the same inputs is the same object.
 *
 * @since 0.1.0
 */
public sealed interface Operator
        permits Scan,
                Relation,
                ChangeScan,
                Filter,
                Project,
                Join,
                Fence,
                OuterJoin,
                MarkJoin,
                Lateral,
                OneRow,
                UnionAll,
                Aggregate,
                Replicate,
                PartitionWise,
                Recursion,
                Consolidate,
                Sorted {

    /** The columns that it puts out, in order. */
    List<Column> output();

    /** The operators that it reads. */
    List<Operator> inputs();

    /** This operator over other inputs with the same columns. */
    Operator withInputs(List<Operator> inputs);

    /** One line that describes this operator without its inputs. */
    String describe();

    /** Whether the delta of its output is the same operator over the delta of its input. */
    default boolean linear() {
        return false;
    }

    /** Whether it must remember something to be maintained. */
    default boolean stateful() {
        return false;
    }

    /**
     * The hash of an operator, by its columns, which others seldom have. What is below is not visited: operators share their inputs, so that the
     * tree has many times more places than there are operators.
     */
    static int hash(Operator operator) {
        return 31 * operator.getClass().getName().hashCode() + operator.output().hashCode();
    }
}
