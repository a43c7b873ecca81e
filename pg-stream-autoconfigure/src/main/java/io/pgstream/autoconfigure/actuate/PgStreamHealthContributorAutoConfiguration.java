package io.pgstream.autoconfigure.actuate;

import io.pgstream.StreamTableOperations;
import io.pgstream.autoconfigure.PgStreamAutoConfiguration;
import io.pgstream.autoconfigure.PgStreamSchedulingAutoConfiguration;
import io.pgstream.autoconfigure.StreamTableSynchronizer;
import io.pgstream.schedule.RefreshScheduler;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
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
@ConditionalOnBean({StreamTableOperations.class, StreamTableSynchronizer.class})
@ConditionalOnEnabledHealthIndicator("streamtables")
public final class PgStreamHealthContributorAutoConfiguration {

    PgStreamHealthContributorAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = {"streamTablesHealthIndicator", "streamTablesHealthContributor"})
    StreamTablesHealthIndicator streamTablesHealthContributor(
            StreamTableOperations operations,
            StreamTableSynchronizer synchronizer,
            ObjectProvider<RefreshScheduler> scheduler) {
        return new StreamTablesHealthIndicator(operations, synchronizer, scheduler.getIfAvailable());
    }
}
