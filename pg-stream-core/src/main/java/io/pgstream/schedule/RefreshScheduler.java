package io.pgstream.schedule;

import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshFailedException;
import io.pgstream.Schedule;
import io.pgstream.engine.ScheduledTable;
import io.pgstream.engine.StreamTableEngine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.support.CronExpression;

/**
 * Looks at short intervals for the stream tables that are due and refreshes them, sources before their readers, never
 * more than so many at a time. Transient failures are tried again with growing delays before they count.
 *
 * @since 0.1.0
 */
public final class RefreshScheduler {

    private static final Logger LOG = LoggerFactory.getLogger(RefreshScheduler.class);

    private static final Duration LONGEST_RETRY_DELAY = Duration.ofMinutes(1);

    /** How long a stop waits for what is not a refresh. */
    private static final Duration HOUSEKEEPING = Duration.ofSeconds(5);

    private static final double JITTER = 0.25;

    private static final int CANCELLATIONS = 20;

    private static final Duration CANCELLATION_PERIOD = Duration.ofMillis(250);

    private final StreamTableEngine engine;

    private final TaskScheduler taskScheduler;

    private final Duration interval;

    private final Semaphore permits;

    private final ReentrantLock ticking = new ReentrantLock();

    private final int maxConcurrentRefreshes;

    private final Clock clock;

    /** When each table was last attempted, by our clock; what counts for due dates is how long ago that was. */
    private final Map<QualifiedName, Instant> attempts = new ConcurrentHashMap<>();

    private final Map<QualifiedName, Retry> retries = new ConcurrentHashMap<>();

    private final Set<QualifiedName> running = ConcurrentHashMap.newKeySet();

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /** Guards what is submitted and what has ended, so that no end is missed by a table that waits for it. */
    private final Object dispatch = new Object();

    /** Whether a table is due but has to wait for the end of another one's refresh. */
    private boolean heldBack;

    private volatile @Nullable ScheduledFuture<?> ticks;

    private record Retry(int attempt, Instant at) {}

    /**
     * Creates a stopped scheduler.
     *
     * @param engine refreshes
     * @param taskScheduler runs the clock's ticks and the refreshes
     * @param interval how often the clock looks for what is due
     * @param maxConcurrentRefreshes how many refreshes run at a time
     */
    public RefreshScheduler(
            StreamTableEngine engine, TaskScheduler taskScheduler, Duration interval, int maxConcurrentRefreshes) {
        this.engine = engine;
        this.taskScheduler = taskScheduler;
        this.interval = interval;
        this.maxConcurrentRefreshes = maxConcurrentRefreshes;
        this.permits = new Semaphore(maxConcurrentRefreshes);
        this.clock = taskScheduler.getClock();
    }

    /** Starts the clock; returns at once. */
    public synchronized void start() {
        if (ticks == null) {
            ticks = taskScheduler.scheduleWithFixedDelay(this::tick, interval);
        }
    }

    /** Whether the clock runs. */
    public boolean isRunning() {
        ScheduledFuture<?> current = ticks;
        return current != null && !current.isDone();
    }

