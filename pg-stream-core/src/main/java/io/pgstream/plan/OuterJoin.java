package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.List;

/**
 * A left or full outer join: the pairs of rows for which every condition is true, and the rows of an outer side without
 * a partner, with NULLs in its place. The columns keep their numbers; those that are filled with NULLs can be NULL above.
 *
 * @param left the left input, of which every row is kept
 * @param right the right input, of which every row is kept if the join is full
 * @param conditions the conditions of {@code ON}, all of which must hold for a pair
 * @param full whether unmatched rows of the right input are kept, too
 * @since 0.1.0
 */
public record OuterJoin(Operator left, Operator right, List<Expression> conditions, boolean full) implements Operator {

    public OuterJoin {
        conditions = List.copyOf(conditions);
    }

    @Override
    public List<Column> output() {
        return Lists.concat(full ? nullable(left.output()) : left.output(), nullable(right.output()));
    }

    /** The same columns, as they are where a row may have no partner. */
    public static List<Column> nullable(List<Column> columns) {
        return columns.stream().map(OuterJoin::nullable).toList();
    }

    /** The same column, as it is where a row may have no partner. */
    public static Column nullable(Column column) {
        return new Column(column.id(), column.name(), column.type(), true, column.scale());
    }

    @Override
    public List<Operator> inputs() {
        return List.of(left, right);
    }

    @Override
    public Operator withInputs(List<Operator> inputs) {
        return Lists.same(inputs, inputs()) ? this : new OuterJoin(inputs.get(0), inputs.get(1), conditions, full);
    }

    @Override
    public String describe() {
        return (full ? "FullJoin " : "LeftJoin ") + conditions;
    }

    @Override
    public int hashCode() {
        return Operator.hash(this);
    }
}
