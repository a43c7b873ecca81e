package io.pgstream.analyze;

/**
 * How many values have each display scale, as one number that can be added to and subtracted from: a value of scale
 * <i>s</i> counts 10<sup>18 s</sup>, so that the count of each scale has 18 digits of its own, and the largest scale that
 * occurs follows from the number of digits. A display scale is what distinguishes 1.0 from 1.00: PostgreSQL displays a sum
 * with the largest one among the values, and divides by it.
 *
 * <p>Values of larger scales, infinities and NaN count at a place above all others.
 *
 * @since 0.1.0
 */
public final class ScaleCounts {

    private static final int DIGITS = 18;

    private static final int LARGEST = 16;

    /** Before and after the counts in an expression for the largest scale that occurs. */
    static final String LARGEST_BEFORE = "(length(";

    static final String LARGEST_AFTER = "::text) - 1) / " + DIGITS;

    private ScaleCounts() {}

    /** What a value counts; NULL for NULL. */
    public static String of(String x) {
        return "CASE WHEN " + followed(x) + " THEN ('1e' || " + DIGITS + " * scale(" + x + "))::numeric WHEN " + x
                + " IS NOT NULL THEN " + unfollowed() + " END";
    }

    /** Whether a value has a scale that is counted at its own place. */
    public static String followed(String x) {
        return "scale(" + x + ") <= " + LARGEST;
    }

    /** Whether these counts have a value at the place above all others. */
    public static String unfollowed(String counts) {
        return counts + " >= " + unfollowed();
    }

    private static String unfollowed() {
        return "'1e" + DIGITS * (LARGEST + 1) + "'::numeric";
    }
}
