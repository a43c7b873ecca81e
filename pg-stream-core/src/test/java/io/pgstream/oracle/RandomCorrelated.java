package io.pgstream.oracle;

import io.pgstream.oracle.RandomExpression.Column;
import io.pgstream.oracle.RandomQuery.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Random subqueries that refer to the queries around them in every way: below groups, limits, windows, set operations and
 * outer joins, by any comparison, over several levels.
 */
final class RandomCorrelated {

    /** Kinds of which equal values are the same, so that a LIMIT over all columns is not left to chance. */
    private static final List<Kind> EXACT =
            List.of(Kind.INT, Kind.BIGINT, Kind.TEXT, Kind.DATE, Kind.TIMESTAMPTZ, Kind.ENUM, Kind.UUID, Kind.VARCHAR);

    private final Random random;

    private final List<Relation> relations;

    private final RandomExpression expressions;

    RandomCorrelated(Random random, List<Relation> relations) {
        this.random = random;
        this.relations = relations;
        this.expressions = new RandomExpression(random);
    }

    /** A condition over what is around. */
    String test(List<Column> scope) {
        List<Column> left =
                scope.stream().filter(column -> EXACT.contains(column.kind())).toList();
        if (left.isEmpty() || random.nextInt(3) == 0) {
            return (random.nextInt(3) == 0 ? "NOT " : "") + "EXISTS (" + rows(scope, List.of(Kind.INT), 1) + ")";
        }
        Column column = expressions.pick(left);
        String body = rows(scope, List.of(column.kind()), 1);
        return switch (random.nextInt(4)) {
            case 0 -> column.sql() + " IN (" + body + ")";
            case 1 -> column.sql() + " NOT IN (" + body + ")";
            case 2 -> column.sql() + " >= ALL (" + body + ")";
            default -> column.sql() + " = " + value(column.kind(), scope);
        };
    }

    /** A value of a kind. */
    String value(Kind kind, List<Column> scope) {
        if (kind == Kind.BIGINT && random.nextBoolean()) {
            return "(SELECT count(*) FROM (" + rows(scope, List.of(Kind.INT, Kind.TEXT), 1) + ") AS v"
                    + random.nextInt(1_000_000) + ")";
        }
        if (kind == Kind.TEXT && random.nextBoolean()) {
            String alias = "v" + random.nextInt(1_000_000);
            return "array_to_string(ARRAY(SELECT " + alias + ".x FROM (" + rows(scope, List.of(Kind.TEXT), 1) + ") AS "
                    + alias + "(x) ORDER BY " + alias + ".x), '+')";
        }
        if (!EXACT.contains(kind)) {
            return kind.literal(random);
        }
        return "(" + limited(scope, List.of(kind), 1, "1") + ")";
    }

    /** A FROM item, with LATERAL, and its columns. */
    String lateral(String alias, List<Column> scope, List<Column> columns) {
        List<Kind> kinds = List.of(expressions.pick(EXACT), Kind.INT);
        columns.add(new Column(alias + ".x", kinds.get(0)));
        columns.add(new Column(alias + ".y", kinds.get(1)));
        return "LATERAL (" + rows(scope, kinds, 2) + ") AS " + alias + "(x, y)";
    }

    private String rows(List<Column> scope, List<Kind> kinds, int depth) {
        return switch (random.nextInt(10)) {
            case 0 -> "SELECT DISTINCT " + plain(scope, kinds, depth).substring("SELECT ".length());
            case 1 -> limited(scope, kinds, depth, "1 + " + random.nextInt(3));
            case 2 ->
                "(" + plain(scope, kinds, 0) + ")"
                        + expressions.pick(List.of(
                                " UNION ALL ", " UNION ", " INTERSECT ", " EXCEPT ", " EXCEPT ALL ", " INTERSECT ALL "))
                        + "(" + rows(scope, kinds, 0) + ")";
            case 3 -> ranked(scope, kinds);
            case 4, 5 -> aggregated(scope, kinds);
            case 6 -> grouped(scope, kinds);
            case 7 -> depth > 0 ? nested(scope, kinds, depth) : plain(scope, kinds, 0);
            default -> plain(scope, kinds, depth);
        };
    }

    private static String list(List<String> items) {
        return String.join(", ", items);
    }

    private List<String> items(Inner inner, List<Column> scope, List<Kind> kinds) {
        List<Column> seen = new ArrayList<>(inner.columns);
        if (random.nextInt(4) == 0) {
            seen.addAll(scope);
        }
        return kinds.stream()
                .map(kind -> random.nextInt(4) == 0
                        ? expressions.value(kind, seen, 1)
                        : expressions.column(kind, random.nextInt(5) == 0 ? seen : inner.columns))
                .toList();
    }

    private String plain(List<Column> scope, List<Kind> kinds, int depth) {
        Inner inner = new Inner(scope);
        return "SELECT " + list(items(inner, scope, kinds)) + inner.clause(scope, depth);
    }

    private String limited(List<Column> scope, List<Kind> kinds, int depth, String limit) {
        String positions = java.util.stream.IntStream.rangeClosed(1, kinds.size())
                .mapToObj(
                        i -> i + (random.nextBoolean() ? " DESC" : "") + (random.nextInt(3) == 0 ? " NULLS FIRST" : ""))
                .collect(Collectors.joining(", "));
        String offset = random.nextInt(4) == 0 ? " OFFSET 1" : "";
        return plain(scope, kinds, depth) + " ORDER BY " + positions + offset
                + (random.nextInt(4) == 0 && !limit.equals("1")
                        ? " FETCH FIRST " + (1 + random.nextInt(2)) + " ROWS WITH TIES"
                        : " LIMIT " + limit);
    }

