package io.pgstream.parse;

import java.util.regex.Pattern;

/**
 * Finds what reads the clock and was not recognized. A tree that holds such a thing as plain text would take it for a
 * constant.
 *
 * @since 0.1.0
 */
public final class ClockRemains {

    /** A constant text that becomes a moment only when it is cast, at run time. */
    private static final Pattern LATE_CONSTANT = Pattern.compile(
            "'\\s*(now|today|tomorrow|yesterday)\\b[^']*'::(text|character varying|unknown|bpchar|name)\\)*::(date|time)",
            Pattern.CASE_INSENSITIVE);

    private ClockRemains() {}

    /** Whether SQL that was rendered of a tree has calls that the tree does not know of. */
    public static boolean inRendered(String sql) {
        return ClockFunctions.in(TextTree.of(sql));
    }

    /** Whether a canonical text casts words like {@code 'today'} when it runs. */
    public static boolean inConstants(String canonicalText) {
        return LATE_CONSTANT.matcher(canonicalText).find();
    }
}
