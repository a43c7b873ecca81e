package io.pgstream;

/**
 * The stable codes of everything that pg-stream refuses or fails at; the reference documents each.
 *
 * @since 0.1.0
 */
public enum ErrorCode {
    /** A name that is not one or two SQL identifiers. */
    INVALID_NAME,
    /** A schedule that is neither a duration, nor a cron expression, nor {@code calculated}. */
    INVALID_SCHEDULE,
    /** A query that PostgreSQL does not accept; its message and position are kept. */
    INVALID_QUERY,
    /** An option with a value out of its range. */
    INVALID_OPTION,
    /** Two definitions of one name. */
    DUPLICATE_DEFINITION,
    /** A declared definition differs from the stored one, and changes are refused. */
    DEFINITION_CHANGED,
    /** A relation of that name exists and is not this stream table. */
    NAME_TAKEN,
    /** There is no stream table of that name. */
    NOT_FOUND,
    /** Stream tables that read each other in a circle. */
    DEPENDENCY_CYCLE,
    /** A stream table that another one reads cannot be dropped. */
    HAS_DEPENDANTS,
    /** A query that cannot be maintained in the requested mode. */
    UNSUPPORTED_QUERY,
    /** The role lacks a privilege, which is named. */
    MISSING_PRIVILEGE,
    /** The server is a read-only standby, or the session is read-only. */
    READ_ONLY_SERVER,
    /** The server cannot be reached, or the connection broke. */
    SERVER_UNAVAILABLE,
    /** A version of PostgreSQL outside of 15 to 18. */
    UNSUPPORTED_SERVER,
    /** A lock could not be had in time. */
    LOCK_TIMEOUT,
    /** A source of the stream table is gone or no longer fits its query. */
    SOURCE_CHANGED,
    /** A table that the query reads has row-level security. */
    ROW_SECURITY,
    /** The table itself was altered, dropped or constrained, not through pg-stream. */
    TARGET_ALTERED,
    /** A refresh failed; the SQLSTATE says why. */
    REFRESH_FAILED,
    /** The call would wait for its own caller. */
    WOULD_WAIT_FOR_CALLER,
    /** A mistake of pg-stream's own. */
    BUG
}
