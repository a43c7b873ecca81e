package io.pgstream.autoconfigure;

import io.pgstream.schedule.RefreshScheduler;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the clock once the stream tables are there, and stops it before the pools close: stopping of lifecycle beans
 * comes before the destruction of any bean.
 */
final class RefreshSchedulerLifecycle implements SmartLifecycle {

    static final int PHASE = StreamTableSynchronizer.PHASE + 1;

    private final RefreshScheduler scheduler;

    private final Duration shutdownTimeout;

    RefreshSchedulerLifecycle(RefreshScheduler scheduler, Duration shutdownTimeout) {
        this.scheduler = scheduler;
        this.shutdownTimeout = shutdownTimeout;
    }

    @Override
    public void start() {
        scheduler.start();
    }

    @Override
    public void stop() {
        scheduler.stop(shutdownTimeout);
    }

    @Override
    public boolean isRunning() {
        return scheduler.isRunning();
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
