package io.pgstream.oracle;

import io.pgstream.oracle.RandomExpression.Column;
import io.pgstream.oracle.RandomQuery.Query;
import io.pgstream.oracle.RandomQuery.Relation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Random queries of the forms that the other generators have seldom or never: numbers of rows that are computed, aliases of joins,
 * SEARCH and CYCLE, grouping sets over expressions, FILTER, ordered-set aggregates, SQL/JSON, recursions and set operations within
 * LATERAL. What a server does not have yet it refuses, and it is thrown away.
 */
final class FormsQuery {

    private final Random random;

    private final List<Relation> relations;

    private final RandomExpression expressions;

    private final RandomMatch matches;

    private int aliases;

    FormsQuery(Random random, List<Relation> relations) {
        this.random = random;
        this.relations = relations;
        this.expressions = new RandomExpression(random);
        this.matches = new RandomMatch(random, expressions);
    }

    /** A whole query. */
    Query query() {
        return switch (random.nextInt(10)) {
            case 0, 1 -> sliced(rows(2));
            case 2 -> perRow();
            case 3, 4 -> searched();
            case 5, 6 -> grouped();
            case 7 -> tabled();
            case 8 -> recursionPerRow();
            default -> rows(2);
        };
    }

    private String alias() {
        return "y" + ++aliases;
    }

    private static List<Column> under(String alias, List<Column> columns) {
        return columns.stream()
                .map(column -> new Column(alias + "." + column.sql(), column.kind()))
                .toList();
    }

    private static boolean sortable(Kind kind) {
        return kind.exact() && kind != Kind.POINT;
    }

