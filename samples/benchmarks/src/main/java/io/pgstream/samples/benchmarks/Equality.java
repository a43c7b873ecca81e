package io.pgstream.samples.benchmarks;

import java.util.concurrent.atomic.AtomicLong;

/** Compares a table with its query, as bags: sums are exact in this data, so that equal means equal. */
final class Equality {

    private Equality() {}

    static void check(Database database, Shape shape, Contender contender) {
        long differences = count(database, shape.query(), contender.relation());
        if (differences != 0) {
            throw new IllegalStateException(contender.label() + " of " + shape.label() + " differs from its query in "
                    + differences + " rows.");
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
