package io.pgstream.samples.benchmarks;

import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableOperations;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/**
 * One writer that commits events at a set rate while others refresh all the time. Fresh is a batch, for a table, when the
 * first refresh returns that began after its commit: a reader can see it a little earlier, when the refresh in whose
 * snapshot it is commits.
 */
final class FreshnessTrial {

    /** What a trial tries to keep. */
    static final double LIMIT_MILLISECONDS = 1000;

    /** A batch is at least as long, and longer where the writer cannot keep up. */
    private static final long BATCH_NANOS = 20_000_000;

    private static final long PAUSE_NANOS = 500_000;

    private static final double WARM_UP = 0.1;

    /** A writer that falls behind by more has not kept the rate; a short pause is none of the rate's. */
    private static final double KEPT = 0.97;

    private static final double PAUSE_SECONDS = 0.15;

    private final Database writer;

    private final NexmarkEvents events;

    private final StreamTableOperations operations;

    private final List<String> tables;

    private final int refreshers;

    FreshnessTrial(
            Database writer,
            NexmarkEvents events,
            StreamTableOperations operations,
            List<String> tables,
            int refreshers) {
        this.writer = writer;
        this.events = events;
        this.operations = operations;
        this.tables = List.copyOf(tables);
        this.refreshers = Math.min(refreshers, tables.size());
    }

    /**
     * How a trial went.
     *
     * @param rate the events in a second that were written
     * @param kept whether these were as many as wanted
     * @param median the freshness of the table that is worst in it, in milliseconds
     * @param p99 the 99th percentile of the freshness of the table that is worst in it
     * @param refreshes how many refreshes did something
     * @param full how many of them were full ones
     */
    record Result(double rate, boolean kept, double median, double p99, int refreshes, int full) {

        boolean sustained() {
            return kept && p99 <= LIMIT_MILLISECONDS;
        }
    }

    /** Runs for a time, or until it is clear that the rate is too high, and then until all tables are fresh. */
    Result run(int rate, double seconds) {
        Course course = new Course(rate, seconds);
        ExecutorService threads = Executors.newFixedThreadPool(refreshers + 1);
        try {
            List<Future<Refreshed>> running = new ArrayList<>();
            for (int i = 0; i < refreshers; i++) {
                int first = i;
                running.add(threads.submit(() -> refresh(course, first)));
            }
            double took = threads.submit(() -> write(course)).get();
            List<Refreshed> refreshed = new ArrayList<>();
            for (Future<Refreshed> one : running) {
                refreshed.add(one.get());
            }
            return result(course, took, refreshed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The benchmark was interrupted.", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("A trial failed: " + e.getMessage(), e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static Result result(Course course, double took, List<Refreshed> refreshed) {
        double median = 0;
        double p99 = 0;
        int refreshes = 0;
        int full = 0;
        for (Refreshed one : refreshed) {
            for (List<Double> ages : one.ages()) {
                median = Math.max(median, course.quantile(ages, 0.5));
                p99 = Math.max(p99, course.quantile(ages, 0.99));
            }
            refreshes += one.refreshes();
            full += one.full();
        }
        boolean kept = !course.overloaded && took * KEPT - PAUSE_SECONDS <= course.seconds;
        return new Result(course.written() / took, kept, median, p99, refreshes, full);
    }

    /** What the threads know of each other; the writer alone writes times and sizes, and then their number. */
    private static final class Course {

        private final int rate;

        private final double seconds;

        private final long[] committedAt;

        private final long[] sizes;

        private volatile int committed;

        private volatile boolean overloaded;

        private volatile boolean ended;

        Course(int rate, double seconds) {
            this.rate = rate;
            this.seconds = seconds;
            int most = (int) Math.ceil(seconds * 1e9 / BATCH_NANOS) + 2;
            this.committedAt = new long[most];
            this.sizes = new long[most];
        }

        long written() {
            return LongStream.of(sizes).sum();
        }

        /** A quantile over the events, of what is known by batch. */
        double quantile(List<Double> ages, double share) {
            double[] weights = new double[ages.size()];
            for (int i = 0; i < weights.length; i++) {
                // The first part of a trial does not count: it begins with nothing to do.
                weights[i] = (i < ages.size() * WARM_UP) ? 0 : sizes[i];
            }
            return Statistics.quantile(ages, weights, share);
        }
    }

    /** Commits what is due, again and again; returns how many seconds it took. */
    private double write(Course course) {
        try {
            long start = System.nanoTime();
            long written = 0;
            int batches = 0;
            double elapsed = 0;
            while (elapsed < course.seconds && !course.overloaded) {
                LockSupport.parkNanos(start + batches * BATCH_NANOS - System.nanoTime());
                elapsed = (System.nanoTime() - start) / 1e9;
                long due = Math.round(course.rate * Math.min(elapsed, course.seconds)) - written;
                if (due > 0) {
                    events.append(writer, due);
                    written += due;
                    course.sizes[batches] = due;
                    course.committedAt[batches++] = System.nanoTime();
                    course.committed = batches;
                } else {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
            return (System.nanoTime() - start) / 1e9;
        } finally {
            course.ended = true;
        }
    }

    /** The freshness of each batch by table, and what the refreshes did. */
    private record Refreshed(List<List<Double>> ages, int refreshes, int full) {}

    private Refreshed refresh(Course course, int first) {
        List<List<Double>> ages = new ArrayList<>();
        tables.forEach(table -> ages.add(new ArrayList<>()));
        int[] fresh = new int[tables.size()];
        int refreshes = 0;
        int full = 0;
        boolean more = true;
        while (more) {
            // Once it has ended, one more round sees all that was committed.
            more = !course.ended;
            boolean idle = true;
            for (int i = first; i < tables.size(); i += refreshers) {
                int committed = course.committed;
                if (committed > fresh[i]) {
                    idle = false;
                    RefreshOutcome outcome = operations.refresh(tables.get(i)).outcome();
                    refreshes += outcome == RefreshOutcome.NO_DATA ? 0 : 1;
                    full += outcome == RefreshOutcome.FULL ? 1 : 0;
                    count(course, ages.get(i), fresh[i], committed);
                    fresh[i] = committed;
                }
            }
            if (idle) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        return new Refreshed(ages, refreshes, full);
    }

    private static void count(Course course, List<Double> ages, int from, int to) {
        long now = System.nanoTime();
        for (int batch = from; batch < to; batch++) {
            double age = (now - course.committedAt[batch]) / 1e6;
            if (age > 2 * LIMIT_MILLISECONDS) {
                course.overloaded = true;
            }
            ages.add(age);
        }
    }
}
