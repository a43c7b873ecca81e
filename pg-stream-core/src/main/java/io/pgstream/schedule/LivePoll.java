package io.pgstream.schedule;

import io.pgstream.PgStreamException;
import io.pgstream.engine.ScheduledTable;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.TaskScheduler;

/**
 * Asks at short intervals whether the tables that follow commits have something to follow, all of them in one statement:
 * soon again after it found something, and ever less often while it does not. Writers are told nothing and wait for
 * nothing: a NOTIFY in their transactions would let only one of them commit at a time.
 */
final class LivePoll {

    private static final Logger LOG = LoggerFactory.getLogger(LivePoll.class);

    private static final Duration SHORTEST = Duration.ofMillis(5);

    private static final Duration LONGEST = Duration.ofMillis(50);

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private static final double GROWTH = 1.25;

    private final TaskScheduler taskScheduler;

    private final Predicate<Collection<ScheduledTable>> follow;

    private volatile List<ScheduledTable> live = List.of();

    private volatile boolean stopped = true;

    /** Whether a poll is under way or planned. */
    private boolean polling;

    private Duration pause = LONGEST;

    /** @param follow refreshes those of some tables that have something to follow, and says whether there were any */
    LivePoll(TaskScheduler taskScheduler, Predicate<Collection<ScheduledTable>> follow) {
        this.taskScheduler = taskScheduler;
        this.follow = follow;
    }

    void start() {
        stopped = false;
    }

    void stop() {
        stopped = true;
    }

    /** Says which tables follow commits; as long as there are none, nothing is polled. */
    synchronized void tables(List<ScheduledTable> tables) {
        live = List.copyOf(tables);
        if (!polling) {
            next();
        }
    }

    private synchronized void next() {
        polling = !stopped && !live.isEmpty();
        try {
            if (polling) {
                taskScheduler.schedule(
                        this::poll, taskScheduler.getClock().instant().plus(pause));
            }
        } catch (TaskRejectedException e) {
            polling = false;
            LOG.debug("The scheduler is shutting down; commits are followed no more");
        }
    }

    private void poll() {
        List<ScheduledTable> tables = live;
        try {
            boolean found = !stopped && !tables.isEmpty() && follow.test(tables);
            pause = found ? SHORTEST : longer(pause);
        } catch (PgStreamException e) {
            LOG.warn("Commits could not be followed: {}", e.getMessage());
            pause = AFTER_FAILURE;
        } catch (RuntimeException e) {
            LOG.error("Commits could not be followed", e);
            pause = AFTER_FAILURE;
        } finally {
            next();
        }
    }

    private static Duration longer(Duration pause) {
        Duration longer = Duration.ofNanos((long) (pause.toNanos() * GROWTH));
        return (longer.compareTo(LONGEST) > 0) ? LONGEST : longer;
    }
}
