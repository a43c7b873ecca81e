package io.pgstream.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.ErrorCode;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshFailedException;
import io.pgstream.Schedule;
import io.pgstream.engine.ScheduledTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When tables are due, by a clock that the test moves. */
class DueDatesTest {

    private static final QualifiedName NAME = new QualifiedName("public", "total");

    private final SteppedClock clock = new SteppedClock();

    private final DueDates dueDates = new DueDates(clock, Duration.ofSeconds(1), 3, Duration.ofSeconds(2));

    private static final class SteppedClock extends Clock {

        private Instant now = LocalDateTime.of(2026, 1, 1, 2, 59, 50)
                .atZone(ZoneId.systemDefault())
                .toInstant();

        void advance(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneId.systemDefault();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    private boolean due(String schedule, @Nullable Duration age) {
        return dueDates.due(
                new ScheduledTable(1, NAME, Schedule.parse(schedule), age, List.of(), List.of(NAME), false));
    }

    private static RefreshFailedException failure(boolean retryable) {
        return new RefreshFailedException(ErrorCode.REFRESH_FAILED, "no", "nothing", null, retryable, null);
    }

    @Test
    void an_interval_is_the_age_at_which_a_table_is_due_and_the_time_between_two_attempts() {
        assertThat(due("1m30s", null)).as("never loaded").isTrue();
        assertThat(due("1m30s", Duration.ofSeconds(89))).isFalse();
        assertThat(due("1m30s", Duration.ofSeconds(90))).isTrue();
        dueDates.attempted(NAME);
        assertThat(due("1m30s", Duration.ofSeconds(95))).as("just attempted").isFalse();
        clock.advance(Duration.ofSeconds(90));
        assertThat(due("1m30s", Duration.ofSeconds(185))).isTrue();
    }

    @Test
    void a_cron_expression_is_due_at_its_moments_and_once_for_those_that_were_missed() {
        assertThat(due("0 3 * * *", Duration.ofHours(1))).isFalse();
        clock.advance(Duration.ofSeconds(10));
        assertThat(due("0 3 * * *", Duration.ofHours(1))).as("three at night").isTrue();
        dueDates.attempted(NAME);
        assertThat(due("0 3 * * *", Duration.ofHours(1))).isFalse();
        clock.advance(Duration.ofDays(3));
        assertThat(due("0 3 * * *", Duration.ofDays(3))).isTrue();
        dueDates.attempted(NAME);
        assertThat(due("0 3 * * *", Duration.ofDays(3))).isFalse();
        assertThat(due("30 0 3 * * *", Duration.ZERO)).isFalse();
        clock.advance(Duration.ofSeconds(30));
        assertThat(due("30 0 3 * * *", Duration.ofSeconds(30))).isTrue();
        assertThat(due("manual", Duration.ofDays(300))).isFalse();
    }

    @Test
    void what_has_failed_for_a_moment_is_tried_again_after_growing_delays_and_not_for_ever() {
        for (Duration delay : List.of(Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(8))) {
            assertThat(dueDates.triedAgain(NAME, failure(true))).isTrue();
            clock.advance(delay.multipliedBy(3).dividedBy(4).minusMillis(1));
            assertThat(due("1s", Duration.ofHours(1)))
                    .as("within %s, less a quarter", delay)
                    .isFalse();
            assertThat(dueDates.waits(NAME)).isTrue();
            clock.advance(delay.dividedBy(2).plusMillis(1));
            assertThat(due("1s", Duration.ofHours(1)))
                    .as("after %s and a quarter", delay)
                    .isTrue();
        }
        assertThat(dueDates.triedAgain(NAME, failure(true)))
                .as("the fourth time")
                .isFalse();
        assertThat(dueDates.triedAgain(NAME, failure(false))).as("permanent").isFalse();
        assertThat(dueDates.waits(NAME)).isFalse();
    }
}
