package io.pgstream;

/**
 * The state of a stream table's life.
 *
 * @since 0.1.0
 */
public enum StreamTableStatus {

    /** Created, but its first load has not succeeded yet; a refresh retries it. */
    INITIALIZING,

    /** Refreshed on its schedule. */
    ACTIVE,

    /** Paused by a person, until resumed. */
    SUSPENDED,

    /** Paused by the engine after repeated failure, until resumed. */
    ERROR
}
