package io.pgstream.samples.benchmarks;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.engine.StreamTableEngine;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Part (f): fresh reads. With changes that no refresh has applied yet, a read of the fresh view of a stream table is held
 * against running the query.
 */
final class FreshReadBenchmark {

    static final String PART = "f";

    static final String FRESH = "fresh read";

    static final String QUERY = "the query";

    private static final int CHANGES = 1_000;

    private static final int READS_BEFORE = 10;

    private final Database database;

    private final StreamTableEngine engine;

    private final long rows;

    private final int reads;

    FreshReadBenchmark(Database database, StreamTableEngine engine, Options options) {
        this.database = database;
        this.engine = engine;
        this.rows = options.largest();
        this.reads = Math.max(options.repetitions(), 1) * 4;
    }

    void run(Consumer<Measurement> results) {
        database.execute("CREATE TABLE fresh_sale (id bigint PRIMARY KEY, kind int NOT NULL, customer int NOT NULL,"
                + " amount numeric(12, 2) NOT NULL)");
        database.execute("INSERT INTO fresh_sale SELECT i, i % 100, i % 10000, (i::bigint * 7919) % 1000003 FROM"
                + " generate_series(1, " + rows + ") AS i");
        database.execute("VACUUM ANALYZE fresh_sale");
        measure(
                "aggregate",
                "SELECT kind, count(*) AS n, sum(amount) AS amount FROM fresh_sale GROUP BY kind",
                "",
                results);
        measure("top-k", "SELECT id, amount FROM fresh_sale ORDER BY amount DESC, id LIMIT 10", "", results);
        measure(
                "keyed look-up",
                "SELECT customer, count(*) AS n, sum(amount) AS amount FROM fresh_sale GROUP BY customer",
                " WHERE customer = 4711",
                results);
        database.execute("DROP TABLE fresh_sale");
    }

    private void measure(String subject, String query, String condition, Consumer<Measurement> results) {
        String name = "streamtables.fresh_" + subject.replaceAll("[^a-z]", "_");
        engine.create(StreamTableDefinition.of(name, query)
                .withMode(RefreshMode.DIFFERENTIAL)
                .withSchedule("manual"));
        String view = engine.createFreshView(name).toString();
        database.execute("UPDATE fresh_sale SET amount = amount + 1 WHERE id % (" + rows + " / " + CHANGES + ") = 0");
        String fresh = "SELECT * FROM " + view + condition;
        String whole = "SELECT * FROM (" + query + ") AS q" + condition;
        String differing = database.text("SELECT count(*) FROM ((" + fresh + " EXCEPT ALL " + whole + ") UNION ALL ("
                + whole + " EXCEPT ALL " + fresh + ")) AS d");
        String note = differing.equals("0") ? "equal" : "DIFFERENT";
        results.accept(new Measurement(PART, subject, rows, CHANGES, 1, FRESH, times(fresh), note));
        results.accept(new Measurement(PART, subject, rows, CHANGES, 1, QUERY, times(whole), ""));
        engine.drop(name);
    }

    private List<Double> times(String sql) {
        List<Double> times = new ArrayList<>();
        try (PreparedStatement statement = database.connection().prepareStatement(sql)) {
            for (int i = -READS_BEFORE; i < reads; i++) {
                long start = System.nanoTime();
                try (ResultSet rowsRead = statement.executeQuery()) {
                    while (rowsRead.next()) {
                        rowsRead.getObject(1);
                    }
                }
                if (i >= 0) {
                    times.add((System.nanoTime() - start) / 1e6);
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The server refused: " + e.getMessage() + "\n" + sql, e);
        }
        return times;
    }
}