    /**
     * Stops the clock, lets running refreshes finish within the grace period, then cancels them; blocks until then. A
     * refresh that is cancelled rolls back: nothing is lost.
     *
     * @param grace how long to wait
     */
    public synchronized void stop(Duration grace) {
        ScheduledFuture<?> current = ticks;
        if (current == null) {
            return;
        }
        current.cancel(false);
        ticks = null;
        try {
            if (!allEndWithin(grace)) {
                LOG.warn("Refreshes of {} did not end within {} and are cancelled", running, grace);
                cancel();
            }
            awaitTick();
            engine.awaitHousekeeping(HOUSEKEEPING);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean allEndWithin(Duration time) throws InterruptedException {
        boolean ended = permits.tryAcquire(maxConcurrentRefreshes, time.toMillis(), TimeUnit.MILLISECONDS);
        if (ended) {
            permits.release(maxConcurrentRefreshes);
        }
        return ended;
    }

    /** Several times: a cancellation that arrives between two statements has no effect. */
    private void cancel() throws InterruptedException {
        for (int i = 0; i < CANCELLATIONS; i++) {
            engine.cancelRefreshes();
            threads.forEach(Thread::interrupt);
            if (allEndWithin(CANCELLATION_PERIOD)) {
                return;
            }
        }
        LOG.warn("Refreshes of {} do not end; the server rolls them back when their connections close", running);
    }

    /** A tick that is under way reads the catalog; its connection must be back before the pool is closed. */
    private void awaitTick() throws InterruptedException {
        if (ticking.tryLock(HOUSEKEEPING.toMillis(), TimeUnit.MILLISECONDS)) {
            ticking.unlock();
        }
    }

    private void tick() {
        ticking.lock();
        try {
            if (ticks != null) {
                look();
            }
        } finally {
            ticking.unlock();
        }
    }

    private void look() {
        try {
            List<ScheduledTable> tables = engine.scheduledTables();
            synchronized (dispatch) {
                heldBack = false;
                for (ScheduledTable table : tables) {
                    if (due(table)) {
                        submit(table);
                    }
                }
            }
        } catch (PgStreamException e) {
            LOG.warn("The clock could not read the catalog: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("The clock failed", e);
        }
    }

    private boolean due(ScheduledTable table) {
        if (running.contains(table.name())) {
            return false;
        }
        Instant now = clock.instant();
        Retry retry = retries.get(table.name());
        if (retry != null) {
            return !now.isBefore(retry.at());
        }
        Instant attempt = attempts.get(table.name());
        Duration age = table.age();
        if (table.schedule() instanceof Schedule.Every every) {
            boolean old = age == null || age.plus(interval.dividedBy(2)).compareTo(every.interval()) >= 0;
            // The age is the database's; our own last attempt keeps a failing table from being tried at every tick.
            return old && (attempt == null || !attempt.plus(every.interval()).isAfter(now.plus(interval.dividedBy(2))));
        }
        if (table.schedule() instanceof Schedule.Cron cron) {
            Instant last = (age == null) ? null : now.minus(age);
            Instant from = later(attempt, last);
            return from == null || !next(cron, from).isAfter(now);
        }
        return false;
    }

    private static @Nullable Instant later(@Nullable Instant first, @Nullable Instant second) {
        if (first == null || second == null) {
            return (first == null) ? second : first;
        }
        return first.isAfter(second) ? first : second;
    }

    private static Instant next(Schedule.Cron cron, Instant from) {
        ZonedDateTime next = CronExpression.parse(cron.sixFields()).next(from.atZone(ZoneId.systemDefault()));
        return (next == null) ? Instant.MAX : next.toInstant();
    }

    private void submit(ScheduledTable table) {
        boolean stopped = ticks == null;
        if (stopped) {
            return;
        }
        if (running.stream().anyMatch(table.sources()::contains) || !permits.tryAcquire()) {
            heldBack = true;
            return;
        }
        running.add(table.name());
        try {
            taskScheduler.schedule(() -> refresh(table.name()), clock.instant());
        } catch (RuntimeException e) {
            running.remove(table.name());
            permits.release();
            throw e;
        }
    }

    private void refresh(QualifiedName name) {
        threads.add(Thread.currentThread());
        try {
            attempts.put(name, clock.instant());
            engine.refreshScheduled(name);
            retries.remove(name);
        } catch (RefreshFailedException e) {
            retry(name, e);
        } catch (PgStreamException e) {
            retries.remove(name);
        } catch (RuntimeException e) {
            LOG.error("{}: the refresh failed unexpectedly", name, e);
            retries.remove(name);
        } finally {
            threads.remove(Thread.currentThread());
            ended(name);
        }
    }

    /** A table that waits is looked at now: at the next tick its source may be due again, at every tick. */
    private void ended(QualifiedName name) {
        boolean waiting;
        synchronized (dispatch) {
            running.remove(name);
            permits.release();
            waiting = heldBack;
        }
        boolean stopped = ticks == null;
        if (waiting && !stopped) {
            try {
                taskScheduler.schedule(this::tick, clock.instant());
            } catch (TaskRejectedException e) {
                LOG.debug("The scheduler is shutting down; the clock is not looked at again");
            }
        }
    }

    private void retry(QualifiedName name, RefreshFailedException failure) {
        Retry before = retries.get(name);
        int attempt = (before == null) ? 1 : before.attempt() + 1;
        if (!failure.retryable() || attempt > engine.settings().maxRetries()) {
            retries.remove(name);
            if (failure.retryable()) {
                engine.giveUp(name, failure);
            }
            return;
        }
        Duration delay = delay(engine.settings().retryDelay(), attempt);
        retries.put(name, new Retry(attempt, clock.instant().plus(delay)));
        LOG.info(
                "{}: {} It is tried again in {} ms ({} of {})",
                name,
                failure.getMessage(),
                delay.toMillis(),
                attempt,
                engine.settings().maxRetries());
    }

    private static Duration delay(Duration first, int attempt) {
        Duration doubled = first.multipliedBy(1L << Math.min(attempt - 1, 20));
        Duration bounded = (doubled.compareTo(LONGEST_RETRY_DELAY) > 0) ? LONGEST_RETRY_DELAY : doubled;
        double jitter = 1 + ThreadLocalRandom.current().nextDouble(-JITTER, JITTER);
        return Duration.ofMillis((long) (bounded.toMillis() * jitter));
    }

    /** The stream tables that are being refreshed now. */
    public List<QualifiedName> refreshing() {
        return running.stream().sorted().toList();
    }
}
