package io.pgstream.autoconfigure;

import io.pgstream.PgStreamException;
import io.pgstream.feed.ChangeFeeds;
import io.pgstream.feed.ListenerFailedException;
import io.pgstream.feed.Subscription;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells one listener what there is to tell, never twice at a time, and after a failure not before some time has passed. */
final class ListenerLoop implements Runnable {

    private static final Logger logger = LoggerFactory.getLogger(ListenerLoop.class);

    private static final Duration LONGEST_DELAY = Duration.ofSeconds(60);

    private static final int DOUBLINGS = 6;

    private static final double JITTER = 0.25;

    private static final long PAUSE_NANOS = Duration.ofMillis(5).toNanos();

    private final ChangeFeeds feeds;

    private final Subscription<?> subscription;

    private final AtomicBoolean running = new AtomicBoolean();

    private final AtomicBoolean again = new AtomicBoolean();

    private volatile long notBefore = System.nanoTime();

    private volatile boolean stopped;

    ListenerLoop(ChangeFeeds feeds, Subscription<?> subscription) {
        this.feeds = feeds;
        this.subscription = subscription;
    }

    Subscription<?> subscription() {
        return subscription;
    }

    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        again.set(true);
        while (again.get() && running.compareAndSet(false, true)) {
            try {
                again.set(false);
                if (System.nanoTime() - notBefore >= 0) {
                    tellAll();
                }
            } finally {
                running.set(false);
            }
        }
    }

    /** Waits for the thread that may be telling something now. */
    void tellAllNow() {
        try {
            while (feeds.deliver(subscription) != ChangeFeeds.Outcome.DONE && !stopped) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (ListenerFailedException e) {
            throw new IllegalStateException("The listener " + subscription.listener() + " has failed", e.getCause());
        }
    }

    private void tellAll() {
        try {
            ChangeFeeds.Outcome outcome = ChangeFeeds.Outcome.MORE;
            while (outcome == ChangeFeeds.Outcome.MORE && !stopped) {
                outcome = feeds.deliver(subscription);
            }
        } catch (ListenerFailedException e) {
            Duration delay = delay(e.failures());
            notBefore = System.nanoTime() + delay.toNanos();
            logger.warn(
                    "The listener {} of {} has failed {} times in a row and is told again in {} ms",
                    subscription.listener(),
                    subscription.table(),
                    e.failures(),
                    delay.toMillis(),
                    e.getCause());
        } catch (PgStreamException e) {
            if (!stopped) {
                logger.warn("{}", e.getMessage());
            }
        } catch (RuntimeException e) {
            if (!stopped) {
                logger.error("The change feed of {} failed", subscription.table(), e);
            }
        }
    }

    private static Duration delay(int failures) {
        long millis = Math.min(
                LONGEST_DELAY.toMillis(), Duration.ofSeconds(1).toMillis() << Math.min(failures - 1, DOUBLINGS));
        double jitter = 1 + JITTER * (2 * ThreadLocalRandom.current().nextDouble() - 1);
        return Duration.ofMillis((long) (millis * jitter));
    }
}
