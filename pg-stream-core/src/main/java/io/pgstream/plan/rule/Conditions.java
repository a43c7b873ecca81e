package io.pgstream.plan.rule;

import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which conditions can be checked where. */
final class Conditions {

    private Conditions() {}

    /** The conditions that read only what an operator puts out; those that read nothing are among them. */
    static List<Expression> within(List<Expression> conditions, Operator operator) {
        Set<Column> reach = new HashSet<>(operator.output());
        return conditions.stream()
                .filter(condition -> reach.containsAll(condition.columns()))
                .toList();
    }

    static List<Expression> without(List<Expression> conditions, List<Expression> removed) {
        return conditions.stream()
                .filter(condition -> !removed.contains(condition))
                .toList();
    }
}