    private String ranked(List<Column> scope, List<Kind> kinds) {
        Inner inner = new Inner(scope);
        List<String> items = new ArrayList<>(items(inner, scope, kinds));
        for (int i = 0; i < kinds.size(); i++) {
            if (kinds.get(i) == Kind.INT) {
                items.set(
                        i,
                        "(rank() OVER ("
                                + (random.nextBoolean()
                                        ? "PARTITION BY " + expressions.column(Kind.TEXT, inner.columns)
                                        : "")
                                + " ORDER BY " + expressions.column(Kind.INT, inner.columns) + "))::int");
            }
        }
        return "SELECT " + list(items) + inner.clause(scope, 0);
    }

    private String aggregated(List<Column> scope, List<Kind> kinds) {
        Inner inner = new Inner(scope);
        List<String> items =
                kinds.stream().map(kind -> aggregate(kind, inner.columns)).toList();
        String having = random.nextInt(5) == 0 ? " HAVING count(*) > " + random.nextInt(3) : "";
        return "SELECT " + list(items) + inner.clause(scope, 0) + having;
    }

    private String aggregate(Kind kind, List<Column> columns) {
        return switch (kind) {
            case INT ->
                expressions.pick(List.of(
                        "count(*)::int",
                        "count(DISTINCT " + expressions.column(Kind.TEXT, columns) + ")::int",
                        "sum(" + expressions.column(Kind.INT, columns) + ")::int"));
            case BIGINT -> "count(" + expressions.column(Kind.TEXT, columns) + ")";
            case TEXT ->
                "string_agg(" + expressions.column(Kind.TEXT, columns) + ", '/' ORDER BY "
                        + expressions.column(Kind.TEXT, columns) + ")";
            case UUID -> "min(" + expressions.column(kind, columns) + "::text)::uuid";
            case VARCHAR -> "min(" + expressions.column(kind, columns) + ")::varchar(6)";
            default -> "max(" + expressions.column(kind, columns) + ")";
        };
    }

    private String grouped(List<Column> scope, List<Kind> kinds) {
        Inner inner = new Inner(scope);
        String key = expressions.column(expressions.pick(EXACT), inner.columns);
        List<String> items =
                kinds.stream().map(kind -> aggregate(kind, inner.columns)).toList();
        return "SELECT " + list(items) + inner.clause(scope, 0) + " GROUP BY (" + key + ")"
                + (random.nextInt(3) == 0 ? " HAVING count(*) >= 1" : "");
    }

    private String nested(List<Column> scope, List<Kind> kinds, int depth) {
        String alias = "n" + random.nextInt(1_000_000);
        String names = java.util.stream.IntStream.range(0, kinds.size())
                .mapToObj(i -> "x" + i)
                .collect(Collectors.joining(", "));
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i++) {
            columns.add(new Column(alias + ".x" + i, kinds.get(i)));
        }
        String items = columns.stream().map(Column::sql).collect(Collectors.joining(", "));
        String inner = "(" + rows(scope, kinds, depth - 1) + ") AS " + alias + "(" + names + ")";
        Inner other = new Inner(scope);
        return switch (random.nextInt(3)) {
            case 0 -> "SELECT " + items + " FROM " + inner;
            case 1 -> "SELECT " + items + " FROM " + inner + " WHERE " + other.matches(columns, columns);
            default ->
                "SELECT " + items + " FROM " + other.from + (random.nextBoolean() ? " LEFT" : "") + " JOIN " + inner
                        + " ON " + other.matches(columns, other.columns);
        };
    }

    /** One relation or two, under aliases of their own. */
    private final class Inner {

        private final String from;

        private final List<Column> columns = new ArrayList<>();

        Inner(List<Column> scope) {
            String first = relation();
            if (random.nextInt(4) > 0) {
                from = first;
                return;
            }
            List<Column> left = List.copyOf(columns);
            String second = relation();
            List<Column> right = columns.subList(left.size(), columns.size());
            String more = random.nextInt(3) == 0 ? " AND " + matches(scope, right) : "";
            from = first + (random.nextBoolean() ? " LEFT JOIN " : " JOIN ") + second + " ON " + matches(left, right)
                    + more;
        }

        private String relation() {
            Relation relation = expressions.pick(relations);
            String alias = "k" + random.nextInt(1_000_000);
            relation.columns().forEach(column -> columns.add(new Column(alias + "." + column.sql(), column.kind())));
            return relation.name() + " AS " + alias;
        }

        /** FROM and WHERE, with a reference to what is around. */
        private String clause(List<Column> scope, int depth) {
            String where = matches(scope, columns);
            if (random.nextInt(3) == 0) {
                where += (random.nextInt(3) == 0 ? " OR " : " AND ") + matches(scope, columns);
            }
            if (depth > 0 && random.nextInt(4) == 0) {
                List<Column> both = new ArrayList<>(columns);
                both.addAll(scope);
                where = "(" + where + ") AND " + test(both);
            }
            return " FROM " + from + " WHERE " + where;
        }

        private String matches(List<Column> left, List<Column> right) {
            List<Column> candidates = left.stream()
                    .filter(column -> column.kind().comparable()
                            && right.stream().anyMatch(other -> other.kind() == column.kind()))
                    .toList();
            if (candidates.isEmpty()) {
                return expressions.condition(right, 0);
            }
            Column column = expressions.pick(candidates);
            String other = expressions
                    .pick(right.stream()
                            .filter(it -> it.kind() == column.kind())
                            .toList())
                    .sql();
            String operator = expressions.pick(
                    List.of(" = ", " = ", " = ", " = ", " < ", " >= ", " <> ", " IS NOT DISTINCT FROM "));
            return random.nextInt(12) == 0 ? column.sql() + "::text LIKE '%1%'" : column.sql() + operator + other;
        }
    }
}
