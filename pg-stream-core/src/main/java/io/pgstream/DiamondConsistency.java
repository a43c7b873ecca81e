package io.pgstream;

/**
 * Whether a stream table that is between a table and a reader that reaches it on several ways is refreshed with the others at
 * one snapshot. Where they differ, the strictest wins.
 *
 * @since 0.1.0
 */
public enum DiamondConsistency {
    /** As {@code pg-stream.diamond-consistency} says. */
    DEFAULT,
    /** In one transaction, all or none. */
    ATOMIC,
    /** Each for itself, unless another table of the diamond is {@link #ATOMIC}. */
    NONE
}
