package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Each row of the left input once, with a boolean that says whether the right input has a row for which every condition
 * is true. A filter on the mark makes it a semi join, one on its negation an anti join; in any other expression it is
 * what {@code EXISTS} is there.
 *
 * @param left the rows that are put out
 * @param right the rows that are looked for
 * @param conditions the conditions over both sides, all of which must hold
 * @param mark the column of the boolean, never NULL
 * @param beyond a column of the left input with a number: more matches than that are asked for; {@code null} for one
 * @param order who decides how a match is looked for: {@code FENCED} looks it up for each row of the left input
 * @since 0.1.0
 */
public record MarkJoin(
        Operator left,
        Operator right,
        List<Expression> conditions,
        Column mark,
        @Nullable Column beyond,
        Join.Order order)
        implements Operator {

    /** The type of marks. */
    public static final SqlType BOOLEAN = new SqlType(16, -1, "boolean", "boolean", false, true, true);

    public MarkJoin {
        conditions = List.copyOf(conditions);
    }

    /** Whether there is a match, in an order that the planner decides. */
    public MarkJoin(Operator left, Operator right, List<Expression> conditions, Column mark) {
        this(left, right, conditions, mark, null, Join.Order.FREE);
    }

    @Override
    public List<Column> output() {
        return Lists.append(left.output(), mark);
    }

    @Override
    public List<Operator> inputs() {
        return List.of(left, right);
    }

    @Override
    public Operator withInputs(List<Operator> inputs) {
        return Lists.same(inputs, inputs())
                ? this
                : new MarkJoin(inputs.get(0), inputs.get(1), conditions, mark, beyond, order);
    }

    @Override
    public String describe() {
        return "MarkJoin " + mark + " on " + conditions;
    }

    @Override
    public int hashCode() {
        return Operator.hash(this);
    }
}
