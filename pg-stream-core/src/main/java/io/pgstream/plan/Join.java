package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import java.util.List;

/**
 * The inner join of any number of inputs: the rows of their product for which every condition is true.
 *
 * @param inputs the inputs
 * @param conditions the conditions, all of which must hold
 * @param order who decides the order in which the inputs are joined
 * @since 0.1.0
 */
public record Join(List<Operator> inputs, List<Expression> conditions, Order order) implements Operator {

    /** Who decides the order of a join. */
    public enum Order {
        /** The planner of PostgreSQL. */
        FREE,
        /**
         * The order of the inputs, each looked up row by row behind a fence that the planner cannot move: for a small
         * delta in front of large tables with indexes, whatever the planner believes about its size.
         */
        FENCED,
        /**
         * Two inputs of unknown size, which meet in a hash table and never row by row; an equality between them must be
         * hashable: see {@link #hashable}.
         */
        HASHED,
        /** The same for plain columns of a delta, and those rows of a table that have a partner in it. */
        MATCHED
    }

    public Join {
        inputs = List.copyOf(inputs);
        conditions = List.copyOf(conditions);
    }

    /** Whether two inputs can meet in a hash table: an equality says that a plain column of each has the same value. */
    public static boolean hashable(Operator left, Operator right, List<Expression> conditions) {
        return conditions.stream()
                .anyMatch(condition -> condition instanceof Equality equality
                        && (hashable(equality.left(), left, equality.right(), right)
                                || hashable(equality.left(), right, equality.right(), left)));
    }

    private static boolean hashable(Expression side, Operator input, Expression other, Operator otherInput) {
        return side instanceof ColumnReference one
                && other instanceof ColumnReference two
                && input.output().contains(one.column())
                && otherInput.output().contains(two.column())
                && one.column().type().hashable()
                && (one.column().type().oid() == two.column().type().oid()
                        || (one.column().type().isInteger()
                                && two.column().type().isInteger()));
    }

    @Override
    public List<Column> output() {
        return inputs.stream().flatMap(input -> input.output().stream()).toList();
    }

    @Override
    public Operator withInputs(List<Operator> newInputs) {
        return Lists.same(newInputs, inputs) ? this : new Join(newInputs, conditions, order);
    }

    @Override
    public String describe() {
        return "Join " + conditions;
    }

    @Override
    public int hashCode() {
        return Operator.hash(this);
    }
}
