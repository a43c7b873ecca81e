package io.pgstream.schedule;

import io.pgstream.engine.StreamTableEngine;
import java.time.Duration;
import org.springframework.scheduling.TaskScheduler;

/** Interface draft; the implementation follows. */
public final class RefreshScheduler {

    /**
     * @param engine refreshes
     * @param taskScheduler runs the clock's ticks and the refreshes
     * @param interval how often the clock looks for what is due
     * @param maxConcurrentRefreshes how many refreshes run at a time
     */
    public RefreshScheduler(
            StreamTableEngine engine, TaskScheduler taskScheduler, Duration interval, int maxConcurrentRefreshes) {}

    /** Starts the clock; returns at once. */
    public void start() {}

    /** Stops the clock, lets running refreshes finish within the grace period, then cancels them; blocks. */
    public void stop(Duration grace) {}

    public boolean isRunning() {
        return false;
    }
}
