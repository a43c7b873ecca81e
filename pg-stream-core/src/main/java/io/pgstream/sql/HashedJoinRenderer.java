package io.pgstream.sql;

import io.pgstream.plan.Join;
import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.Expression;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Writes a join that is never a nested loop: a full join. What that keeps beyond the pairs goes again, by conditions behind which the
 * planner does not see that an inner join would do.
 */
final class HashedJoinRenderer {

    private HashedJoinRenderer() {}

    /**
     * The join of two inputs.
     *
     * @param select an input as a SELECT of its columns
     */
    static SelectBlock render(Join join, Function<Operator, String> select, String leftAlias, String rightAlias) {
        Operator left = join.inputs().get(0);
        Operator right = join.inputs().get(1);
        SelectBlock both = new SelectBlock()
                .columns(left.output(), column -> leftAlias + "." + column.sqlName())
                .columns(right.output(), column -> rightAlias + "." + column.sqlName());
        String on = join.conditions().stream()
                .map(condition -> Expression.operand(condition, both::text))
                .collect(Collectors.joining(" AND "));
        boolean matched = join.order() == Join.Order.MATCHED;
        String first = matched ? "(" + select.apply(left) + ") AS " + leftAlias : fenced(select.apply(left), leftAlias);
        both.fromJoin(first + " FULL JOIN "
                + (matched
                        ? "(" + side(select.apply(right), rightAlias) + ") AS " + rightAlias
                        : fenced(select.apply(right), rightAlias))
                + " ON " + on);
        if (!matched) {
            both.condition("coalesce(" + leftAlias + ".here, false)");
        }
        both.condition("coalesce(" + rightAlias + ".here, false)");
        return both;
    }

    private static String side(String select, String alias) {
        return "SELECT *, true AS here FROM (" + select + ") AS " + alias;
    }

    /** Behind a fence a column stays a column: of an equality with a constant the planner could make no hash join. */
    private static String fenced(String select, String alias) {
        return "(" + side(select, alias) + " OFFSET 0) AS " + alias;
    }
}
