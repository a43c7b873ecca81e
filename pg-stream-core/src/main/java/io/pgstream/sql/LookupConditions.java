package io.pgstream.sql;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which conditions of a lookup are left for behind its fence. By the values of two indexes the planner looks into both of them and meets what
 * they find, although the few rows that one finds are cheaper to look at: in TPC-H Q21 it went through the 800 lines of a supplier
 * for each of the four lines of an order.
 */
final class LookupConditions {

    private LookupConditions() {}

    /**
     * Equalities that need not be looked for.
     *
     * @param input what is looked up
     * @param conditions on it and on what is known before
     */
    static List<Expression> besides(Operator input, List<Expression> conditions) {
        Operator leaf = (input instanceof Filter filter) ? filter.input() : input;
        if (!(leaf instanceof Scan scan)) {
            return List.of();
        }
        Map<String, Expression> equated = new HashMap<>();
        for (Expression condition : conditions) {
            if (condition instanceof Equality equality) {
                add(scan, equality.left(), equality.right(), condition, equated);
                add(scan, equality.right(), equality.left(), condition, equated);
            }
        }
        Set<String> besides = scan.table().besides(equated.keySet());
        return besides.stream().map(equated::get).distinct().toList();
    }

    private static void add(
            Scan scan, Expression side, Expression other, Expression condition, Map<String, Expression> equated) {
        if (side instanceof ColumnReference reference
                && scan.output().contains(reference.column())
                && other.columns().stream().noneMatch(scan.output()::contains)) {
            equated.put(reference.column().name(), condition);
        }
    }
}
