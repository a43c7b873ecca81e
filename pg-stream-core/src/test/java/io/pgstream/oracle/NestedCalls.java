package io.pgstream.oracle;

import io.pgstream.oracle.RandomExpression.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Aggregates, groups and windows of a {@link NestedQuery}; all results are functions of the data. */
final class NestedCalls {

    /** A call of a window function, and the WINDOW clause that it needs, if any. */
    record Call(Column value, String clause) {}

    private final Random random;

    private final NestedExpression expressions;

    private final RandomExpression simple;

    NestedCalls(Random random, NestedExpression expressions) {
        this.random = random;
        this.expressions = expressions;
        this.simple = expressions.simple();
    }

    static boolean sortable(Kind kind) {
        return kind.comparable() && kind != Kind.FLOAT;
    }

    String direction() {
        return simple.pick(List.of("", "", " DESC", " NULLS FIRST", " DESC NULLS LAST"));
    }

    List<Column> aggregates(List<Column> local, List<Column> correlated, int depth) {
        List<Column> calls = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            Column call = aggregate(local, correlated, depth);
            boolean filtered = random.nextInt(5) == 0;
            String filter =
                    filtered ? " FILTER (WHERE " + expressions.condition(local, correlated, depth - 1) + ")" : "";
            calls.add(new Column(call.sql() + filter, call.kind()));
        }
        return calls;
    }

    private Column aggregate(List<Column> local, List<Column> correlated, int depth) {
        String integer = expressions.value(Kind.INT, local, correlated, depth - 1);
        String text = expressions.value(Kind.TEXT, local, correlated, depth - 1);
        // What an aggregate with DISTINCT sorts by must be its argument, which two subqueries are not.
        boolean one = !(integer + text).contains("SELECT");
        String distinct = (one && random.nextInt(3) == 0) ? "DISTINCT " : "";
        Column any = simple.pick(local);
        return switch (random.nextInt(24)) {
            case 0, 1, 2 -> new Column("count(*)", Kind.BIGINT);
            case 3 -> new Column("count(" + (any.kind().comparable() ? distinct : "") + any.sql() + ")", Kind.BIGINT);
            case 4, 5 -> new Column("sum(" + distinct + integer + ")", Kind.BIGINT);
            case 6 -> new Column("avg(" + distinct + integer + ")", Kind.NUMERIC);
            case 7 ->
                new Column(
                        "sum(" + distinct + expressions.value(Kind.MONEY, local, correlated, depth - 1) + ")",
                        Kind.NUMERIC);
            case 8, 9 -> extreme(any);
            case 10 -> new Column("max(" + text + ")", Kind.TEXT);
            case 11 -> new Column("string_agg(" + distinct + text + ", '/' ORDER BY " + text + ")", Kind.TEXT);
            case 12 -> new Column("array_agg(" + distinct + text + " ORDER BY " + text + " DESC)", Kind.ARRAY);
            case 13 -> new Column("bool_or(" + expressions.condition(local, correlated, depth - 1) + ")", Kind.BOOLEAN);
            case 14 -> new Column("every(" + expressions.condition(local, correlated, 0) + ")", Kind.BOOLEAN);
            case 15 -> new Column("bit_xor(" + integer + ")", Kind.INT);
            case 16 -> new Column("percentile_disc(0.4) WITHIN GROUP (ORDER BY " + integer + ")", Kind.INT);
            case 17 -> new Column("jsonb_agg(" + integer + " ORDER BY " + integer + direction() + ")", Kind.JSONB);
            case 18 -> new Column("var_samp(" + integer + ")", Kind.NUMERIC);
            case 19 -> new Column("count(" + distinct + "(" + integer + ", " + text + "))", Kind.BIGINT);
            case 20 -> new Column("mode() WITHIN GROUP (ORDER BY " + text + direction() + ")", Kind.TEXT);
            case 21 ->
                new Column("dense_rank('b', 2) WITHIN GROUP (ORDER BY " + text + ", " + integer + ")", Kind.BIGINT);
            case 22 ->
                new Column(
                        "jsonb_object_agg(coalesce(" + text + ", ''), " + integer + " ORDER BY " + integer + ")",
                        Kind.JSONB);
            default -> new Column("min(" + integer + ")", Kind.INT);
        };
    }

    private Column extreme(Column column) {
        Kind kind = column.kind();
        if (!kind.extreme() || kind == Kind.DOMAIN || kind == Kind.VARCHAR) {
            return new Column("count(" + column.sql() + ")", Kind.BIGINT);
        }
        return new Column((random.nextBoolean() ? "min(" : "max(") + column.sql() + ")", kind);
    }

    /** A GROUP BY in one of its forms. */
    String groupBy(List<String> keys) {
        String list = String.join(", ", keys);
        String first = keys.get(0);
        String last = keys.get(keys.size() - 1);
        return switch (random.nextInt(16)) {
            case 0 -> "ROLLUP (" + list + ")";
            case 1 -> "CUBE (" + list + ")";
            case 2 -> "GROUPING SETS ((" + list + "), (" + last + "), ())";
            case 3 -> "GROUPING SETS (" + first + ", ROLLUP (" + list + "))";
            case 4 -> first + ", CUBE (" + last + ")";
            case 5 -> "()";
            default -> list;
        };
    }

    /** @param rows the columns that make rows; none where they are groups, of which no order is total */
    Call window(List<Column> atoms, List<Column> rows) {
        List<Column> sortable = atoms.stream().filter(it -> sortable(it.kind())).toList();
        if (sortable.isEmpty()) {
            return new Call(new Column("count(*) OVER ()", Kind.BIGINT), "");
        }
        Column key = simple.pick(sortable);
        Column argument = simple.pick(sortable);
        String partition = switch (random.nextInt(4)) {
            case 0 -> "";
            case 1 -> {
                String both = simple.pick(sortable).sql() + ", "
                        + simple.pick(sortable).sql();
                yield "PARTITION BY " + (random.nextBoolean() ? both : "(" + both + ")");
            }
            default -> "PARTITION BY " + simple.pick(sortable).sql();
        };
        boolean total = !rows.isEmpty() && rows.stream().allMatch(it -> sortable(it.kind())) && random.nextBoolean();
        String order = " ORDER BY " + key.sql() + direction();
        if (total) {
            order += rows.stream().map(it -> ", " + it.sql()).collect(Collectors.joining());
        }
        Column call = total ? ofRows(argument) : ofPeers(argument);
        String frame = frame(key, total);
        String filter = call.sql().matches("(count|sum|max|array_agg)\\(.*") && random.nextInt(4) == 0
                ? " FILTER (WHERE " + simple.condition(atoms, 0) + ")"
                : "";
        if (random.nextInt(4) == 0) {
            return new Call(
                    new Column(call.sql() + filter + " OVER (w " + frame + ")", call.kind()),
                    " WINDOW w AS (" + partition + order + ")");
        }
        return new Call(
                new Column(call.sql() + filter + " OVER (" + partition + order + " " + frame + ")", call.kind()), "");
    }

    private Column ofRows(Column argument) {
        return switch (random.nextInt(9)) {
            case 0 -> new Column("row_number()", Kind.BIGINT);
            case 1 -> new Column("ntile(3)", Kind.INT);
            case 2 -> new Column("lag(" + argument.sql() + ")", argument.kind());
            case 3 -> new Column("lead(" + argument.sql() + ", 2)", argument.kind());
            case 4 -> new Column("first_value(" + argument.sql() + ")", argument.kind());
            case 5 -> new Column("last_value(" + argument.sql() + ")", argument.kind());
            case 6 -> new Column("nth_value(" + argument.sql() + ", 2)", argument.kind());
            case 7 ->
                argument.kind() == Kind.TEXT
                        ? new Column("array_agg(" + argument.sql() + ")", Kind.ARRAY)
                        : new Column("count(*)", Kind.BIGINT);
            default -> ofPeers(argument);
        };
    }

    private Column ofPeers(Column argument) {
        return switch (random.nextInt(7)) {
            case 0 -> new Column("rank()", Kind.BIGINT);
            case 1 -> new Column("dense_rank()", Kind.BIGINT);
            case 2 -> new Column("percent_rank()", Kind.FLOAT);
            case 3 -> new Column("cume_dist()", Kind.FLOAT);
            case 4 ->
                argument.kind().integer()
                        ? new Column("sum(" + argument.sql() + ")", RandomExpression.sumKind(argument.kind()))
                        : new Column("count(" + argument.sql() + ")", Kind.BIGINT);
            case 5 ->
                argument.kind() == Kind.INT || argument.kind() == Kind.TEXT || argument.kind() == Kind.DATE
                        ? new Column("max(" + argument.sql() + ")", argument.kind())
                        : new Column("count(" + argument.sql() + ")", Kind.BIGINT);
            default -> new Column("count(*)", Kind.BIGINT);
        };
    }

    private String frame(Column key, boolean total) {
        String exclude = simple.pick(List.of("", "", "", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP", " EXCLUDE TIES"));
        if (!total && exclude.contains("CURRENT")) {
            // Peers do not differ by what leaves them out, but their values may.
            exclude = " EXCLUDE GROUP";
        }
        if (!total && exclude.contains("TIES")) {
            exclude = "";
        }
        List<String> frames = new ArrayList<>(List.of(
                "",
                "",
                "GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING" + exclude,
                "GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING",
                "RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING" + exclude,
                "RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING" + exclude));
        if (total) {
            frames.add("ROWS BETWEEN 2 PRECEDING AND CURRENT ROW" + exclude);
            frames.add("ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING");
            frames.add("ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING" + exclude);
        } else if (key.kind() == Kind.INT) {
            frames.add("RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING" + exclude);
            frames.add("RANGE 2 PRECEDING");
        } else if (key.kind() == Kind.DATE) {
            frames.add("RANGE BETWEEN interval '1 month' PRECEDING AND interval '2 days' FOLLOWING" + exclude);
        }
        return simple.pick(frames);
    }
}
