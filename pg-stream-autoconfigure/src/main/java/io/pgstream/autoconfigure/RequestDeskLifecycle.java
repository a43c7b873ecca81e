package io.pgstream.autoconfigure;

import io.pgstream.request.RequestDesk;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;

/** Opens the desk for requests of SQL clients once the stream tables are there, and closes it before the pools close. */
final class RequestDeskLifecycle implements SmartLifecycle {

    private final RequestDesk desk;

    private final Duration shutdownTimeout;

    RequestDeskLifecycle(RequestDesk desk, Duration shutdownTimeout) {
        this.desk = desk;
        this.shutdownTimeout = shutdownTimeout;
    }

    @Override
    public void start() {
        desk.start();
    }

    @Override
    public void stop() {
        desk.stop(shutdownTimeout);
    }

    @Override
    public boolean isRunning() {
        return desk.isRunning();
    }

    @Override
    public int getPhase() {
        return RefreshSchedulerLifecycle.PHASE;
    }
}
