package io.pgstream.autoconfigure.actuate;

import io.micrometer.core.instrument.MeterRegistry;
import io.pgstream.StreamTableOperations;
import io.pgstream.autoconfigure.PgStreamAutoConfiguration;
import io.pgstream.autoconfigure.StreamTableSynchronizer;
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
        after = PgStreamAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration"
        })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({MeterRegistry.class, StreamTableOperations.class, StreamTableSynchronizer.class})
public final class PgStreamMetricsAutoConfiguration {

    PgStreamMetricsAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    RefreshMeters pgStreamRefreshMeters(MeterRegistry registry) {
        return new RefreshMeters(registry);
    }

    @Bean
    @ConditionalOnMissingBean
    StreamTableMeters pgStreamStreamTableMeters(StreamTableOperations operations) {
        return new StreamTableMeters(operations, System::nanoTime);
    }
}
