package io.pgstream.oracle;

import io.pgstream.oracle.RandomExpression.Column;
import io.pgstream.oracle.RandomQuery.Relation;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Random FROM items that are computed from the items before them: functions, VALUES, subqueries with LATERAL. */
final class RandomLateral {

    private final Random random;

    private final RandomExpression expressions;

    private final List<Relation> relations;

    RandomLateral(Random random, List<Relation> relations) {
        this.random = random;
        this.expressions = new RandomExpression(random);
        this.relations = relations;
    }

    /** A FROM clause that is continued by such an item, whose columns come into scope. */
    String joined(String left, String alias, List<Column> scope) {
        Item item = item(alias, List.copyOf(scope));
        scope.addAll(item.columns());
        return switch (random.nextInt(4)) {
            case 0 -> left + ", " + item.sql();
            case 1 ->
                left + " LEFT JOIN " + item.sql() + " ON "
                        + (random.nextBoolean() ? "true" : expressions.condition(scope, 1));
            default -> left + " CROSS JOIN " + item.sql();
        };
    }

    private record Item(String sql, List<Column> columns) {}

    private Item item(String alias, List<Column> scope) {
        return switch (random.nextInt(14)) {
            case 9, 10, 11, 12, 13 -> correlated(alias, scope);
            case 0 ->
                new Item(
                        "generate_series(1, least(" + expressions.value(Kind.INT, scope, 1) + ", 3)) AS " + alias
                                + "(x)",
                        List.of(new Column(alias + ".x", Kind.INT)));
            case 1 ->
                new Item(
                        "unnest(" + expressions.value(Kind.ARRAY, scope, 1) + ") WITH ORDINALITY AS " + alias
                                + "(x, o)",
                        List.of(new Column(alias + ".x", Kind.TEXT), new Column(alias + ".o", Kind.BIGINT)));
            case 2 ->
                new Item(
                        "LATERAL unnest(" + expressions.column(Kind.ARRAY, scope) + ", ARRAY["
                                + expressions.column(Kind.MONEY, scope) + ", 2.50]) AS " + alias + "(\"A b\", y)",
                        List.of(new Column(alias + ".\"A b\"", Kind.TEXT), new Column(alias + ".y", Kind.NUMERIC)));
            case 3 ->
                new Item(
                        "regexp_split_to_table(" + expressions.value(Kind.TEXT, scope, 1) + ", '') AS " + alias + "(x)",
                        List.of(new Column(alias + ".x", Kind.TEXT)));
            case 4 -> rowsFrom(alias, scope);
            case 5 -> json(alias, scope);
            case 6 -> values(alias, scope);
            default -> subquery(alias, scope);
        };
    }

    private Item rowsFrom(String alias, List<Column> scope) {
        return new Item(
                "ROWS FROM (generate_series(0, least(" + expressions.column(Kind.INT, scope) + ", 2)), unnest("
                        + expressions.column(Kind.ARRAY, scope) + ")) AS " + alias + "(x, y)",
                List.of(new Column(alias + ".x", Kind.INT), new Column(alias + ".y", Kind.TEXT)));
    }

    private Item correlated(String alias, List<Column> scope) {
        List<Column> columns = new java.util.ArrayList<>();
        return new Item(new RandomCorrelated(random, relations).lateral(alias, scope, columns), columns);
    }

    private Item json(String alias, List<Column> scope) {
        String value = expressions.column(Kind.JSONB, scope);
        if (random.nextBoolean()) {
            return new Item(
                    "jsonb_to_record(CASE jsonb_typeof(" + value + ") WHEN 'object' THEN " + value + " END) AS " + alias
                            + "(a text, n int)",
                    List.of(new Column(alias + ".a", Kind.TEXT), new Column(alias + ".n", Kind.INT)));
        }
        return new Item(
                "jsonb_path_query(" + value + ", '$.* ? (@ != null)') AS " + alias + "(v)",
                List.of(new Column(alias + ".v", Kind.JSONB)));
    }

    private Item values(String alias, List<Column> scope) {
        Kind kind = expressions.pick(List.of(Kind.INT, Kind.TEXT, Kind.DATE, Kind.NUMERIC, Kind.BOOLEAN));
        boolean constant = random.nextBoolean();
        String rows = random.ints(1 + random.nextInt(3), 0, 9)
                .mapToObj(i ->
                        "(" + i + ", " + (constant ? kind.literal(random) : expressions.value(kind, scope, 1)) + ")")
                .collect(Collectors.joining(", "));
        return new Item(
                (constant ? "" : "LATERAL ") + "(VALUES " + rows + ") AS " + alias + "(n, x)",
                List.of(new Column(alias + ".n", Kind.INT), new Column(alias + ".x", kind)));
    }

    private Item subquery(String alias, List<Column> scope) {
        Relation relation = expressions.pick(relations);
        String inner = alias + "i";
        List<Column> own = relation.columns().stream()
                .map(column -> new Column(inner + "." + column.sql(), column.kind()))
                .toList();
        Column selected = expressions.pick(own);
        List<Column> partners = scope.stream()
                .filter(column ->
                        column.kind().comparable() && own.stream().anyMatch(other -> other.kind() == column.kind()))
                .toList();
        String where = expressions.condition(own, 1);
        if (!partners.isEmpty()) {
            Column partner = expressions.pick(partners);
            List<Column> matching = own.stream()
                    .filter(column -> column.kind() == partner.kind())
                    .toList();
            where += " AND " + expressions.pick(matching).sql() + " = " + partner.sql();
        }
        Kind kind = expressions.pick(List.of(Kind.INT, Kind.TEXT, selected.kind()));
        return new Item(
                "LATERAL (SELECT " + selected.sql() + " AS x, " + expressions.value(kind, own, 1) + " AS y FROM "
                        + relation.name() + " AS " + inner + " WHERE " + where + ") AS " + alias,
                List.of(new Column(alias + ".x", selected.kind()), new Column(alias + ".y", kind)));
    }
}
