package io.pgstream.schedule;

import io.pgstream.QualifiedName;
import io.pgstream.RefreshFailedException;
import io.pgstream.Schedule;
import io.pgstream.engine.ScheduledTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.support.CronExpression;

/** Decides which stream tables are due, and when one that has failed is tried again. */
final class DueDates {

    private static final Logger LOG = LoggerFactory.getLogger(DueDates.class);

    private static final Duration LONGEST_RETRY_DELAY = Duration.ofMinutes(1);

    /** How often a table that follows commits is looked at closely, whether or not it had any to follow. */
    private static final Duration LIVE_CHECK = Duration.ofSeconds(1);

    private static final double JITTER = 0.25;

    private final Clock clock;

    private final Duration slack;

    private final int maxRetries;

    private final Duration retryDelay;

    /** When each table was last attempted, by our clock; what counts for due dates is how long ago that was. */
    private final Map<QualifiedName, Instant> attempts = new ConcurrentHashMap<>();

    private final Map<QualifiedName, Retry> retries = new ConcurrentHashMap<>();

    private record Retry(int attempt, Instant at) {}

    /**
     * @param interval how often it is asked what is due
     * @param maxRetries how often a transient failure is tried again
     * @param retryDelay the delay before the first retry
     */
    DueDates(Clock clock, Duration interval, int maxRetries, Duration retryDelay) {
        this.clock = clock;
        this.slack = interval.dividedBy(2);
        this.maxRetries = maxRetries;
        this.retryDelay = retryDelay;
    }

    boolean due(ScheduledTable table) {
        Instant now = clock.instant();
        Retry retry = retries.get(table.name());
        if (retry != null) {
            return !now.isBefore(retry.at());
        }
        Schedule schedule = table.schedule();
        if (schedule instanceof Schedule.Every every) {
            return due(table, every.interval(), now);
        }
        if (schedule instanceof Schedule.Live) {
            return due(table, LIVE_CHECK, now);
        }
        if (schedule instanceof Schedule.Cron cron) {
            Duration age = table.age();
            Instant last = (age == null) ? null : now.minus(age);
            Instant from = later(attempts.get(table.name()), last);
            return from == null || !next(cron, from).isAfter(now);
        }
        return false;
    }

    /** The age is the database's; our own last attempt keeps a failing table from being tried at every tick. */
    private boolean due(ScheduledTable table, Duration interval, Instant now) {
        Instant attempt = attempts.get(table.name());
        Duration age = table.age();
        boolean old = age == null || age.plus(slack).compareTo(interval) >= 0;
        return old && (attempt == null || !attempt.plus(interval).isAfter(now.plus(slack)));
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

    /** Whether a table has failed and its time to be tried again has not come. */
    boolean waits(QualifiedName name) {
        Retry retry = retries.get(name);
        return retry != null && clock.instant().isBefore(retry.at());
    }

    void attempted(QualifiedName name) {
        attempts.put(name, clock.instant());
    }

    /** The table is refreshed, or its failure has been counted. */
    void settled(QualifiedName name) {
        retries.remove(name);
    }

    /** Whether a table that has failed will be tried again; if not, the failure is to be counted. */
    boolean triedAgain(QualifiedName name, RefreshFailedException failure) {
        Retry before = retries.get(name);
        int attempt = (before == null) ? 1 : before.attempt() + 1;
        if (!failure.retryable() || attempt > maxRetries) {
            retries.remove(name);
            return false;
        }
        Duration delay = delay(retryDelay, attempt);
        retries.put(name, new Retry(attempt, clock.instant().plus(delay)));
        LOG.info(
                "{}: {} It is tried again in {} ms ({} of {})",
                name,
                failure.getMessage(),
                delay.toMillis(),
                attempt,
                maxRetries);
        return true;
    }

    private static Duration delay(Duration first, int attempt) {
        Duration doubled = first.multipliedBy(1L << Math.min(attempt - 1, 20));
        Duration bounded = (doubled.compareTo(LONGEST_RETRY_DELAY) > 0) ? LONGEST_RETRY_DELAY : doubled;
        double jitter = 1 + ThreadLocalRandom.current().nextDouble(-JITTER, JITTER);
        return Duration.ofMillis((long) (bounded.toMillis() * jitter));
    }
}
