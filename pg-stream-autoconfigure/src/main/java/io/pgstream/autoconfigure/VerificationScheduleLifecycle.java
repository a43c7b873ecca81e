package io.pgstream.autoconfigure;

import io.pgstream.schedule.VerificationSchedule;
import org.springframework.context.SmartLifecycle;

/** Starts the verifications after the clock, if there is anything to verify, and stops them before it. */
final class VerificationScheduleLifecycle implements SmartLifecycle {

    private final VerificationSchedule schedule;

    private final boolean wanted;

    VerificationScheduleLifecycle(VerificationSchedule schedule, boolean wanted) {
        this.schedule = schedule;
        this.wanted = wanted;
    }

    @Override
    public void start() {
        if (wanted) {
            schedule.start();
        }
    }

    @Override
    public void stop() {
        schedule.stop();
    }

    @Override
    public boolean isRunning() {
        return schedule.isRunning();
    }

    @Override
    public int getPhase() {
        return StreamTableSynchronizer.PHASE + 2;
    }
}