    private List<Column> some(List<Column> scope) {
        List<Column> result = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            result.add(expressions.pick(scope));
        }
        return result;
    }

    private static Query select(List<Column> items, String tail) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            columns.add(new Column("c" + (i + 1), items.get(i).kind()));
        }
        String list = IntStream.range(0, items.size())
                .mapToObj(i -> items.get(i).sql() + " AS c" + (i + 1))
                .collect(Collectors.joining(", "));
        return new Query("SELECT " + list + tail, columns);
    }

    /** A FROM clause, with what it brings into scope. */
    private String from(List<Column> scope) {
        Relation first = expressions.pick(relations);
        String left = alias();
        List<Column> leftScope = under(left, first.columns());
        String sql = first.name() + " AS " + left;
        if (random.nextInt(3) == 0) {
            scope.addAll(leftScope);
            return sql;
        }
        Relation second = expressions.pick(relations);
        String right = alias();
        List<Column> rightScope = under(right, second.columns());
        String join = expressions.pick(List.of(" JOIN ", " JOIN ", " LEFT JOIN ", " RIGHT JOIN ", " FULL JOIN "));
        String item = second.name() + " AS " + right;
        List<Column> both = new ArrayList<>(leftScope);
        both.addAll(rightScope);
        if (random.nextInt(3) == 0) {
            String merged = matches.shared(leftScope, rightScope);
            String name = alias();
            scope.addAll(both);
            if (merged.equals("k")) {
                scope.add(new Column(name + ".k", Kind.INT));
            }
            return sql + join + item + " USING (" + merged + ") AS " + name;
        }
        String on = join.equals(" FULL JOIN ")
                ? leftScope.get(0).sql() + " = " + rightScope.get(0).sql()
                : matches.condition(leftScope, rightScope);
        sql += join + item + " ON " + on;
        if (random.nextInt(3) > 0) {
            scope.addAll(both);
            return sql;
        }
        String name = alias();
        List<String> names = new ArrayList<>();
        for (Column column : both) {
            names.add("n" + names.size());
            scope.add(new Column(name + "." + names.get(names.size() - 1), column.kind()));
        }
        return "(" + sql + ") AS " + name + " (" + String.join(", ", names) + ")";
    }

    private Query rows(int depth) {
        if (depth > 1 && random.nextInt(3) == 0) {
            Query first = rows(1);
            List<Kind> kinds = first.columns().stream().map(Column::kind).toList();
            List<Column> scope = new ArrayList<>();
            String from = from(scope);
            List<Column> items = kinds.stream()
                    .map(kind -> new Column(expressions.column(kind, scope), kind))
                    .toList();
            String operator = expressions.pick(List.of(" UNION ", " UNION ALL ", " EXCEPT ", " INTERSECT ALL "));
            return new Query(
                    first.sql()
                            + operator
                            + select(items, " FROM " + from + where(scope)).sql(),
                    first.columns());
        }
        List<Column> scope = new ArrayList<>();
        String from = from(scope);
        return select(some(scope), " FROM " + from + where(scope));
    }

    private String where(List<Column> scope) {
        return random.nextInt(3) == 0 ? "" : " WHERE " + expressions.condition(scope, 1);
    }

    /** Sorted by all columns and limited by what subqueries say. */
    private Query sliced(Query query) {
        if (!query.columns().stream().allMatch(column -> sortable(column.kind()))) {
            return query;
        }
        return new Query(
                query.sql() + order(query.columns().size()) + slice(this::number, random.nextInt(4)), query.columns());
    }

    private String order(int width) {
        List<Integer> positions =
                new ArrayList<>(IntStream.rangeClosed(1, width).boxed().toList());
        Collections.shuffle(positions, random);
        return " ORDER BY "
                + positions.stream()
                        .map(it -> it + expressions.pick(List.of("", " DESC", " NULLS FIRST", " DESC NULLS LAST")))
                        .collect(Collectors.joining(", "));
    }

    private static String slice(java.util.function.Supplier<String> number, int form) {
        return switch (form) {
            case 0 -> " LIMIT " + number.get() + " OFFSET " + number.get();
            case 1 -> " FETCH FIRST " + number.get() + " ROWS WITH TIES";
            case 2 -> " OFFSET " + number.get();
            default -> " LIMIT " + number.get();
        };
    }

    private String number() {
        Relation relation = expressions.pick(relations);
        return switch (random.nextInt(4)) {
            case 0 -> "(SELECT max(abs(z.k)) FROM " + relation.name() + " AS z)";
            case 1 -> "(SELECT count(*) / 2 FROM " + relation.name() + " AS z)";
            case 2 -> "((SELECT count(DISTINCT z.k) FROM " + relation.name() + " AS z) + 1)";
            default -> "(SELECT 3)";
        };
    }

    /** As many rows for each row as that says. */
    private Query perRow() {
        Relation outer = expressions.pick(relations);
        String name = alias();
        List<Column> around = under(name, outer.columns());
        Query inner = random.nextInt(3) == 0 ? values(around) : rows(2);
        String sliced = inner.columns().stream().allMatch(column -> sortable(column.kind()))
                ? order(inner.columns().size())
                        + slice(() -> "abs(" + expressions.column(Kind.INT, around) + ")", random.nextInt(4))
                : "";
        String rows = alias();
        List<Column> items = new ArrayList<>(some(around));
        items.addAll(under(rows, inner.columns()));
        String from = " FROM " + outer.name() + " AS " + name;
        return select(
                items,
                from
                        + (random.nextBoolean()
                                ? ", LATERAL (" + inner.sql() + sliced + ") AS " + named(rows, inner)
                                : " LEFT JOIN LATERAL (" + inner.sql() + sliced + ") AS " + named(rows, inner)
                                        + " ON true"));
    }

    private static String named(String alias, Query query) {
        return alias + " (" + query.columns().stream().map(Column::sql).collect(Collectors.joining(", ")) + ")";
    }

    private Query values(List<Column> around) {
        Kind kind = expressions.pick(List.of(Kind.INT, Kind.TEXT, Kind.DATE));
        String first = "VALUES (" + expressions.column(kind, around) + "), (" + kind.literal(random) + ")";
        String operator = expressions.pick(List.of(" UNION ", " UNION ALL ", " EXCEPT ", " INTERSECT "));
        return new Query(
                first + operator + "VALUES (" + expressions.column(kind, around) + ")",
                List.of(new Column("c1", kind)));
    }

    private Query searched() {
        Relation edges = expressions.pick(relations);
        List<Column> ends = new ArrayList<>(edges.columns().stream()
                .filter(column -> column.kind() == Kind.INT)
                .toList());
        if (ends.size() < 2) {
            return sliced(rows(2));
        }
        Collections.shuffle(ends, random);
        String source = ends.get(0).sql();
        String target = ends.get(1).sql();
        boolean cycle = random.nextBoolean();
        boolean both = random.nextInt(3) == 0;
        String search = (!cycle || random.nextBoolean())
                ? " SEARCH " + (random.nextBoolean() ? "DEPTH" : "BREADTH") + " FIRST BY b SET o"
                : "";
        String mark = random.nextInt(3) == 0 ? " TO 'y' DEFAULT 'n'" : "";
        String clause = search + (cycle ? " CYCLE " + (both ? "a, b" : "b") + " SET met" + mark + " USING path" : "");
        String sql = "WITH RECURSIVE r (a, b, d) AS (SELECT " + source + ", " + target + ", 1 FROM " + edges.name()
                + " WHERE " + expressions.condition(edges.columns(), 0)
                + (random.nextBoolean() ? " UNION ALL " : " UNION ")
                + "SELECT e." + source + ", e." + target + ", r.d + 1 FROM r JOIN " + edges.name() + " AS e ON e."
                + source + " = r.b WHERE r.d < 3)" + clause + " ";
        List<Column> items = new ArrayList<>(
                List.of(new Column("a", Kind.INT), new Column("b", Kind.INT), new Column("d", Kind.INT)));
        if (cycle) {
            items.add(new Column("met", mark.isEmpty() ? Kind.BOOLEAN : Kind.TEXT));
            items.add(new Column("cardinality(path)", Kind.INT));
        }
        String tail = " FROM r";
        if (!search.isEmpty() && random.nextBoolean()) {
            tail += " ORDER BY o, " + items.stream().map(Column::sql).collect(Collectors.joining(", ")) + " LIMIT "
                    + (1 + random.nextInt(6));
        }
        Query outside = select(items, tail);
        return new Query(sql + outside.sql(), outside.columns());
    }

    private Query recursionPerRow() {
        Relation edges = expressions.pick(relations);
        List<Column> ends = edges.columns().stream()
                .filter(column -> column.kind() == Kind.INT)
                .toList();
        if (ends.isEmpty()) {
            return sliced(rows(2));
        }
        Relation outer = expressions.pick(relations);
        String name = alias();
        List<Column> around = under(name, outer.columns());
        String start = expressions.column(Kind.INT, around);
        String source = ends.get(0).sql();
        String target = ends.get(ends.size() - 1).sql();
        String more = random.nextBoolean()
                ? " AND e." + target + " IS DISTINCT FROM " + expressions.column(Kind.INT, around)
                : "";
        String recursion = "WITH RECURSIVE r (b, d) AS (SELECT " + start + ", 0"
                + (random.nextBoolean() ? " UNION ALL " : " UNION ") + "SELECT e." + target + ", r.d + 1 FROM r JOIN "
                + edges.name() + " AS e ON e." + source + " = r.b WHERE r.d < 2" + more + ") ";
        List<Column> items = new ArrayList<>(some(around));
        if (random.nextBoolean()) {
            items.add(new Column("(" + recursion + "SELECT count(*) FROM r)", Kind.BIGINT));
            return select(items, " FROM " + outer.name() + " AS " + name + where(around));
        }
        String rows = alias();
        items.add(new Column(rows + ".b", Kind.INT));
        return select(
                items,
                " FROM " + outer.name() + " AS " + name + " CROSS JOIN LATERAL (" + recursion + "SELECT b FROM r) AS "
                        + rows + where(around));
    }

    private Query grouped() {
        List<Column> scope = new ArrayList<>();
        String from = from(scope);
        List<Column> keys = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(2); i++) {
            keys.add(key(scope));
        }
        List<Column> items = new ArrayList<>(keys);
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            items.add(new FormsCalls(random, expressions).aggregate(scope));
        }
        List<String> names =
                keys.stream().map(column -> "(" + column.sql() + ")").distinct().toList();
        String all = String.join(", ", names);
        String groupBy = switch (random.nextInt(7)) {
            case 0 -> "GROUPING SETS ((" + all + "), (" + names.get(0) + "), ())";
            case 1 -> "DISTINCT ROLLUP (" + all + "), CUBE (" + names.get(0) + ")";
            case 2 -> "ROLLUP (" + all + ")";
            case 3 -> "CUBE (" + all + ")";
            default -> all;
        };
        if (random.nextInt(3) == 0) {
            items.add(new Column("GROUPING(" + names.get(0) + ")", Kind.INT));
        }
        String having = random.nextInt(4) == 0
                ? " HAVING count(*) FILTER (WHERE " + expressions.condition(scope, 0) + ") > " + random.nextInt(3)
                : "";
        return select(items, " FROM " + from + where(scope) + " GROUP BY " + groupBy + having);
    }

    private Column key(List<Column> scope) {
        String integer = expressions.column(Kind.INT, scope);
        return switch (random.nextInt(6)) {
            case 0 -> new Column(integer + " % 2", Kind.INT);
            case 1 -> new Column("(" + integer + " > 1)", Kind.BOOLEAN);
            case 2 -> new Column("lower(" + expressions.column(Kind.TEXT, scope) + ")", Kind.TEXT);
            case 3 -> new Column("coalesce(" + integer + ", -1)", Kind.INT);
            default -> {
                List<Column> exact =
                        scope.stream().filter(it -> it.kind().exact()).toList();
                yield exact.isEmpty() ? new Column(integer, Kind.INT) : expressions.pick(exact);
            }
        };
    }

    /** A row of JSON_TABLE for each element of a document that is made of a row. */
    private Query tabled() {
        Relation relation = expressions.pick(relations);
        String name = alias();
        List<Column> around = under(name, relation.columns());
        String rows = alias();
        String document = random.nextBoolean()
                ? expressions.column(Kind.JSONB, around)
                : "jsonb_build_array(" + expressions.column(Kind.INT, around) + ", "
                        + expressions.column(Kind.INT, around) + ")";
        List<Column> items = new ArrayList<>(some(around));
        items.add(new Column(rows + ".v", Kind.INT));
        items.add(new Column(rows + ".n", Kind.INT));
        String join = random.nextBoolean() ? " CROSS JOIN " : " LEFT JOIN ";
        String table = "JSON_TABLE(" + document
                + ", '$[*]' COLUMNS (n FOR ORDINALITY, v int PATH '$' DEFAULT -1 ON ERROR)) AS " + rows;
        return select(
                items,
                " FROM " + relation.name() + " AS " + name + join + table
                        + (join.startsWith(" LEFT") ? " ON " + rows + ".v > 0" : "") + where(around));
    }
}
