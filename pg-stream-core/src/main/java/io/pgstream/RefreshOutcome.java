package io.pgstream;

/**
 * What a refresh did.
 *
 * @since 0.1.0
 */
public enum RefreshOutcome {

    /** No source had changed: nothing was written. */
    NO_DATA,

    /** The changes of the sources were applied. */
    DIFFERENTIAL,

    /** The query was run and the rows that differed were written. */
    FULL,

    /** Nothing was done, because another instance was refreshing the same table. */
    SKIPPED
}
