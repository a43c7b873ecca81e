package io.pgstream.oracle;

import io.pgstream.oracle.RandomExpression.Column;
import io.pgstream.oracle.RandomQuery.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Window functions, DISTINCT ON and LIMIT. Their results are functions of the data: either ties make no difference, or
 * the order is by all columns, so that rows that it leaves equal are the same.
 */
final class RandomPartitions {

    private final Random random;
    private final RandomExpression expressions;
    private final RandomAggregate aggregates;

    RandomPartitions(Random random, RandomExpression expressions) {
        this.random = random;
        this.expressions = expressions;
        this.aggregates = new RandomAggregate(random, expressions);
    }

    /** Something around a query, or the query itself where its rows cannot be sorted. */
    Query wrap(Query inner) {
        boolean sortable =
                inner.columns().stream().allMatch(column -> column.kind().comparable() && column.kind() != Kind.FLOAT);
        if (!sortable) {
            return inner;
        }
        return switch (random.nextInt(8)) {
            case 6, 7 -> topPerGroup(inner);
            case 0, 1 -> limited(inner);
            case 2 -> distinctOn(inner);
            default -> numbered(inner);
        };
    }

    private Query limited(Query inner) {
        boolean ties = random.nextInt(4) == 0;
        List<String> keys = new ArrayList<>();
        for (int i = 1; i <= inner.columns().size(); i++) {
            keys.add(i + aggregates.direction());
        }
        java.util.Collections.shuffle(keys, random);
        String order = " ORDER BY " + (ties ? keys.get(0) : String.join(", ", keys));
        int count = 1 + random.nextInt(6);
        String slice = switch (random.nextInt(4)) {
            case 0 -> " LIMIT " + count + " OFFSET " + random.nextInt(4);
            case 1 -> " OFFSET " + random.nextInt(3);
            default -> " LIMIT " + count;
        };
        return new Query(
                inner.sql() + order + (ties ? " FETCH FIRST " + count + " ROWS WITH TIES" : slice), inner.columns());
    }

    private Query distinctOn(Query inner) {
        List<String> columns = columns(inner);
        if (columns.size() == 1) {
            // Nothing would be left to say which row comes first, which is refused.
            return inner;
        }
        java.util.Collections.shuffle(columns, random);
        int keys = 1 + random.nextInt(2);
        String order =
                columns.stream().map(column -> column + aggregates.direction()).collect(Collectors.joining(", "));
        String on = String.join(", ", columns.subList(0, Math.min(keys, columns.size())));
        boolean one = columns.size() <= keys;
        String slice = random.nextInt(5) == 0 ? " LIMIT 3" : "";
        return new Query(
                "SELECT DISTINCT ON (" + (one ? columns.get(0) : on) + ") q.* FROM (" + inner.sql() + ") AS q ORDER BY "
                        + order + slice,
                inner.columns());
    }

