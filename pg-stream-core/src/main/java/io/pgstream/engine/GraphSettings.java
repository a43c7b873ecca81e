package io.pgstream.engine;

/**
 * How stream tables that depend on each other are refreshed.
 *
 * @param diamondConsistency whether those between a table and a reader that reaches it on several ways are refreshed at one
 *     snapshot
 * @param diamondPolicy when such a group is due
 * @since 0.1.0
 */
public record GraphSettings(Consistency diamondConsistency, Policy diamondPolicy) {

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
}
