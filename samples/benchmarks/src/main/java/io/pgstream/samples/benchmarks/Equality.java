package io.pgstream.samples.benchmarks;

import java.util.concurrent.atomic.AtomicLong;

/** Compares a table with its query, as bags: sums are exact in this data, so that equal means equal. */
final class Equality {

    private Equality() {}

    static void check(Database database, Shape shape, Contender contender) {
        check(database, shape, shape.query(), contender);
    }

    /** The same against a table, or a query in parentheses, that holds the result. */
    static void check(Database database, MaintainedQuery query, String expected, Contender contender) {
        long differences = count(database, expected, contender.relation());
        if (differences != 0) {
            throw new IllegalStateException(contender.label() + " of " + query.label() + " differs from its query in "
                    + differences + " rows.");
        }
    }

    /**
     * The same by the number of rows and the sum of their hashes, in a fifth of the time: between two comparisons row by row
     * it tells in which round something went wrong.
     */
    static void checkSums(Database database, Shape shape, Contender contender) {
        String sums = "SELECT count(*) || ' ' || coalesce(sum(hash_record_extended(ROW(q.*), 0)), 0) FROM (%s) AS q";
        String expected = database.text(sums.formatted(shape.query()));
        if (!expected.equals(database.text(sums.formatted("SELECT * FROM " + contender.relation())))) {
            throw new IllegalStateException(contender.label() + " of " + shape.label() + " differs from its query.");
        }
    }

    private static long count(Database database, String query, String relation) {
        AtomicLong differences = new AtomicLong();
        database.inTransaction(() -> {
            // Enough to compare a million rows by hash; the contenders keep the setting that is printed.
            database.execute("SET LOCAL work_mem = '1GB'");
            differences.set(database.number("""
                    WITH query AS MATERIALIZED (%1$s)
                    SELECT (SELECT count(*) FROM (SELECT * FROM query EXCEPT ALL SELECT * FROM %2$s) AS missing)
                         + (SELECT count(*) FROM (SELECT * FROM %2$s EXCEPT ALL SELECT * FROM query) AS unexpected)""".formatted(query, relation)));
        });
        return differences.get();
    }
}
