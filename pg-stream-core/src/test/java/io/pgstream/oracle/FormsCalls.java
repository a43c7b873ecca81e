package io.pgstream.oracle;

import io.pgstream.oracle.RandomExpression.Column;
import java.util.List;
import java.util.Random;

/** Calls of aggregates of {@link FormsQuery}; all of them are functions of the data. */
final class FormsCalls {

    private final Random random;

    private final RandomExpression expressions;

    FormsCalls(Random random, RandomExpression expressions) {
        this.random = random;
        this.expressions = expressions;
    }

    Column aggregate(List<Column> scope) {
        Column call = call(scope);
        boolean filtered = random.nextBoolean() && !call.sql().startsWith("(");
        return filtered
                ? new Column(call.sql() + " FILTER (WHERE " + expressions.condition(scope, 1) + ")", call.kind())
                : call;
    }

    private Column call(List<Column> scope) {
        String integer = expressions.column(Kind.INT, scope);
        String text = expressions.column(Kind.TEXT, scope);
        String within = " WITHIN GROUP (ORDER BY " + integer + expressions.pick(List.of("", " DESC")) + ")";
        return switch (random.nextInt(16)) {
            case 0 -> new Column("percentile_disc(array[0.25, 0.5, 1])" + within, Kind.NUMBERS_ARRAY);
            case 1 -> new Column("percentile_cont(0.5)" + within, Kind.FLOAT);
            case 2 -> new Column("mode()" + within, Kind.INT);
            case 3 -> new Column("dense_rank(1)" + within, Kind.BIGINT);
            case 4 -> new Column("cume_dist(2)" + within, Kind.FLOAT);
            case 5 -> new Column("JSON_ARRAYAGG(" + integer + " ORDER BY " + integer + " NULL ON NULL)", Kind.JSON);
            case 6 -> new Column("JSON_OBJECTAGG(coalesce(" + integer + ", 0) VALUE 1 RETURNING jsonb)", Kind.JSONB);
            case 7 -> new Column("any_value(" + integer + " * 0)", Kind.INT);
            case 8 -> new Column("range_agg(int4range(least(" + integer + ", 9), 10))", Kind.MULTIRANGE);
            case 9 -> new Column("array_agg(DISTINCT " + text + " ORDER BY " + text + " DESC NULLS LAST)", Kind.ARRAY);
            case 10 -> new Column("string_agg(" + text + ", '+' ORDER BY " + text + ")", Kind.TEXT);
            case 11 -> new Column("count(DISTINCT (" + integer + ", (" + text + ")::text))", Kind.BIGINT);
            case 12 -> new Column("(max(" + integer + ") - min(" + integer + "))", Kind.INT);
            case 13 -> new Column("every(" + integer + " > 0)", Kind.BOOLEAN);
            case 14 -> new Column("sum(" + integer + ")", Kind.BIGINT);
            default -> new Column("count(*)", Kind.BIGINT);
        };
    }
}