    private static List<String> columns(Query inner) {
        return inner.columns().stream()
                .map(column -> "q." + column.sql())
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** A column more: what depends on the whole order. */
    private Query numbered(Query inner) {
        List<String> columns = columns(inner);
        String partition = partition(columns);
        String order =
                columns.stream().map(column -> column + aggregates.direction()).collect(Collectors.joining(", "));
        String over = " OVER (" + partition + "ORDER BY " + order;
        Column pick = expressions.pick(inner.columns());
        String call = switch (random.nextInt(5)) {
            case 0 -> "lag(q." + pick.sql() + ")";
            case 1 -> "lead(q." + pick.sql() + ", 2)";
            case 2 -> "first_value(q." + pick.sql() + ")";
            default -> "row_number()";
        };
        Kind kind = call.startsWith("row") ? Kind.BIGINT : pick.kind();
        boolean framed = call.startsWith("first") && random.nextBoolean();
        String numbered = "SELECT q.*, " + call + over + (framed ? " ROWS 1 PRECEDING" : "") + ") AS n FROM ("
                + inner.sql() + ") AS q";
        List<Column> all = new ArrayList<>(inner.columns());
        all.add(new Column("n", kind));
        if (kind == Kind.BIGINT && random.nextBoolean()) {
            return new Query("SELECT * FROM (" + numbered + ") AS r WHERE r.n <= 2", all);
        }
        return new Query(numbered, all);
    }

    /** The first rows of each group, with and without their places. */
    private Query topPerGroup(Query inner) {
        List<String> columns = columns(inner);
        java.util.Collections.shuffle(columns, random);
        String function = expressions.pick(List.of("row_number()", "rank()", "dense_rank()"));
        // Rows that share a place are all there or none: one column is order enough.
        int sorted = function.startsWith("row") ? columns.size() : 1;
        String order = columns.subList(0, sorted).stream()
                .map(column -> column + aggregates.direction())
                .collect(Collectors.joining(", "));
        String limit = expressions.pick(
                List.of("r.n <= 2", "r.n < 3", "r.n = 1", "r.n <= 1", "4 > r.n", "r.n BETWEEN 2 AND 3"));
        boolean placed = random.nextBoolean();
        List<Column> all = new ArrayList<>(inner.columns());
        if (placed) {
            all.add(new Column("n", Kind.BIGINT));
        }
        String list = all.stream().map(column -> "r." + column.sql()).collect(Collectors.joining(", "));
        return new Query(
                "SELECT " + list + " FROM (SELECT q.*, " + function + " OVER (" + partition(columns) + "ORDER BY "
                        + order + ") AS n FROM (" + inner.sql() + ") AS q) AS r WHERE " + limit,
                all);
    }

    private String partition(List<String> columns) {
        return switch (random.nextInt(4)) {
            case 0 -> "";
            case 1 -> "PARTITION BY " + expressions.pick(columns) + ", " + expressions.pick(columns) + " ";
            default -> "PARTITION BY " + expressions.pick(columns) + " ";
        };
    }

    /** A call of a window function over columns or aggregates, for which ties make no difference. */
    Column call(List<Column> scope) {
        List<Column> sortable = scope.stream()
                .filter(column -> column.kind().comparable() && column.kind() != Kind.FLOAT)
                .toList();
        if (sortable.isEmpty()) {
            return new Column("count(*) OVER ()", Kind.BIGINT);
        }
        List<String> columns = sortable.stream().map(Column::sql).toList();
        Column pick = expressions.pick(sortable);
        String order = "ORDER BY " + expressions.pick(columns) + aggregates.direction();
        String over = " OVER (" + partition(columns) + order;
        return switch (random.nextInt(7)) {
            case 0 -> new Column("rank()" + over + ")", Kind.BIGINT);
            case 1 -> new Column("dense_rank()" + over + ")", Kind.BIGINT);
            case 2 -> new Column("count(*)" + over + frame() + ")", Kind.BIGINT);
            case 3 -> new Column("count(" + pick.sql() + ") OVER (" + partition(columns) + ")", Kind.BIGINT);
            case 4 -> new Column("count(*) FILTER (WHERE " + pick.sql() + " IS NOT NULL)" + over + ")", Kind.BIGINT);
            case 5 ->
                pick.kind().number()
                        ? new Column(
                                "sum(" + pick.sql() + ")" + over + frame() + ")", RandomExpression.sumKind(pick.kind()))
                        : new Column("rank()" + over + ")", Kind.BIGINT);
            default ->
                pick.kind().extreme()
                        ? new Column("max(" + pick.sql() + ")" + over + ")", extreme(pick.kind()))
                        : new Column("rank()" + over + ")", Kind.BIGINT);
        };
    }

    private static Kind extreme(Kind kind) {
        return (kind == Kind.DOMAIN) ? Kind.INT : (kind == Kind.VARCHAR) ? Kind.TEXT : kind;
    }

    /** Frames whose bounds are peers. */
    private String frame() {
        return expressions.pick(List.of(
                "",
                "",
                " GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING",
                " RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE GROUP"));
    }

    /** A GROUP BY of some keys, in one of its forms. */
    String groupBy(List<String> keys) {
        String list = String.join(", ", keys);
        String first = keys.get(0);
        return switch (random.nextInt(13)) {
            case 10 -> first + ", GROUPING SETS ((" + list + "), ())";
            case 11 -> "ROLLUP (" + list + "), GROUPING SETS (" + first + ", CUBE (" + first + "))";
            case 12 -> "DISTINCT ROLLUP (" + list + "), CUBE (" + first + ")";
            case 0 -> "ROLLUP (" + list + ")";
            case 1 -> "CUBE (" + list + ")";
            case 2 -> "GROUPING SETS ((" + list + "), (" + keys.get(0) + ")" + (random.nextBoolean() ? ", ())" : ")");
            case 3 ->
                keys.size() > 1
                        ? keys.get(0) + ", ROLLUP (" + String.join(", ", keys.subList(1, keys.size())) + ")"
                        : list;
            default -> list;
        };
    }
}
