package io.pgstream.schedule;

import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.Schedule;
import io.pgstream.Verification;
import io.pgstream.catalog.VerificationQueries;
import io.pgstream.engine.TableVerifier;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.support.CronExpression;

/**
 * Compares stream tables with their queries from time to time, one after the other, in one instance of the application at a
 * time. Each comparison is a refresh and a look at its snapshot.
 *
 * @since 0.1.0
 */
public final class VerificationSchedule {

    private static final Logger LOG = LoggerFactory.getLogger(VerificationSchedule.class);

    /** After a failure a table is left alone for so long, or until it is due again if that is sooner. */
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(10);

    private final TableVerifier verifier;

    private final TaskScheduler taskScheduler;

    private final Clock clock;

    private final Function<QualifiedName, @Nullable Schedule> schedules;

    private final Settings settings;

    private final Map<QualifiedName, Instant> failures = new ConcurrentHashMap<>();

    private volatile @Nullable ScheduledFuture<?> looks;

    /**
     * How to compare.
     *
     * @param interval how often it is looked what is due
     * @param sampleRows how many rows of a table are compared at a time; 0 for all
     * @param repair whether what differs is written
     */
    public record Settings(Duration interval, long sampleRows, boolean repair) {}

    /**
     * Creates a stopped schedule.
     *
     * @param verifier compares
     * @param taskScheduler runs the looks and the comparisons
     * @param schedules when a stream table is compared: an interval, a cron expression, or {@code null} for never
     * @param settings how
     */
    public VerificationSchedule(
            TableVerifier verifier,
            TaskScheduler taskScheduler,
            Function<QualifiedName, @Nullable Schedule> schedules,
            Settings settings) {
        this.verifier = verifier;
        this.taskScheduler = taskScheduler;
        this.clock = taskScheduler.getClock();
        this.schedules = schedules;
        this.settings = settings;
    }

    /** Starts; returns at once. */
    public synchronized void start() {
        if (looks == null) {
            looks = taskScheduler.scheduleWithFixedDelay(
                    this::look, clock.instant().plus(settings.interval()), settings.interval());
        }
    }

    /** Stops: what is compared now is the last. The engine cancels it if it does not end. */
    public synchronized void stop() {
        ScheduledFuture<?> current = looks;
        if (current != null) {
            current.cancel(false);
            looks = null;
        }
    }

    /** Whether it is started. */
    public boolean isRunning() {
        return looks != null;
    }

    private void look() {
        try {
            verifyDue(this::isRunning);
        } catch (PgStreamException e) {
            LOG.warn("The verifications could not be looked at: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("The schedule of verifications failed", e);
        }
    }

    /**
     * Compares now what is due.
     *
     * @return what was compared
     */
    public List<Verification> verifyDue() {
        return verifyDue(() -> true);
    }

    private List<Verification> verifyDue(BooleanSupplier goesOn) {
        List<Verification> verifications = new ArrayList<>();
        for (VerificationQueries.Age candidate : verifier.ages()) {
            Schedule schedule = schedules.apply(candidate.name());
            if (goesOn.getAsBoolean() && schedule != null && due(candidate, schedule)) {
                Verification verification = verify(candidate, schedule);
                if (verification != null) {
                    verifications.add(verification);
                }
            }
        }
        return verifications;
    }

    private boolean due(VerificationQueries.Age candidate, Schedule schedule) {
        Instant now = clock.instant();
        Instant failed = failures.get(candidate.name());
        if (failed != null && failed.plus(AFTER_FAILURE).isAfter(now)) {
            return false;
        }
        if (schedule instanceof Schedule.Every every) {
            return candidate.age().compareTo(every.interval()) >= 0;
        }
        if (schedule instanceof Schedule.Cron cron) {
            ZonedDateTime last = now.minus(candidate.age()).atZone(ZoneId.systemDefault());
            ZonedDateTime next = CronExpression.parse(cron.sixFields()).next(last);
            return next != null && !next.toInstant().isAfter(now);
        }
        return false;
    }

    private @Nullable Verification verify(VerificationQueries.Age candidate, Schedule schedule) {
        // Who has seen the same a moment ago may have been quicker.
        Duration notWithin = (schedule instanceof Schedule.Every every) ? every.interval() : candidate.age();
        try {
            Verification verification =
                    verifier.verifyScheduled(candidate, notWithin, settings.sampleRows(), settings.repair());
            failures.remove(candidate.name());
            return verification;
        } catch (PgStreamException e) {
            LOG.warn("{}: could not be verified: {}", candidate.name(), e.getMessage());
            failures.put(candidate.name(), clock.instant());
            return null;
        }
    }
}
