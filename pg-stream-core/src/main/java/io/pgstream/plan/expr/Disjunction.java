package io.pgstream.plan.expr;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * {@code (a AND b) OR (c AND d)}: it has structure because each branch can tell something about one input of a join.
 *
 * @param branches at least two, each a list of conditions that must hold together
 * @since 0.1.0
 */
public record Disjunction(List<List<Expression>> branches) implements Expression {

    public Disjunction {
        branches = branches.stream().map(List::copyOf).toList();
        if (branches.size() < 2 || branches.stream().anyMatch(List::isEmpty)) {
            throw new IllegalArgumentException("A disjunction has two branches at least, and each a condition");
        }
    }

    @Override
    public List<Expression> operands() {
        return branches.stream().flatMap(List::stream).toList();
    }

    @Override
    public Expression withOperands(List<Expression> operands) {
        List<List<Expression>> result = new ArrayList<>();
        int at = 0;
        for (List<Expression> branch : branches) {
            result.add(operands.subList(at, at + branch.size()));
            at += branch.size();
        }
        return new Disjunction(result);
    }

    @Override
    public String sql(Function<Column, String> columns) {
        return branches.stream()
                .map(branch -> branch.stream()
                        .map(condition -> Expression.operand(condition, columns))
                        .collect(Collectors.joining(" AND ", "(", ")")))
                .collect(Collectors.joining(" OR "));
    }

    @Override
    public String toString() {
        return sql(Column::toString);
    }
}
