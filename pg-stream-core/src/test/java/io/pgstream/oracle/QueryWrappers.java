package io.pgstream.oracle;

import io.pgstream.oracle.ApplicationCatalog.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Puts whole queries into others: filters, joins, groups, windows and sets of what a query gives. */
final class QueryWrappers {

    private static final List<String> SETS =
            List.of("UNION ALL", "UNION", "EXCEPT", "EXCEPT ALL", "INTERSECT", "INTERSECT ALL");

    private static final List<String> FRAMES = List.of(
            "",
            "",
            " ROWS BETWEEN 1 PRECEDING AND CURRENT ROW",
            " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW",
            " GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING");

    private final Random random;

    private final ApplicationCatalog catalog;

    private final BlockMutations mutations;

    QueryWrappers(Random random, ApplicationCatalog catalog, BlockMutations mutations) {
        this.random = random;
        this.catalog = catalog;
        this.mutations = mutations;
    }

    /**
     * @param query a query with the columns {@code columns}
     * @param other another one that came from the same query, often with the same columns
     */
    String wrapped(String query, List<Column> columns, String other) {
        String names =
                IntStream.rangeClosed(1, columns.size()).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
        List<Column> scope = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            scope.add(new Column("q.c" + (i + 1), columns.get(i).type()));
        }
        String from = "(" + query + ") AS q (" + names + ")";
        return switch (random.nextInt(12)) {
            case 0 -> "SELECT * FROM " + from + " WHERE " + mutations.condition(scope, 2);
            case 1 -> "SELECT DISTINCT " + some(scope) + " FROM " + from;
            case 2 -> grouped(from, scope);
            case 3 -> window(from, scope);
            case 4 -> "(" + query + ") " + pick(SETS) + " (" + other + ")";
            case 5 -> twice(query, names, scope);
            case 6 -> joined(from, scope);
            case 7 ->
                "SELECT * FROM " + from + " ORDER BY " + mutations.order(scope) + " LIMIT " + (1 + random.nextInt(6))
                        + (random.nextInt(3) == 0 ? " OFFSET 1" : "");
            case 8 -> distinctOn(from, scope);
            case 9 ->
                "SELECT x.* FROM " + catalog.any(random) + " x WHERE " + (random.nextBoolean() ? "NOT " : "")
                        + "EXISTS (SELECT FROM " + from + " WHERE " + correlation(scope) + ")";
            case 10 ->
                "SELECT " + mutations.aggregate(scope) + " AS a, " + mutations.aggregate(scope) + " AS b FROM " + from;
            default ->
                "WITH q (" + names + ") AS " + (random.nextBoolean() ? "MATERIALIZED " : "") + "(" + query
                        + ") SELECT q.*, (SELECT count(*) FROM q AS r WHERE r.c1 IS NOT DISTINCT FROM q.c1) AS peers FROM q";
        };
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private String some(List<Column> scope) {
        return scope.stream()
                .filter(column -> random.nextInt(3) > 0 || column == scope.get(0))
                .map(Column::sql)
                .collect(Collectors.joining(", "));
    }

    private String grouped(String from, List<Column> scope) {
        String first = pick(scope).sql();
        String second = pick(scope).sql();
        String keys = first.equals(second) ? first : first + ", " + second;
        String groupBy = switch (random.nextInt(4)) {
            case 0 -> "ROLLUP (" + keys + ")";
            case 1 -> "GROUPING SETS ((" + keys + "), ())";
            default -> keys;
        };
        return "SELECT " + keys + ", " + mutations.aggregate(scope) + " AS a1, " + mutations.aggregate(scope)
                + " AS a2 FROM " + from + " GROUP BY " + groupBy
                + (random.nextInt(3) == 0 ? " HAVING count(*) > 1" : "");
    }

    private String window(String from, List<Column> scope) {
        String partition =
                random.nextInt(4) == 0 ? "" : "PARTITION BY " + pick(scope).sql() + " ";
        String order = "ORDER BY " + mutations.order(scope);
        Column column = pick(scope);
        String call = switch (random.nextInt(7)) {
            case 0 -> "row_number() OVER (" + partition + order + ")";
            case 1 ->
                "dense_rank() OVER (" + partition + "ORDER BY " + pick(scope).sql() + ")";
            case 2 -> "lag(" + column.sql() + ") OVER (" + partition + order + ")";
            case 3 -> "first_value(" + column.sql() + ") OVER (" + partition + order + pick(FRAMES) + ")";
            case 4 -> "count(" + column.sql() + ") OVER (" + partition + order + pick(FRAMES) + ")";
            case 5 -> "ntile(3) OVER (" + partition + order + ")";
            default -> "max(" + column.sql() + ") OVER (" + partition + ")";
        };
        String query = "SELECT q.*, " + call + " AS w FROM " + from;
        return random.nextInt(3) == 0
                ? "SELECT * FROM (" + query + ") AS v WHERE v.w IS NOT NULL AND v.c1 IS NOT NULL"
                : query;
    }

    private String twice(String query, String names, List<Column> scope) {
        Column column = pick(scope);
        String name = column.sql().substring(2);
        String kind = pick(List.of("JOIN", "LEFT JOIN", "FULL JOIN"));
        return "WITH q (" + names + ") AS (" + query + ") SELECT q.*, r." + name + " AS other FROM q " + kind
                + " q AS r ON " + (random.nextBoolean() ? "q." + name + " = r." + name : "q." + name + " < r." + name);
    }

    private String joined(String from, List<Column> scope) {
        String relation = catalog.any(random);
        List<Column> columns = catalog.columns(relation, "x");
        String kind = pick(List.of("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"));
        for (int i = 0; i < 20; i++) {
            Column left = pick(scope);
            Column right = pick(columns);
            if (left.type().equals(right.type()) && left.comparable()) {
                return "SELECT " + some(scope) + ", x.* FROM " + from + " " + kind + " " + relation + " x ON "
                        + left.sql() + " = " + right.sql();
            }
        }
        return "SELECT " + some(scope) + ", " + pick(columns).sql() + " AS x FROM " + from + " CROSS JOIN " + relation
                + " x";
    }

    private String distinctOn(String from, List<Column> scope) {
        Column first = pick(scope.stream().filter(Column::comparable).toList());
        List<Column> rest = scope.stream().filter(column -> column != first).toList();
        return "SELECT DISTINCT ON (" + first.sql() + ") q.* FROM " + from + " ORDER BY " + first.sql()
                + (rest.isEmpty() ? "" : ", " + mutations.order(rest));
    }

    /** With a column of the relation x, whichever that is: often there is none of the name, and the query is thrown away. */
    private String correlation(List<Column> scope) {
        Column column = pick(scope);
        return pick(List.of("x.id", "x.sku", "x.bank", "x.who", "x.thread", "x.person", "x.k", "x.no", "x.session_id"))
                + " = " + column.sql();
    }
}
