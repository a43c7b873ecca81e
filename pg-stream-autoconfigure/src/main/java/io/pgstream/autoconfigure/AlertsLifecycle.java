package io.pgstream.autoconfigure;

import io.pgstream.alert.Alerts;
import org.springframework.context.SmartLifecycle;

/** Sends alerts from before the first refresh until after the last one, and before the pools close. */
final class AlertsLifecycle implements SmartLifecycle {

    private static final int PHASE = StreamTableSynchronizer.PHASE - 1;

    private final Alerts alerts;

    AlertsLifecycle(Alerts alerts) {
        this.alerts = alerts;
    }

    @Override
    public void start() {
        alerts.start();
    }

    @Override
    public void stop() {
        alerts.stop();
    }

    @Override
    public boolean isRunning() {
        return alerts.isRunning();
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
