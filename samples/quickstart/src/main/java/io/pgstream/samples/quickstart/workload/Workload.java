package io.pgstream.samples.quickstart.workload;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Runs transactions at a chosen rate, on threads of its own. It starts last and stops first, and a transaction that has
 * begun is finished.
 */
public final class Workload implements SmartLifecycle {

    private static final Logger logger = LoggerFactory.getLogger(Workload.class);

    private static final Duration TICK = Duration.ofMillis(20);

    private static final Duration GRACE = Duration.ofSeconds(10);

    private static final int QUEUE_CAPACITY = 64;

    private final Supplier<Written> transaction;

    private final int writers;

    private final int maximumRate;

    private final LongAdder transactions = new LongAdder();

    private final LongAdder inserted = new LongAdder();

    private final LongAdder updated = new LongAdder();

    private final LongAdder deleted = new LongAdder();

    private final LongAdder conflicts = new LongAdder();

    private final LongAdder failures = new LongAdder();

    private final LongAdder skipped = new LongAdder();

    private volatile int rate;

    private volatile boolean paused;

    private @Nullable ScheduledExecutorService clock;

    private @Nullable ThreadPoolExecutor executor;

    Workload(Supplier<Written> transaction, int writers, int rate, int maximumRate) {
        this.transaction = transaction;
        this.writers = writers;
        this.rate = rate;
        this.maximumRate = maximumRate;
    }

    /**
     * Changes the rate.
     *
     * @param newRate transactions a second
     * @throws IllegalArgumentException if the rate is negative or above the maximum
     */
    public void setRate(int newRate) {
        if (newRate < 0 || newRate > maximumRate) {
            throw new IllegalArgumentException(
                    "The rate is " + newRate + "; it has to be from 0 to " + maximumRate + " transactions a second.");
        }
        this.rate = newRate;
    }

    /**
     * Pauses or continues; the rate is kept.
     *
     * @param newPaused whether to pause
     */
    public void setPaused(boolean newPaused) {
        this.paused = newPaused;
    }

    /**
     * Returns what the workload is set to and what it has done since the start.
     *
     * @return the status
     */
    public WorkloadStatus status() {
        return new WorkloadStatus(
                rate,
                maximumRate,
                paused,
                transactions.sum(),
                inserted.sum(),
                updated.sum(),
                deleted.sum(),
                conflicts.sum(),
                failures.sum(),
                skipped.sum());
    }

    @Override
    public synchronized void start() {
        if (isRunning()) {
            return;
        }
        executor = new ThreadPoolExecutor(
                writers,
                writers,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE_CAPACITY),
                new CustomizableThreadFactory("order-entry-"));
        clock = Executors.newSingleThreadScheduledExecutor(new CustomizableThreadFactory("order-entry-clock-"));
        Pacer pacer = new Pacer(System.nanoTime());
        ThreadPoolExecutor target = executor;
        clock.scheduleAtFixedRate(
                () -> submit(target, pacer.due(paused ? 0 : rate, System.nanoTime())),
                0,
                TICK.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private void submit(ThreadPoolExecutor target, int due) {
        for (int i = 0; i < due; i++) {
            try {
                target.execute(this::runTransaction);
            } catch (RejectedExecutionException e) {
                // The server does not keep up with the rate: what is due now is left out, not piled up.
                skipped.add(due - i);
                return;
            }
        }
    }

    private void runTransaction() {
        try {
            Written written = transaction.get();
            transactions.increment();
            inserted.add(written.inserted());
            updated.add(written.updated());
            deleted.add(written.deleted());
        } catch (TransientDataAccessException e) {
            conflicts.increment();
        } catch (RuntimeException e) {
            failures.increment();
            logger.warn("A transaction of the order entry failed: {}", e.getMessage());
        }
    }

    @Override
    public synchronized void stop() {
        if (clock == null || executor == null) {
            return;
        }
        clock.shutdown();
        executor.getQueue().clear();
        executor.shutdown();
        try {
            if (!executor.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
        clock = null;
        executor = null;
    }

    @Override
    public synchronized boolean isRunning() {
        return clock != null;
    }
}
