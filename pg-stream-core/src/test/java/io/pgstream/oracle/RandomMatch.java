package io.pgstream.oracle;

import io.pgstream.oracle.RandomExpression.Column;
import java.util.List;
import java.util.Random;

/** What the two sides of a random join have in common. */
final class RandomMatch {

    private final Random random;

    private final RandomExpression expressions;

    RandomMatch(Random random, RandomExpression expressions) {
        this.random = random;
        this.expressions = expressions;
    }

    /** A column that both sides have, for USING. */
    String shared(List<Column> left, List<Column> right) {
        List<String> names = right.stream()
                .filter(column -> column.kind().comparable())
                .map(column -> column.sql().substring(column.sql().indexOf('.') + 1))
                .filter(name -> left.stream().anyMatch(column -> column.sql().endsWith("." + name)))
                .toList();
        return names.isEmpty() ? "k" : expressions.pick(names);
    }

    /** A condition that relates the sides. */
    String condition(List<Column> left, List<Column> right) {
        List<Column> candidates = left.stream()
                .filter(column ->
                        column.kind().comparable() && right.stream().anyMatch(other -> other.kind() == column.kind()))
                .toList();
        if (candidates.isEmpty()) {
            return expressions.condition(left, 0) + " AND " + expressions.condition(right, 0);
        }
        Column column = expressions.pick(candidates);
        List<Column> others =
                right.stream().filter(other -> other.kind() == column.kind()).toList();
        String other = expressions.pick(others).sql();
        return switch (random.nextInt(10)) {
            case 0 -> column.sql() + " > " + other + " AND " + expressions.condition(right, 0);
            case 1 -> column.kind().integer() ? column.sql() + " = " + other + " + 1" : column.sql() + " = " + other;
            case 2 -> column.sql() + " IS NOT DISTINCT FROM " + other;
            default -> column.sql() + " = " + other;
        };
    }
}
