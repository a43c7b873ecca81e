package io.pgstream.autoconfigure.test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/**
 * A clock that stands still until the test moves it. It decides when {@link StreamTableTester#advance(Duration)} finds a table
 * due; {@code now()} in a query is the server's, which nobody can move. It is no {@link Clock} itself, so that it does not
 * get in the way of one of the application's.
 *
 * @since 0.1.0
 */
public final class TestClock {

    private final ZoneId zone;

    private volatile Instant now;

    /**
     * Creates a clock.
     *
     * @param now what it shows
     * @param zone its time zone
     */
    public TestClock(Instant now, ZoneId zone) {
        this.now = now;
        this.zone = zone;
    }

    /**
     * Moves the clock.
     *
     * @param time how far; negative for backwards
     */
    public void advance(Duration time) {
        now = now.plus(time);
    }

    /**
     * Sets the clock.
     *
     * @param time what it shows from now on
     */
    public void set(Instant time) {
        now = time;
    }

    /** What it shows. */
    public Instant instant() {
        return now;
    }

    /** Its time zone, in which cron expressions are read. */
    public ZoneId zone() {
        return zone;
    }

    /** A {@link Clock} that shows the same, for what the application has to be given. */
    public Clock asClock() {
        return new Clock() {

            @Override
            public Instant instant() {
                return now;
            }

            @Override
            public ZoneId getZone() {
                return zone;
            }

            @Override
            public Clock withZone(ZoneId other) {
                throw new UnsupportedOperationException("A test has one time zone");
            }
        };
    }
}
