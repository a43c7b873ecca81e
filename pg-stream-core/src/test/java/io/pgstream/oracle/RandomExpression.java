package io.pgstream.oracle;

import java.util.List;
import java.util.Random;

/** Random expressions and conditions over columns in scope. None depends on more than the values that it reads. */
final class RandomExpression {

    /** A column that an expression may use, as it is written there. */
    record Column(String sql, Kind kind) {}

    private final Random random;

    RandomExpression(Random random) {
        this.random = random;
    }

    <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** A column of a kind, or a constant where there is none. */
    String column(Kind kind, List<Column> scope) {
        List<Column> fitting =
                scope.stream().filter(column -> column.kind() == kind).toList();
        return fitting.isEmpty() ? kind.literal(random) : pick(fitting).sql();
    }

    /** A value of a kind. */
    String value(Kind kind, List<Column> scope, int depth) {
        if (depth <= 0 || random.nextInt(3) == 0) {
            return column(kind, scope);
        }
        return switch (random.nextInt(6)) {
            case 0 ->
                "CASE WHEN " + condition(scope, depth - 1) + " THEN " + value(kind, scope, depth - 1)
                        + (random.nextInt(3) == 0 ? "" : " ELSE " + value(kind, scope, depth - 1)) + " END";
            case 1 -> "COALESCE(" + column(kind, scope) + ", " + value(kind, scope, depth - 1) + ")";
            case 2 ->
                kind.comparable() && kind != Kind.JSONB
                        ? "NULLIF(" + value(kind, scope, depth - 1) + ", " + kind.literal(random) + ")"
                        : column(kind, scope);
            default -> special(kind, scope, depth - 1);
        };
    }

    private String special(Kind kind, List<Column> scope, int depth) {
        String a = value(kind, scope, depth);
        return switch (kind) {
            case INT, BIGINT -> integer(kind, a, scope, depth);
            case MONEY, NUMERIC, FLOAT -> number(kind, a, scope, depth);
            case TEXT -> text(a, scope, depth);
            case BOOLEAN -> "(" + condition(scope, depth) + ")";
            case DATE ->
                switch (random.nextInt(4)) {
                    case 0 -> "(" + a + " + " + random.nextInt(40) + ")";
                    case 1 -> "date_trunc('month', " + a + "::timestamp)::date";
                    case 2 -> "(" + a + " + interval '1 month')::date";
                    default -> "greatest(" + a + ", " + column(kind, scope) + ")";
                };
            case TIMESTAMPTZ ->
                random.nextBoolean()
                        ? "(" + a + " + interval '90 minutes')"
                        : "least(" + a + ", " + column(kind, scope) + ")";
            case JSONB ->
                random.nextBoolean()
                        ? "(" + a + " -> 'a')"
                        : "jsonb_build_object('n', " + column(Kind.INT, scope) + ")";
            case ARRAY ->
                random.nextBoolean()
                        ? "(" + a + " || " + column(Kind.TEXT, scope) + ")"
                        : "array_remove(" + a + ", 'a')";
            case VARCHAR -> "(" + a + ")::varchar(3)";
            case CHAR -> "(" + a + ")::char(2)";
            default -> a;
        };
    }

    private String integer(Kind kind, String a, List<Column> scope, int depth) {
        String b = value(Kind.INT, scope, depth);
        return switch (random.nextInt(20)) {
            case 16 -> "lower(" + column(Kind.RANGE, scope) + ")";
            case 17 -> "(" + column(Kind.COMPOSITE, scope) + ").a";
            case 18 -> "(" + column(Kind.NUMBERS_ARRAY, scope) + ")[1]";
            case 11 -> "(" + a + " # " + b + ")";
            case 12 -> "(@ " + a + ")";
            case 13 -> "(ARRAY[" + a + ", " + b + "])[1 + (" + a + " & 1)]";
            case 14 -> "position('b' in " + column(Kind.TEXT, scope) + ")";
            case 15 -> "(ROW(" + a + ", " + b + ") < ROW(1, 2))::int";
            case 0 -> "(" + a + " + " + b + ")";
            case 1 -> "(" + a + " - " + b + ")";
            case 2 -> "(" + column(kind, scope) + "::bigint * " + (1 + random.nextInt(4)) + ")";
            case 3 -> "(- " + a + ")";
            case 4 -> "abs(" + a + ")";
            case 5 -> "(" + a + " % " + (2 + random.nextInt(3)) + ")";
            case 6 -> "(" + a + " / " + (2 + random.nextInt(3)) + ")";
            case 7 -> "length(" + value(Kind.TEXT, scope, depth) + ")";
            case 8 -> "extract(day from " + column(Kind.DATE, scope) + ")::int";
            case 9 -> "cardinality(" + column(Kind.ARRAY, scope) + ")";
            case 10 -> "(" + column(Kind.BOOLEAN, scope) + ")::int";
            default -> "greatest(" + a + ", " + b + ", 1)";
        };
    }

