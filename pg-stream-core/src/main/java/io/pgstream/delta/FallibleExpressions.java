package io.pgstream.delta;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lateral;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Division;
import io.pgstream.plan.expr.Expression;
import java.util.Collection;

/**
 * Expressions that fail for some values. A delta of a join of which several inputs have changed has rows that never were in the result:
 * a new row of one input beside an old row of another, which another term takes back. With {@code x / (SELECT count(*) FROM t)}, once
 * all rows of t have gone, each old x stands beside the new 0, and a division by it fails, though the query itself does not. So such
 * a delta is added up before the expression is computed: what is left was in the result before, or is in it now.
 *
 * <p>Only divisions are looked for, which is where it happens: adding up has a price. What else fails in passing is
 * refreshed fully; who maintains the table by his own writes gets the error.
 */
final class FallibleExpressions {

    private FallibleExpressions() {}

    /** The delta of an input, without rows that were never there if one of the expressions may fail for them. */
    static Delta settled(
            Delta delta, Operator input, Collection<? extends Expression> expressions, DeltaContext context) {
        return (hasPassing(input, context) && expressions.stream().anyMatch(Division::mayFail))
                ? context.net(delta)
                : delta;
    }

    /** Whether the delta of an operator can have rows that never were in its result. */
    private static boolean hasPassing(Operator operator, DeltaContext context) {
        if (operator instanceof Join || operator instanceof OuterJoin || operator instanceof MarkJoin) {
            return operator.inputs().stream().filter(context::changed).count() > 1
                    || operator.inputs().stream().anyMatch(input -> hasPassing(input, context));
        }
        return (operator instanceof Filter
                        || operator instanceof Project
                        || operator instanceof Lateral
                        || operator instanceof UnionAll)
                && operator.inputs().stream().anyMatch(input -> hasPassing(input, context));
    }
}
