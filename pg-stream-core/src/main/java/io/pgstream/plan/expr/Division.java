package io.pgstream.plan.expr;

import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Divisions by what may be 0. They are looked for in PostgreSQL's text, with a number in place of each column that cannot be the cause; text
 * that only looks like one costs some work, and nothing else.
 *
 * @since 0.1.0
 */
public final class Division {

    private static final Pattern TEXT = Pattern.compile("'(?![0-9.])[^']*'");

    private static final String UNKNOWN = "c";

    private static final String KNOWN = "1";

    /** A division whose divisor does not begin with a number other than 0. */
    private static final Pattern DIVISION =
            Pattern.compile("[/%](?!\\s*\\(*'?[0-9.]*[1-9])|\\b(?:div|mod)\\(", Pattern.CASE_INSENSITIVE);

    private Division() {}

    /** Whether an expression divides by anything that may be 0. */
    public static boolean mayFail(Expression expression) {
        return mayFail(expression, column -> true);
    }

    /** Whether an expression divides by one of these columns. */
    public static boolean mayFail(Expression expression, Predicate<Column> suspected) {
        String text = expression.sql(column -> suspected.test(column) ? UNKNOWN : KNOWN);
        return DIVISION.matcher(TEXT.matcher(text).replaceAll("")).find();
    }
}
