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
    FULL,

    /**
     * Within each statement on a source, by functions in the database: after the statement the table is right, also for the
     * transaction itself, whether or not the application runs. There is nothing to schedule.
     */
    IMMEDIATE,

    /**
     * Once for each transaction, at its commit, by functions in the database: what others see is never behind, and a writer
     * holds the table's lock only for the end of its transaction. There is nothing to schedule.
     */
    ON_COMMIT;

    /**
     * Whether the table is maintained in the transactions of those who write to its sources.
     *
     * @return whether there are no refreshes
     */
    public boolean synchronous() {
        return this == IMMEDIATE || this == ON_COMMIT;
    }
}
