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
    /** A record that is declared as the rows of a stream table does not fit the columns of its query. */
    ROW_TYPE_MISMATCH,
    /** A relation of that name exists and is not this stream table. */
    NAME_TAKEN,
    /** There is no stream table of that name. */
    NOT_FOUND,
    /** Stream tables that read each other in a circle. */
    DEPENDENCY_CYCLE,
    /** Stream tables that read each other in a circle through something that is not monotone. */
    CYCLE_NOT_MONOTONE,
    /** Stream tables that read each other in a circle and find new rows in every round. */
    NO_FIXED_POINT,
    /** A stream table that another one reads cannot be dropped. */
    HAS_DEPENDANTS,
    /** A query that cannot be maintained in the requested mode. */
    UNSUPPORTED_QUERY,
    /** The query samples a table, by chance. */
    TABLE_SAMPLE,
    /** The query locks the rows that it reads. */
    ROW_LOCKS,
    /** The query cuts off rows that no order tells apart. */
    LIMIT_WITHOUT_ORDER,
    /** The query calls what gives another result each time. */
    VOLATILE_EXPRESSION,
    /** The query reads something whose changes cannot be captured. */
    UNCAPTURED_SOURCE,
    /** The query has columns that only SEARCH or CYCLE of WITH RECURSIVE can make. */
    SEARCH_OR_CYCLE,
    /** The query has more grouping sets than are maintained one by one. */
    TOO_MANY_GROUPING_SETS,
    /** The server gives results for the query that depend on its plan. */
    SERVER_BUG,
    /** The result of the query depends on who reads it. */
    READER_DEPENDENT,
    /** The query reads a catalog of the server. */
    SYSTEM_CATALOG,
    /** The query reads a table that only one session sees. */
    TEMPORARY_TABLE,
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
