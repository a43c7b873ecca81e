package io.pgstream;

/**
 * How a stream table is brought up to date.
 *
 * @since 0.1.0
 */
public enum RefreshMode {

    /** Differentially where the query allows it and it is cheaper, else by a full refresh; the reason is kept. */
    AUTO,

    /** Always by the changes of the sources; a query that cannot be differentiated is refused. */
    DIFFERENTIAL,

    /** Always by running the query, writing only the rows that differ. */
    FULL
}
