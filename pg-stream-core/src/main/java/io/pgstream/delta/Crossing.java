package io.pgstream.delta;

import io.pgstream.parse.ClockUse;
import io.pgstream.plan.expr.Clock;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.List;

/**
 * Which rows the time between two refreshes can matter to: an expression {@code x < g(clock)} has another result only for
 * rows with x between g then and g now, and {@code x = g(clock)} only for those with one of the two. That holds for any g, and whichever
 * of the two times is the later one. What reads the clock in another way matters to all rows as soon as its value differs.
 */
final class Crossing {

    private Crossing() {}

    /** A condition that holds for every row of which one of the expressions may have changed. */
    static Expression condition(List<Expression> expressions) {
        List<Expression> alternatives = new ArrayList<>();
        for (Expression expression : expressions) {
            if (Clock.readBy(expression)) {
                ClockUse use = ClockUse.of(expression);
                use.boundaries().forEach(boundary -> alternatives.add(crossed(boundary)));
                use.values().forEach(value -> alternatives.add(differs(value)));
            }
        }
        List<Expression> distinct = alternatives.stream().distinct().toList();
        return (distinct.size() == 1) ? distinct.get(0) : joined(distinct, " OR ");
    }

    private static Expression crossed(ClockUse.Boundary boundary) {
        Expression now = boundary.moment();
        Expression then = Clock.previous(now);
        Expression side = boundary.side();
        return boundary.equality()
                ? new Template(
                        List.of("", " AND (", " = ", " OR ", " = ", ")"), List.of(differs(now), side, then, side, now))
                : new Template(
                        List.of("", " AND ", " >= LEAST(", ", ", ") AND ", " <= GREATEST(", ", ", ")"),
                        List.of(differs(now), side, then, now, side, then, now));
    }

    private static Expression differs(Expression value) {
        return new Template(List.of("", " IS DISTINCT FROM ", ""), List.of(value, Clock.previous(value)));
    }

    /** Whether all the conditions were true at the one time and not at the other. */
    static Expression flips(List<Expression> conditions) {
        Expression now = joined(conditions, " AND ");
        return new Template(List.of("(", " IS TRUE) <> (", " IS TRUE)"), List.of(now, Clock.previous(now)));
    }

    /** 1 for a row that comes with the time, -1 for one that goes. */
    static Expression direction(List<Expression> conditions) {
        return new Template(
                List.of("CASE WHEN ", " THEN 1::bigint ELSE -1::bigint END"), List.of(joined(conditions, " AND ")));
    }

    private static Expression joined(List<Expression> expressions, String separator) {
        List<String> fragments = new ArrayList<>();
        fragments.add("");
        for (int i = 1; i < expressions.size(); i++) {
            fragments.add(separator);
        }
        fragments.add("");
        return new Template(fragments, expressions);
    }
}
