package io.pgstream.schedule;

import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshFailedException;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.Schedule;
import io.pgstream.engine.ScheduledTable;
import io.pgstream.engine.StreamTableEngine;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.TaskScheduler;

/**
 * Looks at short intervals for the stream tables that are due and refreshes them, sources before their readers, never
 * more than so many at a time. Transient failures are tried again with growing delays before they count.
 *
 * @since 0.1.0
 */
public final class RefreshScheduler {

    private static final Logger LOG = LoggerFactory.getLogger(RefreshScheduler.class);

    /** How long a stop waits for what is not a refresh. */
    private static final Duration HOUSEKEEPING = Duration.ofSeconds(5);

    private static final int CANCELLATIONS = 20;

    private static final Duration CANCELLATION_PERIOD = Duration.ofMillis(250);

    private final StreamTableEngine engine;

    private final TaskScheduler taskScheduler;

    private final Duration interval;

    private final Semaphore permits;

    private final ReentrantLock ticking = new ReentrantLock();

    private final int maxConcurrentRefreshes;

    private final Clock clock;

    private final DueDates dueDates;

    private final LivePoll livePoll;

    private final Set<QualifiedName> running = ConcurrentHashMap.newKeySet();

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /** Guards what is submitted and what has ended, so that no end is missed by a table that waits for it. */
    private final Object dispatch = new Object();

    /** Those that were due at the last look and have to wait for the end of another refresh. */
    private volatile List<ScheduledTable> heldBack = List.of();

    private volatile @Nullable ScheduledFuture<?> ticks;

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
        this.dueDates = new DueDates(
                clock,
                interval,
                engine.settings().maxRetries(),
                engine.settings().retryDelay());
        this.livePoll = new LivePoll(taskScheduler, this::follow);
    }

    /** Starts the clock; returns at once. */
    public synchronized void start() {
        if (ticks == null) {
            // The first tick must not come before it can be seen that the clock runs.
            ticking.lock();
            try {
                ticks = taskScheduler.scheduleWithFixedDelay(this::tick, interval);
            } finally {
                ticking.unlock();
            }
            livePoll.start();
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
        livePoll.stop();
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
            List<ScheduledTable> tables = engine.watch().tables();
            livePoll.tables(tables.stream()
                    .filter(table -> table.schedule() instanceof Schedule.Live)
                    .toList());
            List<ScheduledTable> due = due(tables);
            submit(tables, engine.watch().changed(due), true);
        } catch (PgStreamException e) {
            LOG.warn("The clock could not read the catalog: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("The clock failed", e);
        }
    }

    private List<ScheduledTable> due(List<ScheduledTable> tables) {
        List<ScheduledTable> due = tables.stream()
                .filter(table -> !running.contains(table.name()) && dueDates.due(table))
                .toList();
        Set<QualifiedName> names = due.stream().map(ScheduledTable::name).collect(Collectors.toSet());
        return due.stream()
                .filter(table -> !table.together() || names.containsAll(table.group()))
                .toList();
    }

    /** Refreshes those tables that follow commits and have some to follow. Whether there were any. */
    private boolean follow(Collection<ScheduledTable> live) {
        ticking.lock();
        try {
            List<ScheduledTable> idle = live.stream()
                    .filter(table -> !running.contains(table.name()) && !dueDates.waits(table.name()))
                    .toList();
            Set<QualifiedName> changed = (ticks == null || idle.isEmpty())
                    ? Set.of()
                    : engine.watch().committed(idle);
            submit(idle, changed, false);
            return !changed.isEmpty() || idle.size() < live.size();
        } finally {
            ticking.unlock();
        }
    }

    /** @param again whether what has to wait now begins as soon as something has ended */
    private void submit(List<ScheduledTable> tables, Set<QualifiedName> changed, boolean again) {
        synchronized (dispatch) {
            List<ScheduledTable> held = new ArrayList<>();
            Set<QualifiedName> seen = new HashSet<>();
            for (ScheduledTable table : tables) {
                boolean first = changed.contains(table.name()) && !seen.contains(table.name());
                if (first) {
                    seen.addAll(table.group());
                    if (!submit(table)) {
                        held.add(table);
                    }
                }
            }
            if (again) {
                heldBack = held;
            }
        }
    }

    /** What was found changed is not looked for again: with a thousand tables that would be a look for each of them. */
    private void submitHeldBack() {
        ticking.lock();
        try {
            List<ScheduledTable> held = heldBack;
            submit(held, held.stream().map(ScheduledTable::name).collect(Collectors.toSet()), true);
        } finally {
            ticking.unlock();
        }
    }

    /** Whether the refresh of a table, with its group, was begun. */
    private boolean submit(ScheduledTable table) {
        boolean stopped = ticks == null;
        if (stopped) {
            return true;
        }
        List<QualifiedName> group = table.group();
        if (permits.availablePermits() == 0
                || running.stream().anyMatch(name -> table.sources().contains(name) || group.contains(name))
                || !permits.tryAcquire()) {
            return false;
        }
        String stamp = engine.watch().stamp();
        running.addAll(group);
        try {
            taskScheduler.schedule(() -> refresh(group, stamp), clock.instant());
        } catch (RuntimeException e) {
            group.forEach(running::remove);
            permits.release();
            throw e;
        }
        return true;
    }

    private void refresh(List<QualifiedName> group, String stamp) {
        threads.add(Thread.currentThread());
        try {
            group.forEach(dueDates::attempted);
            for (RefreshResult result : engine.refreshScheduled(group)) {
                dueDates.settled(result.name());
                if (result.outcome() != RefreshOutcome.SKIPPED) {
                    engine.watch().refreshed(result.name(), stamp);
                }
            }
        } catch (RefreshFailedException e) {
            failed(group, e);
        } catch (PgStreamException e) {
            group.forEach(dueDates::settled);
        } catch (RuntimeException e) {
            LOG.error("{}: the refresh failed unexpectedly", group, e);
            group.forEach(dueDates::settled);
        } finally {
            threads.remove(Thread.currentThread());
            ended(group);
        }
    }

    private void failed(List<QualifiedName> group, RefreshFailedException failure) {
        for (QualifiedName name : group) {
            engine.watch().notRefreshed(name);
            if (!dueDates.triedAgain(name, failure) && failure.retryable()) {
                engine.giveUp(name, failure);
            }
        }
    }

    /** A table that waits begins now: at the next tick its source may be due again, at every tick. */
    private void ended(List<QualifiedName> group) {
        boolean waiting;
        synchronized (dispatch) {
            group.forEach(running::remove);
            permits.release();
            waiting = !heldBack.isEmpty();
        }
        boolean stopped = ticks == null;
        if (waiting && !stopped) {
            try {
                taskScheduler.schedule(this::submitHeldBack, clock.instant());
            } catch (TaskRejectedException e) {
                LOG.debug("The scheduler is shutting down; what waits does not begin");
            }
        }
    }

    /** How many refreshes were due at the last look and could not begin, for others of their tables or too many at a time. */
    public int waiting() {
        return heldBack.size();
    }

    /** How many refreshes can run at a time. */
    public int capacity() {
        return maxConcurrentRefreshes;
    }

    /** How many refreshes run now; the tables of a diamond are one. */
    public int running() {
        return maxConcurrentRefreshes - permits.availablePermits();
    }

    /** The stream tables that are being refreshed now. */
    public List<QualifiedName> refreshing() {
        return running.stream().sorted().toList();
    }
}
