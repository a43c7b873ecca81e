package io.pgstream.oracle;

import io.pgstream.oracle.RandomExpression.Column;
import java.util.List;
import java.util.Random;

/** Values and conditions of a {@link NestedQuery}, which hold queries themselves. */
final class NestedExpression {

    /** Kinds of which subqueries are made: equal values of them are the same. */
    private static final List<Kind> EXACT =
            List.of(Kind.INT, Kind.BIGINT, Kind.TEXT, Kind.DATE, Kind.TIMESTAMPTZ, Kind.ENUM, Kind.BOOLEAN);

    private static final List<String> OPERATORS = List.of(" = ", " = ", " <> ", " < ", " > ", " <= ", " >= ");

    private final Random random;

    private final NestedQuery queries;

    private final RandomExpression simple;

    NestedExpression(Random random, NestedQuery queries) {
        this.random = random;
        this.queries = queries;
        this.simple = new RandomExpression(random);
    }

    RandomExpression simple() {
        return simple;
    }

    /**
     * A value of a kind.
     *
     * @param atoms what stands for itself
     * @param correlated what subqueries may refer to
     */
    String value(Kind kind, List<Column> atoms, List<Column> correlated, int depth) {
        int choice = random.nextInt(depth > 0 ? 20 : 12);
        if (choice < 8) {
            return simple.column(kind, atoms);
        }
        if (choice < 12) {
            return simple.value(kind, atoms, 2);
        }
        return switch (choice) {
            case 12, 13 -> scalar(kind, correlated, depth);
            case 14 ->
                "CASE WHEN " + condition(atoms, correlated, depth - 1) + " THEN "
                        + value(kind, atoms, correlated, depth - 1) + " ELSE " + simple.column(kind, atoms) + " END";
            case 15 ->
                "COALESCE(" + value(kind, atoms, correlated, depth - 1) + ", " + simple.column(kind, atoms) + ")";
            case 16 ->
                (kind == Kind.BOOLEAN) ? "(" + condition(atoms, correlated, depth) + ")" : simple.value(kind, atoms, 1);
            case 17 ->
                (kind == Kind.BIGINT)
                        ? "(SELECT count(*) FROM ("
                                + queries.body(depth - 1, correlated, null).sql() + ") AS counted)"
                        : simple.value(kind, atoms, 1);
            case 18 ->
                (kind == Kind.TEXT)
                        ? "array_to_string(ARRAY("
                                + queries.body(depth - 1, correlated, List.of(Kind.TEXT))
                                        .sql() + " ORDER BY 1), '+')"
                        : simple.column(kind, atoms);
            default -> simple.column(kind, atoms);
        };
    }

    /** One value of a query: the first, the least, the number. */
    private String scalar(Kind kind, List<Column> correlated, int depth) {
        if (!EXACT.contains(kind)) {
            return kind.literal(random);
        }
        String body = queries.body(depth - 1, correlated, List.of(kind)).sql();
        String direction = random.nextBoolean() ? "" : " DESC NULLS LAST";
        if (kind == Kind.BOOLEAN) {
            return "(SELECT bool_or(s.v) FROM (" + body + ") AS s(v))";
        }
        return switch (random.nextInt(3)) {
            case 0 -> "(SELECT s.v FROM (" + body + ") AS s(v) ORDER BY 1" + direction + " LIMIT 1)";
            case 1 -> "(SELECT max(s.v) FROM (" + body + ") AS s(v))";
            default ->
                "(SELECT min(s.v) FROM (" + body + ") AS s(v) WHERE s.v IS DISTINCT FROM "
                        + simple.column(kind, correlated) + ")";
        };
    }

