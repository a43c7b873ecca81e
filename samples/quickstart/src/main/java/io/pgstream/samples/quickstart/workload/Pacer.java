package io.pgstream.samples.quickstart.workload;

import java.util.concurrent.TimeUnit;

/** Turns a rate, which may change at any time, into a number of events at each tick of a clock. */
final class Pacer {

    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private long lastTick;

    private double credit;

    Pacer(long now) {
        this.lastTick = now;
    }

    /**
     * Returns how many events are due since the last call.
     *
     * @param rate events a second
     * @param now the time in nanoseconds
     * @return the number of events; a clock that stood still catches up on one second at most
     */
    int due(int rate, long now) {
        double elapsed = Math.min(1, (now - lastTick) / NANOS_PER_SECOND);
        lastTick = now;
        credit = (rate == 0) ? 0 : credit + rate * elapsed;
        int due = (int) credit;
        credit -= due;
        return due;
    }
}
