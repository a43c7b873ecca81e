package io.pgstream.autoconfigure.actuate;

import io.micrometer.core.instrument.MeterRegistry;
import io.pgstream.StreamTableMonitor;
import io.pgstream.autoconfigure.PgStreamAutoConfiguration;
import io.pgstream.autoconfigure.PgStreamSchedulingAutoConfiguration;
import io.pgstream.autoconfigure.StreamTableSynchronizer;
import io.pgstream.schedule.RefreshScheduler;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the meters {@code pgstream.*}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
        after = {PgStreamAutoConfiguration.class, PgStreamSchedulingAutoConfiguration.class},
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration"
        })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({MeterRegistry.class, StreamTableMonitor.class, StreamTableSynchronizer.class})
public final class PgStreamMetricsAutoConfiguration {

    PgStreamMetricsAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    RefreshMeters pgStreamRefreshMeters(MeterRegistry registry, ObjectProvider<StreamTableMeters> tables) {
        // The engine tells these meters of refreshes, and the others ask the engine.
        return new RefreshMeters(registry, name -> tables.getObject().differential(name));
    }

    @Bean
    @ConditionalOnMissingBean
    StreamTableMeters pgStreamStreamTableMeters(StreamTableMonitor monitor) {
        return new StreamTableMeters(monitor, System::nanoTime);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(RefreshScheduler.class)
    SchedulerMeters pgStreamSchedulerMeters(RefreshScheduler scheduler) {
        return new SchedulerMeters(scheduler);
    }
}