    private String number(Kind kind, String a, List<Column> scope, int depth) {
        String b = value(kind, scope, depth);
        return switch (random.nextInt(7)) {
            case 0 -> "(" + a + " + " + b + ")";
            case 1 -> "(" + a + " - " + b + ")";
            case 2 -> "(" + column(kind, scope) + " * " + column(kind, scope) + ")";
            case 3 -> "(" + a + " / NULLIF(" + column(Kind.INT, scope) + ", 0))";
            case 4 -> kind == Kind.FLOAT ? "abs(" + a + ")" : "round(" + a + ", 1)";
            case 5 -> "(" + column(pick(Kind.INTEGERS), scope) + "::" + kind.sql() + ")";
            default -> "(- " + a + ")";
        };
    }

    private String text(String a, List<Column> scope, int depth) {
        return switch (random.nextInt(17)) {
            case 10 -> "overlay(" + a + " placing 'zz' from 2 for 1)";
            case 11 -> "(" + a + " collate \"C\")";
            case 12 -> "concat_ws(E'\\\\', VARIADIC " + column(Kind.ARRAY, scope) + ")";
            case 13 -> "(" + column(Kind.ARRAY, scope) + ")[:1]::text";
            case 14 -> "substring(" + a + " similar '#\"_#\"%' escape '#')";
            case 15 -> "(" + column(Kind.JSONB, scope) + " #>> '{a}')";
            case 0 -> "lower(" + a + ")";
            case 1 -> "upper(" + a + ")";
            case 2 -> "(" + a + " || " + value(Kind.TEXT, scope, depth) + ")";
            case 3 -> "substr(" + a + ", 1, 2)";
            case 4 -> "substring(" + a + " from 2 for 1)";
            case 5 -> "(" + column(Kind.INT, scope) + ")::text";
            case 6 -> "(" + column(Kind.ENUM, scope) + ")::text";
            case 7 -> "(" + column(Kind.JSONB, scope) + " ->> 'a')";
            case 8 -> "(" + column(Kind.ARRAY, scope) + ")[1]";
            case 9 -> "trim(both from " + a + ")";
            default -> "replace(" + a + ", 'a', 'c')";
        };
    }

    /** A condition; most are about columns. */
    String condition(List<Column> scope, int depth) {
        String byClock = (TestClock.used() && random.nextInt(3) == 0) ? new RandomClock(random).condition(scope) : null;
        return (byClock == null) ? byColumns(scope, depth) : byClock;
    }

