package io.pgstream;

/**
 * Who asked for a refresh.
 *
 * @since 0.1.0
 */
public enum RefreshTrigger {

    /** The clock. */
    SCHEDULE,

    /** A caller. */
    REQUEST,

    /** A caller who wants every row compared. */
    FULL_REQUEST
}
