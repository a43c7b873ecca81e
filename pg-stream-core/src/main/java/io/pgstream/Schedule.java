package io.pgstream;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.scheduling.support.CronExpression;

/**
 * When a stream table is refreshed.
 *
 * @since 0.1.0
 */
public sealed interface Schedule {

    /** The text that stands for {@link Calculated}. */
    String CALCULATED = "calculated";

    /** The text that stands for {@link Live}. */
    String LIVE = "live";

    /** The text that stands for {@link Manual}. */
    String MANUAL = "manual";

    /**
     * Reads a schedule.
     *
     * @param text {@code 30s}, {@code 1h30m} (units {@code ms s m h d w}), an ISO-8601 duration, a cron expression of 5
     *     or 6 fields, an alias such as {@code @hourly}, {@code live}, {@code calculated}, or {@code manual}
     * @return the schedule
     * @throws InvalidDefinitionException if the text is none of these
     */
    static Schedule parse(String text) {
        String trimmed = text.trim();
        if (trimmed.equalsIgnoreCase(CALCULATED)) {
            return new Calculated();
        }
        if (trimmed.equalsIgnoreCase(LIVE)) {
            return new Live();
        }
        if (trimmed.equalsIgnoreCase(MANUAL)) {
            return new Manual();
        }
        if (trimmed.startsWith("@") || trimmed.contains(" ")) {
            return new Cron(trimmed);
        }
        return new Every(Durations.parse(trimmed));
    }

    /**
     * The schedule as text that {@link #parse(String)} reads.
     *
     * @return the text
     */
    String text();

    /**
     * A fixed longest age of the data.
     *
     * @param interval how old the data may become; positive
     */
    record Every(Duration interval) implements Schedule {

        public Every {
            if (interval.isZero() || interval.isNegative()) {
                throw invalid(interval.toString(), "a duration is positive");
            }
        }

        @Override
        public String text() {
            return Durations.format(interval);
        }
    }

    /**
     * Points in time.
     *
     * @param expression a cron expression of 5 or 6 fields, or an alias such as {@code @hourly}
     */
    record Cron(String expression) implements Schedule {

        public Cron {
            try {
                CronExpression.parse(withSeconds(expression));
            } catch (IllegalArgumentException e) {
                throw invalid(expression, String.valueOf(e.getMessage()));
            }
        }

        /**
         * The expression with a field for seconds, as Spring reads it.
         *
         * @return a cron expression of 6 fields, or an alias
         */
        public String sixFields() {
            return withSeconds(expression);
        }

        private static String withSeconds(String expression) {
            return (!expression.startsWith("@") && expression.trim().split("\\s+").length == 5)
                    ? "0 " + expression.trim()
                    : expression;
        }

        @Override
        public String text() {
            return expression;
        }
    }

    /** As often as the tightest of the stream tables that read this one. */
    record Calculated() implements Schedule {

        @Override
        public String text() {
            return CALCULATED;
        }
    }

    /** After each commit that changes what the table reads, within milliseconds. */
    record Live() implements Schedule {

        @Override
        public String text() {
            return LIVE;
        }
    }

    /** Never by the clock, only on request. */
    record Manual() implements Schedule {

        @Override
        public String text() {
            return MANUAL;
        }
    }

    private static InvalidDefinitionException invalid(String text, String why) {
        return new InvalidDefinitionException(
                ErrorCode.INVALID_SCHEDULE,
                "'" + text + "' is not a schedule: " + why + ".",
                "Write a duration such as 30s, 5m or 1h30m, a cron expression such as '*/5 * * * *', an alias such as"
                        + " @hourly, 'live', 'calculated', or 'manual'.");
    }

    /** Reads and writes compound durations. */
    final class Durations {

        private static final Pattern COMPOUND = Pattern.compile("(?:\\d+(?:ms|[smhdw]))+");

        private static final Pattern ITEM = Pattern.compile("(\\d+)(ms|[smhdw])");

        private Durations() {}

        static Duration parse(String text) {
            String lower = text.toLowerCase(Locale.ROOT);
            try {
                if (COMPOUND.matcher(lower).matches()) {
                    Duration sum = Duration.ZERO;
                    Matcher items = ITEM.matcher(lower);
                    while (items.find()) {
                        sum = sum.plus(item(Long.parseLong(items.group(1)), items.group(2)));
                    }
                    return sum;
                }
                return Duration.parse(text);
            } catch (java.time.DateTimeException | ArithmeticException | NumberFormatException e) {
                throw invalid(text, "it is neither a duration nor a cron expression");
            }
        }

        private static Duration item(long amount, String unit) {
            return switch (unit) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                case "d" -> Duration.ofDays(amount);
                default -> Duration.ofDays(Math.multiplyExact(amount, 7));
            };
        }

        static String format(Duration duration) {
            StringBuilder text = new StringBuilder();
            append(text, duration.toDays(), "d");
            append(text, duration.toHoursPart(), "h");
            append(text, duration.toMinutesPart(), "m");
            append(text, duration.toSecondsPart(), "s");
            append(text, duration.toMillisPart(), "ms");
            return text.toString();
        }

        private static void append(StringBuilder text, long amount, String unit) {
            if (amount > 0) {
                text.append(amount).append(unit);
            }
        }
    }
}
