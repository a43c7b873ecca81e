package io.pgstream.delta;

import io.pgstream.analyze.RowIdentity;
import io.pgstream.plan.Filter;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the keys in the delta of an input tell about the rows that meet this input by a key. Let at most one row of Z have
 * the key k, before and now. If ΔZ, consolidated, has a row with k, then its negative one is all that Z had there before,
 * and its positive one all that Z has there now; if it has none, nothing has changed there.
 *
 * @param others the rows that meet none of the changed keys
 * @param before what the input had before at the changed keys, with weight -1
 */
record TouchedKeys(Delta others, Delta before) {

    /**
     * Splits rows by whether they meet a key that has changed.
     *
     * @param changes the consolidated delta of the input
     * @param keys the same, or the consolidated delta of what the input filters: where a row has come, gone or changed, all
     *     of it that passes the filter is among the changes too
     * @return {@code null} if rows can meet several rows of the input
     */
    static @Nullable TouchedKeys of(
            Delta rows,
            Operator input,
            Delta changes,
            Operator keys,
            List<Expression> conditions,
            DeltaContext context) {
        List<Expression> key = RowIdentity.partnerKey(input, conditions);
        if (key == null || key.isEmpty()) {
            return null;
        }
        Column touched = context.factory().create("touched", MarkJoin.BOOLEAN, false, null);
        Operator marked = new MarkJoin(rows.operator(), keys, key, touched);
        Operator untouched =
                new Filter(List.of(new Template(List.of("NOT ", ""), List.of(new ColumnReference(touched)))), marked);
        Operator others = context.materialize(Project.onto(rows.operator().output(), untouched));
        Expression negative = new Template(List.of("", " < 0"), List.of(new ColumnReference(changes.weight())));
        return new TouchedKeys(
                new Delta(others, rows.weight()),
                new Delta(new Filter(List.of(negative), changes.operator()), changes.weight()));
    }
}
