package io.pgstream.samples.benchmarks;

import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** Connections that write at the same time, each in a thread of its own. */
final class Writers implements AutoCloseable {

    private final List<Database> connections;

    private final ExecutorService threads;

    Writers(Server server, int number) {
        this.connections =
                IntStream.range(0, number).mapToObj(i -> server.connect()).toList();
        this.threads = Executors.newFixedThreadPool(number);
    }

    int size() {
        return connections.size();
    }

    /** Lets every writer do its share; returns the mean time of one statement as a writer sees it. */
    double time(WriteLoad load, String statement, String table) {
        List<Callable<Double>> tasks = new ArrayList<>();
        for (int i = 0; i < connections.size(); i++) {
            int writer = i;
            tasks.add(() -> write(load, statement, table, writer));
        }
        try {
            double sum = 0;
            for (Future<Double> done : threads.invokeAll(tasks)) {
                sum += done.get();
            }
            return sum / connections.size();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The benchmark was interrupted.", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("A writer failed: " + e.getMessage(), e);
        }
    }

    private double write(WriteLoad load, String statement, String table, int writer) throws Exception {
        try (PreparedStatement prepared =
                connections.get(writer).connection().prepareStatement(load.sql(statement, table))) {
            long start = System.nanoTime();
            load.execute(prepared, writer);
            return (System.nanoTime() - start) / 1e6 / load.statements();
        }
    }

    @Override
    public void close() {
        threads.shutdown();
        connections.forEach(Database::close);
    }
}
