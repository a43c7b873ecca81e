package io.pgstream.autoconfigure;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.QualifiedName;
import io.pgstream.StreamTableOperations;
import io.pgstream.feed.ChangeFeeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Runs the listeners of this instance while the application does: after the stream tables are there, until before the
 * connections close. Where nobody listens, and nobody has, it does nothing.
 *
 * @since 0.1.0
 */
public final class ChangeFeedLifecycle implements SmartLifecycle {

    private static final Logger logger = LoggerFactory.getLogger(ChangeFeedLifecycle.class);

    private static final Duration CLEANING_PERIOD = Duration.ofSeconds(15);

    private static final Duration UNHURRIED = Duration.ofMinutes(1);

    private final ChangeFeeds feeds;

    private final ListenerMethods methods;

    private final StreamTableOperations operations;

    private final StreamTableSynchronizer synchronizer;

    private final RefreshSignal signal;

    private final PgStreamProperties properties;

    private volatile @Nullable ScheduledThreadPoolExecutor executor;

    private List<ListenerLoop> loops = List.of();

    ChangeFeedLifecycle(
            ChangeFeeds feeds,
            ListenerMethods methods,
            StreamTableOperations operations,
            StreamTableSynchronizer synchronizer,
            RefreshSignal signal,
            PgStreamProperties properties) {
        this.feeds = feeds;
        this.methods = methods;
        this.operations = operations;
        this.synchronizer = synchronizer;
        this.signal = signal;
        this.properties = properties;
    }

    @Override
    public synchronized void start() {
        List<ListenerLoop> started = new ArrayList<>();
        for (ListenerMethod method : methods.all()) {
            QualifiedName table = feeds.qualified(method.table());
            if (check(method, table)) {
                started.add(new ListenerLoop(feeds, method.subscription(table)));
            }
        }
        loops = List.copyOf(started);
        ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(
                Math.max(1, Math.min(loops.size(), properties.changeFeed().maxConcurrentListeners())),
                new CustomizableThreadFactory("pg-stream-feed-"));
        threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor = threads;
        if (loops.isEmpty()) {
            threads.schedule(() -> cleanIfUsed(threads), UNHURRIED.toMillis(), TimeUnit.MILLISECONDS);
        } else {
            repeat(threads, this::clean, CLEANING_PERIOD);
        }
        loops.forEach(loop -> repeat(threads, loop, properties.changeFeed().interval()));
        signal.sendTo(this::refreshed);
    }

    private static void repeat(ScheduledThreadPoolExecutor threads, Runnable task, Duration period) {
        threads.scheduleWithFixedDelay(task, 0, period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Nobody listens here: what former listeners have left is looked for when the application has long started. */
    private void cleanIfUsed(ScheduledThreadPoolExecutor threads) {
        try {
            if (feeds.inUse()) {
                repeat(threads, this::clean, CLEANING_PERIOD);
            }
        } catch (RuntimeException e) {
            logger.debug("The change feeds cannot be listed", e);
        }
    }

    private void clean() {
        try {
            feeds.clean();
        } catch (RuntimeException e) {
            logger.debug("The clean-up of change feeds is left for later", e);
        }
    }

    /** Whether there is something to listen to; what a listener cannot read is refused. */
    private boolean check(ListenerMethod method, QualifiedName table) {
        try {
            String query = operations.get(table.toString()).query();
            if (method.rowType().isRecord()) {
                new RowRecord(method.rowType(), operations.columns(query)).check(table);
            }
            return true;
        } catch (InvalidDefinitionException e) {
            if (e.code() != ErrorCode.NOT_FOUND) {
                throw e;
            }
            if (!synchronizer.disabled().isEmpty()) {
                logger.warn("{} listens to {}, which is not there", method, table);
                return false;
            }
            throw new InvalidDefinitionException(
                    ErrorCode.NOT_FOUND,
                    "The @StreamTableListener method " + method + " listens to the stream table " + table
                            + ", and there is none of that name.",
                    "Correct the name, or declare the stream table.",
                    e);
        }
    }

    /**
     * Tells every listener of this instance what there is to tell, on the caller's thread, and returns when all have been
     * told. A listener that has failed is told again at once.
     *
     * @throws IllegalStateException if a listener fails
     */
    public void deliverAll() {
        loops.forEach(ListenerLoop::tellAllNow);
    }

    private void refreshed(QualifiedName table) {
        ScheduledThreadPoolExecutor threads = executor;
        if (threads != null && !threads.isShutdown()) {
            loops.stream()
                    .filter(loop -> loop.subscription().table().equals(table))
                    .forEach(threads::execute);
        }
    }

    @Override
    public synchronized void stop() {
        ScheduledThreadPoolExecutor threads = executor;
        if (threads == null) {
            return;
        }
        signal.sendTo(name -> {});
        executor = null;
        loops.forEach(ListenerLoop::stop);
        threads.shutdown();
        try {
            long grace = properties.scheduler().shutdownTimeout().toMillis();
            if (!threads.awaitTermination(grace, TimeUnit.MILLISECONDS)) {
                logger.warn("Listeners did not end within {} ms; what they were told is told again", grace);
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return executor != null;
    }

    @Override
    public int getPhase() {
        return StreamTableSynchronizer.PHASE + 1;
    }
}
