package io.pgstream;

/**
 * When the tables of a diamond are due together. Where they differ, the slowest wins.
 *
 * @since 0.1.0
 */
public enum DiamondPolicy {
    /** As {@code pg-stream.diamond-policy} says. */
    DEFAULT,
    /** As soon as one of them is, unless another table of the diamond is {@link #SLOWEST}. */
    FASTEST,
    /** As soon as all of them are. */
    SLOWEST
}
