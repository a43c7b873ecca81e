package io.pgstream.support;

/**
 * Question marks in SQL that goes through the driver.
 *
 * @since 0.1.0
 */
public final class QuestionMarks {

    private QuestionMarks() {}

    /**
     * Doubles those that are operators, which the driver would take for parameters. In quotes they stay: there the driver
     * leaves them alone, and a doubled one would be another value.
     *
     * @param sql text that does not begin inside of quotes
     */
    public static String escaped(String sql) {
        return changed(sql, true);
    }

    /** Undoes {@link #escaped}, for SQL that reaches the server inside of quotes. */
    public static String unescaped(String sql) {
        return changed(sql, false);
    }

    private static String changed(String sql, boolean doubled) {
        if (sql.indexOf('?') < 0) {
            return sql;
        }
        boolean half = false;
        StringBuilder result = new StringBuilder();
        char quote = 0;
        for (char c : sql.toCharArray()) {
            if (quote == 0 && (c == '\'' || c == '"')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            }
            result.append(c);
            if (c == '?' && quote == 0 && doubled) {
                result.append('?');
            } else if (c == '?' && quote == 0) {
                half = !half;
                result.setLength(half ? result.length() : result.length() - 1);
            }
        }
        return result.toString();
    }
}
