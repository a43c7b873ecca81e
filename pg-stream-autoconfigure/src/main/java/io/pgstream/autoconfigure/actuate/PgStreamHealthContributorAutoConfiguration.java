package io.pgstream.autoconfigure.actuate;

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
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the health contributor {@code streamTables}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = {PgStreamAutoConfiguration.class, PgStreamSchedulingAutoConfiguration.class})
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean({StreamTableMonitor.class, StreamTableSynchronizer.class})
@ConditionalOnEnabledHealthIndicator("streamtables")
@EnableConfigurationProperties(StreamTablesHealthProperties.class)
public final class PgStreamHealthContributorAutoConfiguration {

    PgStreamHealthContributorAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = {"streamTablesHealthIndicator", "streamTablesHealthContributor"})
    StreamTablesHealthIndicator streamTablesHealthContributor(
            StreamTableMonitor monitor,
            StreamTableSynchronizer synchronizer,
            ObjectProvider<RefreshScheduler> scheduler,
            StreamTablesHealthProperties properties) {
        return new StreamTablesHealthIndicator(monitor, synchronizer, scheduler.getIfAvailable(), properties);
    }
}
