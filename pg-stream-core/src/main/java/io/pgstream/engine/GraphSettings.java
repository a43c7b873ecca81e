package io.pgstream.engine;

/**
 * How stream tables that depend on each other are refreshed.
 *
 * @param diamondConsistency whether those between a table and a reader that reaches it on several ways are refreshed at one
 *     snapshot
 * @param diamondPolicy when such a group is due
 * @param allowCircular whether stream tables may read each other in a circle, if all that is between them is monotone
 * @param maxIterations in how many rounds such a circle must come to an end
 * @since 0.1.0
 */
public record GraphSettings(
        Consistency diamondConsistency, Policy diamondPolicy, boolean allowCircular, int maxIterations) {

    /** In how many rounds a circle must come to an end, unless something else is said. */
    public static final int MAX_ITERATIONS = 100;

    /** Without circles. */
    public GraphSettings(Consistency diamondConsistency, Policy diamondPolicy) {
        this(diamondConsistency, diamondPolicy, false, MAX_ITERATIONS);
    }

    /** Whether the members of a diamond are refreshed at one snapshot. */
    public enum Consistency {

        /** In one transaction, all or none. */
        ATOMIC,

        /** Each for itself. */
        NONE
    }

    /** When the members of a diamond are due. */
    public enum Policy {

        /** As soon as one of them is. */
        FASTEST,

        /** As soon as all of them are. */
        SLOWEST
    }

    /**
     * The defaults.
     *
     * @return settings
     */
    public static GraphSettings defaults() {
        return new GraphSettings(Consistency.ATOMIC, Policy.FASTEST);
    }

    /**
     * These settings, with or without circles.
     *
     * @param allowed whether stream tables may read each other in a circle
     * @param rounds in how many rounds such a circle must come to an end
     * @return settings
     */
    public GraphSettings withCircles(boolean allowed, int rounds) {
        return new GraphSettings(diamondConsistency, diamondPolicy, allowed, rounds);
    }
}
