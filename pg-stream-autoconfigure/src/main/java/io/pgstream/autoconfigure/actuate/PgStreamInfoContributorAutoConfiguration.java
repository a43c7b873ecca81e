package io.pgstream.autoconfigure.actuate;

import io.pgstream.StreamTableMonitor;
import io.pgstream.autoconfigure.PgStreamAutoConfiguration;
import io.pgstream.autoconfigure.StreamTableSynchronizer;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of what {@code /actuator/info} says of stream tables.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = PgStreamAutoConfiguration.class)
@ConditionalOnClass({InfoContributor.class, ConditionalOnEnabledInfoContributor.class})
@ConditionalOnBean({StreamTableMonitor.class, StreamTableSynchronizer.class})
@ConditionalOnEnabledInfoContributor("streamtables")
public final class PgStreamInfoContributorAutoConfiguration {

    PgStreamInfoContributorAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    StreamTablesInfoContributor streamTablesInfoContributor(StreamTableMonitor monitor) {
        return new StreamTablesInfoContributor(monitor);
    }
}
