package io.pgstream.samples.benchmarks;

/** One way to keep the result of a query in a table. */
interface Contender {

    String label();

    /** The table that holds the result. */
    String relation();

    /** Makes the table with the current result, and what the contender needs beside it. */
    void create();

    /** Brings the table up to date. This is what is timed. */
    void refresh();

    /** Prepares the next round, outside of what is timed. */
    default void afterRound() {}

    void drop();
}