    String condition(List<Column> atoms, List<Column> correlated, int depth) {
        if (depth <= 0) {
            return simple.condition(atoms, 1);
        }
        return switch (random.nextInt(22)) {
            case 0, 1, 2, 3 -> simple.condition(atoms, 2);
            case 4, 5, 6 -> comparison(atoms, correlated, depth);
            case 7, 8 ->
                (random.nextInt(3) == 0 ? "NOT " : "") + "EXISTS ("
                        + queries.body(depth - 1, correlated, null).sql() + ")";
            case 9, 10, 11 -> member(atoms, correlated, depth);
            case 12 -> rows(atoms, correlated, depth);
            case 13 ->
                "(" + condition(atoms, correlated, depth) + " OR " + condition(atoms, correlated, depth - 1) + ")";
            case 14 ->
                "(" + condition(atoms, correlated, depth) + " AND " + condition(atoms, correlated, depth - 1) + ")";
            case 15 -> "NOT (" + condition(atoms, correlated, depth) + ")";
            case 16 ->
                "(" + condition(atoms, correlated, depth) + ")"
                        + simple.pick(List.of(
                                " IS TRUE",
                                " IS NOT TRUE",
                                " IS FALSE",
                                " IS NOT FALSE",
                                " IS UNKNOWN",
                                " IS NOT NULL"));
            case 17 ->
                "(" + condition(atoms, correlated, depth - 1) + ") " + (random.nextBoolean() ? "=" : "IS DISTINCT FROM")
                        + " (" + condition(atoms, correlated, depth) + ")";
            default -> simple.condition(atoms, 1);
        };
    }

    private Column atom(List<Column> atoms) {
        List<Column> exact =
                atoms.stream().filter(it -> EXACT.contains(it.kind())).toList();
        return exact.isEmpty() ? new Column(Kind.INT.literal(random), Kind.INT) : simple.pick(exact);
    }

    private String comparison(List<Column> atoms, List<Column> correlated, int depth) {
        Kind kind = atom(atoms).kind();
        String left = value(kind, atoms, correlated, depth);
        String right = value(kind, atoms, correlated, depth);
        return switch (random.nextInt(6)) {
            case 0 -> left + " IS NOT DISTINCT FROM " + right;
            case 1 -> left + " BETWEEN SYMMETRIC " + right + " AND " + kind.literal(random);
            default -> left + simple.pick(OPERATORS) + right;
        };
    }

    private String member(List<Column> atoms, List<Column> correlated, int depth) {
        Column atom = atom(atoms);
        String body =
                "(" + queries.body(depth - 1, correlated, List.of(atom.kind())).sql() + ")";
        return atom.sql()
                + switch (random.nextInt(4)) {
                    case 0 -> " NOT IN ";
                    case 1 -> simple.pick(OPERATORS) + "ANY ";
                    case 2 -> simple.pick(OPERATORS) + "ALL ";
                    default -> " IN ";
                }
                + body;
    }

    private String rows(List<Column> atoms, List<Column> correlated, int depth) {
        Column first = atom(atoms);
        Column second = atom(atoms);
        String left = "(" + first.sql() + ", " + second.sql() + ")";
        if (random.nextInt(3) == 0) {
            return left + simple.pick(List.of(" < ", " >= ", " = ", " <> ", " IS DISTINCT FROM ")) + "("
                    + value(first.kind(), atoms, correlated, 0) + ", " + value(second.kind(), atoms, correlated, 0)
                    + ")";
        }
        String body = queries.body(depth - 1, correlated, List.of(first.kind(), second.kind()))
                .sql();
        return left + simple.pick(List.of(" IN ", " NOT IN ", " = ANY ", " <> ALL ", " <> ANY ")) + "(" + body + ")";
    }

    /** What relates two sides. */
    String match(List<Column> left, List<Column> right) {
        List<Column> candidates = left.stream()
                .filter(column ->
                        column.kind().comparable() && right.stream().anyMatch(other -> other.kind() == column.kind()))
                .toList();
        if (candidates.isEmpty()) {
            return simple.condition(right, 0);
        }
        Column column = simple.pick(candidates);
        String other = simple.pick(
                        right.stream().filter(it -> it.kind() == column.kind()).toList())
                .sql();
        return column.sql()
                + simple.pick(List.of(" = ", " = ", " = ", " = ", " = ", " < ", " <> ", " IS NOT DISTINCT FROM "))
                + other;
    }
}
