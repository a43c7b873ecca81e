package io.pgstream.oracle;

import io.pgstream.oracle.RandomExpression.Column;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Random conditions that read the clock. */
final class RandomClock {

    private static final List<String> INTERVALS =
            List.of("1 hour", "12 hours", "1 day", "2 days", "30 days", "1 month", "90 minutes");

    private static final List<String> MOVES = List.of(
            "1 hour",
            "12 hours",
            "-12 hours",
            "1 day",
            "-1 day",
            "30 days",
            "-30 days",
            "59 days",
            "5 minutes",
            "-1 hour");

    private final Random random;

    RandomClock(Random random) {
        this.random = random;
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** A statement that moves the clock. */
    String move() {
        return TestClock.move(pick(MOVES));
    }

    /** A condition over a column in scope, or {@code null} if none is a date or a time. */
    @Nullable
    String condition(List<Column> scope) {
        List<Column> fitting = scope.stream()
                .filter(column -> column.kind() == Kind.TIMESTAMPTZ || column.kind() == Kind.DATE)
                .toList();
        if (fitting.isEmpty()) {
            return random.nextInt(8) == 0 ? "CURRENT_DATE > date '2024-01-15'" : null;
        }
        Column column = pick(fitting);
        return (column.kind() == Kind.DATE) ? ofDate(column.sql()) : ofTime(column.sql());
    }

    private String interval() {
        return "interval '" + pick(INTERVALS) + "'";
    }

    private String operator() {
        return pick(List.of(" < ", " <= ", " > ", " >= "));
    }

    private String ofTime(String c) {
        return switch (random.nextInt(10)) {
            case 0 -> c + " BETWEEN now() - " + interval() + " AND now()";
            case 1 -> c + "::date = CURRENT_DATE";
            case 2 -> "now() - " + c + operator() + interval();
            case 3 -> c + operator() + "LOCALTIMESTAMP";
            case 4 -> "date_trunc('day', " + c + ") = date_trunc('day', now())";
            case 5 -> c + " + " + interval() + operator() + "CURRENT_TIMESTAMP";
            case 6 -> "now()" + operator() + c;
            default -> c + operator() + "now() - " + interval();
        };
    }

    private String ofDate(String c) {
        return switch (random.nextInt(8)) {
            case 0 -> c + " <> CURRENT_DATE";
            case 1 -> c + operator() + "CURRENT_DATE - " + random.nextInt(40);
            case 2 -> c + operator() + "now()";
            case 3 -> "CURRENT_DATE - " + c + operator() + random.nextInt(40);
            case 4 -> "extract(month from " + c + ") = extract(month from CURRENT_DATE)";
            case 5 -> c + " IN (CURRENT_DATE, CURRENT_DATE - 30, date '2024-01-01')";
            case 6 -> c + " BETWEEN CURRENT_DATE - 30 AND CURRENT_DATE";
            default -> c + " = CURRENT_DATE";
        };
    }
}
