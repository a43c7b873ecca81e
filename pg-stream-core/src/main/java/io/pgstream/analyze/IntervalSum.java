package io.pgstream.analyze;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.plan.expr.Template;
import java.util.List;

/**
 * The sum of intervals. PostgreSQL adds up months, days and microseconds each by itself, and they are integers: so they are summed up as
 * numbers, of which the interval is made again. {@code epoch} counts a year as 365.25 days, and a month of what is left of a year as 30. An infinite
 * interval, which PostgreSQL has from 17 on, has none of these fields and is counted.
 */
final class IntervalSum {

    /**
     * One of the numbers that are summed up.
     *
     * @param text a template of the interval, which is in it twice
     */
    record Part(List<String> text, SqlType type, int scale) {

        Expression over(Expression interval) {
            return new Template(text, List.of(interval, interval));
        }
    }

    private static final int MICROSECONDS = 6;

    private static final String BELOW = "1000000000";

    /** In the order in which {@link #value} takes their sums. */
    static final List<Part> PARTS = List.of(
            field("year", "integer", ColumnFactory.BIGINT, 0),
            field("month", "integer", ColumnFactory.BIGINT, 0),
            field("day", "integer", ColumnFactory.BIGINT, 0),
            field("epoch", "numeric(38,6)", ColumnFactory.NUMERIC, MICROSECONDS),
            new Part(
                    List.of(
                            "CASE WHEN NOT isfinite(",
                            ") THEN CASE WHEN ",
                            " > interval '0' THEN 1 ELSE " + BELOW + " END END"),
                    ColumnFactory.BIGINT,
                    0));

    /** No constant: before version 17 PostgreSQL would refuse it. */
    private static final String INFINITE = "concat('infinity')::interval";

    private IntervalSum() {}

    private static Part field(String name, String type, SqlType sum, int scale) {
        return new Part(
                List.of("CASE WHEN isfinite(", ") THEN extract(" + name + " FROM ", ")::" + type + " END"), sum, scale);
    }

    /** The interval that has these sums; with infinite ones of both signs the error of PostgreSQL's own sum. */
    static Expression value(List<Expression> sums) {
        Expression years = sums.get(0);
        Expression months = sums.get(1);
        Expression days = sums.get(2);
        Expression epoch = sums.get(3);
        Expression infinite = sums.get(4);
        Expression seconds = new Template(
                List.of("(", " - ", " * 31557600::numeric - ", " * 2592000::numeric - ", " * 86400::numeric)"),
                List.of(epoch, years, months, days));
        Expression finite = new Template(
                List.of(
                        "((",
                        " * 12 + ",
                        ")::double precision * interval '1 month' + ",
                        "::double precision * interval '1 day' + trunc(",
                        " / 3600::numeric)::double precision * interval '1 hour' + mod(",
                        ", 3600::numeric)::double precision * interval '1 second')"),
                List.of(years, months, days, seconds, seconds));
        return new Template(
                List.of(
                        "CASE WHEN ",
                        " = 0 THEN ",
                        " WHEN ",
                        " < " + BELOW + " THEN " + INFINITE + " WHEN ",
                        " % " + BELOW + " = 0 THEN - " + INFINITE + " ELSE " + INFINITE + " - " + INFINITE + " END"),
                List.of(infinite, finite, infinite, infinite));
    }
}
