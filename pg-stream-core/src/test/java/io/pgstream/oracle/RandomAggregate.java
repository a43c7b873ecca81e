package io.pgstream.oracle;

import io.pgstream.oracle.RandomExpression.Column;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Calls of aggregates that are read again for the groups that change. Their results are functions of the data: what
 * depends on an order has one, and floats are left out where it matters.
 */
final class RandomAggregate {

    /** The alias of a table or a subquery in front of a column: of a function it is no row. */
    private static final Pattern ALIAS = Pattern.compile("([as]\\d+|\"S \\d+\")\\.");

    private final Random random;
    private final RandomExpression expressions;

    RandomAggregate(Random random, RandomExpression expressions) {
        this.random = random;
        this.expressions = expressions;
    }

    /** A call without its FILTER, and its kind. */
    Column call(List<Column> scope, int depth) {
        String text = expressions.value(Kind.TEXT, scope, depth);
        String integer = expressions.value(Kind.INT, scope, depth);
        return switch (random.nextInt(18)) {
            case 0 -> new Column("string_agg(" + text + ", ',' ORDER BY " + text + direction() + ")", Kind.TEXT);
            case 1 -> new Column("string_agg(DISTINCT " + text + ", '-' ORDER BY " + text + ")", Kind.TEXT);
            case 2 -> new Column("array_agg(" + text + " ORDER BY " + text + direction() + ")", Kind.ARRAY);
            case 3 -> new Column("json_agg(" + integer + " ORDER BY " + integer + direction() + ")", Kind.JSON);
            case 4 ->
                new Column(
                        "jsonb_object_agg(coalesce(" + text + ", ''), " + integer + " ORDER BY " + integer + ")",
                        Kind.JSONB);
            case 5, 6 -> new Column("count(DISTINCT " + comparable(scope, depth) + ")", Kind.BIGINT);
            case 7 -> new Column("sum(DISTINCT " + integer + ")", Kind.BIGINT);
            case 8 -> new Column("avg(DISTINCT " + expressions.value(Kind.NUMERIC, scope, depth) + ")", Kind.NUMERIC);
            case 9 -> new Column("bool_and(" + expressions.condition(scope, depth) + ")", Kind.BOOLEAN);
            case 10 -> new Column("bool_or(" + expressions.condition(scope, depth) + ")", Kind.BOOLEAN);
            case 11 -> new Column((random.nextBoolean() ? "bit_or(" : "bit_and(") + integer + ")", Kind.INT);
            case 12 -> new Column((random.nextBoolean() ? "stddev(" : "var_pop(") + integer + ")", Kind.NUMERIC);
            case 13 ->
                new Column("percentile_disc(0.5) WITHIN GROUP (ORDER BY " + integer + direction() + ")", Kind.INT);
            case 14 -> new Column("mode() WITHIN GROUP (ORDER BY " + text + direction() + ")", Kind.TEXT);
            case 15 -> new Column("rank(2) WITHIN GROUP (ORDER BY " + integer + direction() + ")", Kind.BIGINT);
            case 16 -> row(scope);
            default -> new Column("regr_count(" + integer + "::float8, " + integer + "::float8)", Kind.BIGINT);
        };
    }

    /** Counts whole rows, which are NULL where an outer join has found none. */
    private Column row(List<Column> scope) {
        Matcher alias =
                ALIAS.matcher(scope.isEmpty() ? "" : expressions.pick(scope).sql());
        boolean distinct = random.nextBoolean();
        String row = alias.lookingAt() ? alias.group(1) : "*";
        return new Column(
                (distinct && !row.equals("*")) ? "count(DISTINCT " + row + "::text)" : "count(" + row + ")",
                Kind.BIGINT);
    }

    private String comparable(List<Column> scope, int depth) {
        Kind kind = expressions.pick(List.of(Kind.INT, Kind.TEXT, Kind.NUMERIC, Kind.DATE, Kind.JSONB));
        return expressions.value(kind, scope, depth);
    }

    /** The direction of an ORDER BY. */
    String direction() {
        return expressions.pick(List.of("", "", " DESC", " NULLS FIRST", " DESC NULLS LAST"));
    }
}
