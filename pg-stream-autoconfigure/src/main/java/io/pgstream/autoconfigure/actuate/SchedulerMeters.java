package io.pgstream.autoconfigure.actuate;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.pgstream.schedule.RefreshScheduler;

/** Shows what the clock of this instance has to do. */
final class SchedulerMeters implements MeterBinder {

    private final RefreshScheduler scheduler;

    SchedulerMeters(RefreshScheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("pgstream.scheduler.up", scheduler, clock -> clock.isRunning() ? 1 : 0)
                .description("Whether the clock of this instance runs")
                .register(registry);
        Gauge.builder("pgstream.scheduler.running", scheduler, RefreshScheduler::running)
                .description("Scheduled refreshes that run in this instance")
                .baseUnit("refreshes")
                .register(registry);
        Gauge.builder("pgstream.scheduler.waiting", scheduler, RefreshScheduler::waiting)
                .description("Refreshes that were due at the last look and could not begin in this instance")
                .baseUnit("refreshes")
                .register(registry);
        Gauge.builder("pgstream.scheduler.capacity", scheduler, RefreshScheduler::capacity)
                .description("Scheduled refreshes that can run at a time in this instance")
                .baseUnit("refreshes")
                .register(registry);
    }
}