    private String byColumns(List<Column> scope, int depth) {
        List<Column> comparable =
                scope.stream().filter(column -> column.kind().comparable()).toList();
        if (comparable.isEmpty()) {
            return scope.isEmpty() ? "true" : pick(scope).sql() + " IS NOT NULL";
        }
        Column column = pick(comparable);
        String a = value(column.kind(), scope, Math.min(depth, 1));
        String c = column.sql();
        return switch (random.nextInt(depth > 0 ? 20 : 8)) {
            case 14 ->
                column(Kind.JSONB, scope) + (random.nextBoolean() ? " ?| ARRAY['a', 'b']" : " @? '$.a ? (@ > 0)'");
            case 15 -> column(Kind.TEXT, scope) + (random.nextBoolean() ? " ~* '^[ab]'" : " SIMILAR TO '(a|b)%'");
            case 16 -> column(Kind.ARRAY, scope) + (random.nextBoolean() ? " && ARRAY['a', 'x']" : " @> ARRAY['a']");
            case 17 ->
                "(" + column(Kind.DATE, scope) + ", interval '9 days') OVERLAPS (date '2024-01-05', date '2024-02-01')";
            case 18 -> column(Kind.TEXT, scope) + " IS NFC NORMALIZED";
            case 0, 1 -> c + " " + operator() + " " + column.kind().literal(random);
            case 2 -> c + " " + operator() + " " + a;
            case 3 -> c + " IS NULL";
            case 4 -> c + " IS NOT NULL";
            case 5 ->
                c + (random.nextBoolean() ? " IN (" : " NOT IN (")
                        + column.kind().literal(random) + ", " + column.kind().literal(random) + ")";
            case 6 -> c + " IS " + (random.nextBoolean() ? "NOT " : "") + "DISTINCT FROM " + a;
            case 7 ->
                column.kind() == Kind.BOOLEAN
                        ? c
                        : c + " BETWEEN " + column.kind().literal(random) + " AND " + a;
            case 8 -> "(" + condition(scope, depth - 1) + " OR " + condition(scope, depth - 1) + ")";
            case 9 -> "(" + condition(scope, depth - 1) + " AND " + condition(scope, depth - 1) + ")";
            case 10 -> "NOT (" + condition(scope, depth - 1) + ")";
            case 11 -> column(Kind.TEXT, scope) + (random.nextBoolean() ? " LIKE 'a%'" : " NOT ILIKE '%B_'");
            case 12 -> column(Kind.TEXT, scope) + " = ANY (" + column(Kind.ARRAY, scope) + ")";
            case 13 -> column(Kind.JSONB, scope) + (random.nextBoolean() ? " ? 'a'" : " @> '{\"a\": 1}'");
            default -> "(" + condition(scope, depth - 1) + ") IS NOT TRUE";
        };
    }

    private String operator() {
        return pick(List.of("=", "=", "<>", "<", ">", "<=", ">="));
    }

    /** An aggregate call and its kind. */
    Column aggregate(List<Column> scope, int depth) {
        String filter = random.nextInt(4) == 0 ? " FILTER (WHERE " + condition(scope, 1) + ")" : "";
        int choice = random.nextInt(13);
        if (choice >= 10 && !scope.isEmpty()) {
            Column call = new RandomAggregate(random, this).call(scope, depth);
            // JSqlParser does not read FILTER behind WITHIN GROUP.
            return call.sql().contains("WITHIN GROUP") ? call : new Column(call.sql() + filter, call.kind());
        }
        if (choice < 2 || scope.isEmpty()) {
            return new Column("count(*)" + filter, Kind.BIGINT);
        }
        if (choice == 2) {
            return new Column("count(" + pick(scope).sql() + ")" + filter, Kind.BIGINT);
        }
        if (choice < 5) {
            Kind kind = pick(Kind.NUMBERS);
            String sum = "sum(" + value(kind, scope, depth) + ")" + filter;
            return new Column(sum, sumKind(kind));
        }
        if (choice == 5) {
            Kind kind = pick(Kind.NUMBERS);
            return new Column(
                    "avg(" + value(kind, scope, depth) + ")" + filter, kind == Kind.FLOAT ? Kind.FLOAT : Kind.NUMERIC);
        }
        Column column = pick(scope);
        Kind kind = column.kind().extreme() ? column.kind() : Kind.INT;
        Kind result = (kind == Kind.DOMAIN) ? Kind.INT : (kind == Kind.VARCHAR) ? Kind.TEXT : kind;
        String call = random.nextBoolean() ? "min(" : "max(";
        return new Column(call + value(kind, scope, depth) + ")" + filter, result);
    }

    static Kind sumKind(Kind kind) {
        return switch (kind) {
            case INT, SMALLINT, DOMAIN -> Kind.BIGINT;
            case FLOAT -> Kind.FLOAT;
            default -> Kind.NUMERIC;
        };
    }
}
