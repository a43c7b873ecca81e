package io.pgstream.samples.quickstart.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PacerTests {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(20);

    private final Pacer pacer = new Pacer(0);

    @Test
    void a_rate_is_kept_over_many_ticks() {
        int events = 0;
        for (long now = TICK; now <= 10 * SECOND; now += TICK) {
            events += pacer.due(7, now);
        }
        assertThat(events).isBetween(69, 70);
    }

    @Test
    void nothing_is_due_at_rate_zero_nor_made_up_for_later() {
        assertThat(pacer.due(0, SECOND / 2)).isZero();
        assertThat(pacer.due(10, SECOND / 2 + TICK)).isZero();
    }

    @Test
    void a_clock_that_stood_still_catches_up_on_one_second_at_most() {
        assertThat(pacer.due(10, 60 * SECOND)).isEqualTo(10);
    }
}
