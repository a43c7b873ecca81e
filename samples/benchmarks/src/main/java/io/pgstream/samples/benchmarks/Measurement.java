package io.pgstream.samples.benchmarks;

import java.util.List;

/**
 * The times of one contender in one cell of a table.
 *
 * @param part the part of the benchmark
 * @param subject the query or the statement
 * @param rows the rows of the source
 * @param changed the percentage of rows that were changed, or the number of rows of a statement
 * @param writers how many connections wrote at the same time
 * @param contender who did it
 * @param milliseconds every counted round
 * @param note what it did, where that is worth knowing
 */
record Measurement(
        String part,
        String subject,
        long rows,
        double changed,
        int writers,
        String contender,
        List<Double> milliseconds,
        String note) {

    Measurement {
        milliseconds = List.copyOf(milliseconds);
    }

    double median() {
        return Statistics.median(milliseconds);
    }

    boolean sameCell(Measurement other) {
        return part.equals(other.part)
                && subject.equals(other.subject)
                && rows == other.rows
                && changed == other.changed
                && writers == other.writers
                && contender.equals(other.contender);
    }
}
