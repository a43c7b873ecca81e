package io.pgstream.plan.rule;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.Clock;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Disjunction;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * <pre>
 * Join (k AND p(X) AND q(Y)) OR (k AND r(X) AND s(Y))      Join k, (p(X) AND q(Y)) OR (r(X) AND s(Y))
 *   X                                                  =>    Filter p(X) OR r(X)
 *   Y                                                          X
 *                                                            Filter q(Y) OR s(Y)
 *                                                              Y
 * </pre>
 *
 * <p>What all branches have in common must hold, and so must, of each input, what one of the branches asks of it: most
 * changes are dropped before they meet anything. PostgreSQL's planner does the same for its own joins.
 */
final class ImplyConditions {

    private ImplyConditions() {}

    static Operator apply(Operator operator) {
        Operator current = operator.withInputs(
                operator.inputs().stream().map(ImplyConditions::apply).toList());
        if (!(current instanceof Join join) || join.conditions().stream().noneMatch(Disjunction.class::isInstance)) {
            return current;
        }
        List<Expression> conditions = new ArrayList<>();
        for (Expression condition : join.conditions()) {
            conditions.addAll(
                    (condition instanceof Disjunction disjunction) ? factored(disjunction) : List.of(condition));
        }
        List<Operator> inputs = join.inputs().stream()
                .map(input -> Filter.of(implied(conditions, input), input))
                .toList();
        return new Join(inputs, conditions, join.order());
    }

    private static List<Expression> factored(Disjunction disjunction) {
        List<Expression> common = new ArrayList<>(disjunction.branches().get(0));
        disjunction.branches().forEach(common::retainAll);
        List<List<Expression>> rest = disjunction.branches().stream()
                .map(branch -> Conditions.without(branch, common))
                .toList();
        List<Expression> result = new ArrayList<>(common);
        if (rest.stream().noneMatch(List::isEmpty)) {
            result.add(new Disjunction(rest));
        }
        return result;
    }

    private static List<Expression> implied(List<Expression> conditions, Operator input) {
        Set<Column> reach = new HashSet<>(input.output());
        List<Expression> result = new ArrayList<>();
        for (Expression condition : conditions) {
            // What reads only this input is pushed beneath the join as it is.
            if (condition instanceof Disjunction disjunction && !reach.containsAll(disjunction.columns())) {
                List<List<Expression>> branches = disjunction.branches().stream()
                        .map(branch -> branch.stream()
                                .filter(each -> about(each, reach))
                                .toList())
                        .toList();
                if (branches.stream().noneMatch(List::isEmpty)) {
                    result.add(new Disjunction(branches));
                }
            }
        }
        return result;
    }

    private static boolean about(Expression condition, Set<Column> columns) {
        return !condition.columns().isEmpty() && columns.containsAll(condition.columns()) && !readsClock(condition);
    }

    private static boolean readsClock(Expression expression) {
        return expression instanceof Clock || expression.operands().stream().anyMatch(ImplyConditions::readsClock);
    }
}
