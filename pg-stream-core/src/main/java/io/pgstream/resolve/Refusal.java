package io.pgstream.resolve;

import io.pgstream.ErrorCode;

/**
 * What is refused though PostgreSQL accepts it, each with an error code of the same name; the reference has a table of them.
 *
 * @since 0.1.0
 */
public enum Refusal {
    TABLE_SAMPLE(false, "Read the whole table, or choose rows by a condition on their values, such as id % 10 = 0."),
    ROW_LOCKS(false, "Leave FOR UPDATE or FOR SHARE out: a stream table holds copies."),
    LIMIT_WITHOUT_ORDER(false, "Add an ORDER BY that tells all rows apart."),
    VOLATILE_EXPRESSION(false, "Store the value in the source when its row is written, and read it from there."),
    UNCAPTURED_SOURCE(false, "Read the tables from which its rows come."),
    SEARCH_OR_CYCLE(false, "Carry the path in a column of the recursive query: path || id, and NOT id = ANY (path)."),
    TOO_MANY_GROUPING_SETS(false, "Name the sets that are needed by GROUPING SETS, or make several stream tables."),
    SERVER_BUG(false, "Leave the constant out of GROUP BY, or upgrade the server to PostgreSQL 18."),
    READER_DEPENDENT(true, "Keep the column that it is compared with, and compare in the query over the stream table."),
    SYSTEM_CATALOG(true, "Read ordinary tables only; query the catalog directly where it is needed."),
    TEMPORARY_TABLE(true, "Read an ordinary table."),
    ROW_SECURITY(
            true,
            "Read a table without row-level security, or DISABLE ROW LEVEL SECURITY on it and put the policies on the stream"
                    + " table.");

    private final boolean inEveryMode;

    private final String rewrite;

    Refusal(boolean inEveryMode, String rewrite) {
        this.inEveryMode = inEveryMode;
        this.rewrite = rewrite;
    }

    /** The error code. */
    public ErrorCode code() {
        return ErrorCode.valueOf(name());
    }

    /** Whether even FULL refuses it, and not only DIFFERENTIAL. */
    public boolean inEveryMode() {
        return inEveryMode;
    }

    /** What works instead, a sentence. */
    public String rewrite() {
        return rewrite;
    }
}
