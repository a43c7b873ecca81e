package io.pgstream.samples.benchmarks;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableOperations;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Part (c): what a refresh costs that finds nothing to do. */
final class IdleBenchmark {

    static final String FROM_JAVA = "from Java";

    static final String IN_DATABASE = "in the database";

    private final Database database;

    private final StreamTableOperations operations;

    private final SampleData data;

    private final long rows;

    private final int rounds;

    private final int refreshes;

    IdleBenchmark(Database database, StreamTableOperations operations, long rows, int rounds, int refreshes) {
        this.database = database;
        this.operations = operations;
        this.data = new SampleData(database);
        this.rows = rows;
        this.rounds = rounds;
        this.refreshes = refreshes;
    }

    void run(List<Shape> shapes, Consumer<Measurement> results) {
        data.load(rows);
        for (Shape shape : shapes) {
            Contender table = new StreamTableContender(operations, shape, RefreshMode.DIFFERENTIAL);
            table.create();
            try {
                measure(shape, table, results);
            } finally {
                table.drop();
            }
        }
    }

    private void measure(Shape shape, Contender table, Consumer<Measurement> results) {
        RefreshOutcome outcome = RefreshOutcome.NO_DATA;
        for (int i = 0; i < refreshes; i++) {
            outcome = operations.refresh(table.relation()).outcome();
        }
        List<Double> fromJava = new ArrayList<>();
        List<Double> inDatabase = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            double before = activeMilliseconds(table);
            for (int i = 0; i < refreshes; i++) {
                long start = System.nanoTime();
                table.refresh();
                fromJava.add((System.nanoTime() - start) / 1e6);
            }
            inDatabase.add((activeMilliseconds(table) - before) / (refreshes + 1));
        }
        results.accept(
                new Measurement("c", shape.label(), rows, 0, 1, FROM_JAVA, percentiles(fromJava), outcome.name()));
        results.accept(new Measurement("c", shape.label(), rows, 0, 1, IN_DATABASE, inDatabase, outcome.name()));
    }

    /** Five values whose median is the median of all: thousands of values would only fill the file. */
    private static List<Double> percentiles(List<Double> times) {
        return List.of(
                Statistics.quantile(times, 0.05),
                Statistics.quantile(times, 0.25),
                Statistics.quantile(times, 0.5),
                Statistics.quantile(times, 0.75),
                Statistics.quantile(times, 0.95));
    }

    /**
     * The time that all statements in the database have taken. Sessions report it at the end of a transaction, at most
     * once a second: hence the pause and one more refresh.
     */
    private double activeMilliseconds(Contender table) {
        LockSupport.parkNanos(1_200_000_000L);
        table.refresh();
        return Double.parseDouble(
                database.text("SELECT active_time FROM pg_stat_database WHERE datname = current_database()"));
    }
}
