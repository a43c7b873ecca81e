package io.pgstream;

/**
 * What becomes of stream tables when pg-stream is removed from a database.
 *
 * @since 0.1.0
 */
public enum StreamTableFate {

    /** They stay as ordinary tables, with their rows, indexes and grants, and nothing refreshes them any more. */
    KEEP,

    /** They are dropped. */
    DROP
}
