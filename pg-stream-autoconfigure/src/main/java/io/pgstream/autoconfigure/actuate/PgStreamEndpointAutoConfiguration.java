package io.pgstream.autoconfigure.actuate;

import io.pgstream.StreamTableMonitor;
import io.pgstream.StreamTableOperations;
import io.pgstream.autoconfigure.PgStreamAutoConfiguration;
import io.pgstream.autoconfigure.StreamTableSynchronizer;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the actuator endpoint {@code streamtables}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = PgStreamAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnAvailableEndpoint(StreamTablesEndpoint.class)
@ConditionalOnBean({StreamTableOperations.class, StreamTableMonitor.class, StreamTableSynchronizer.class})
public final class PgStreamEndpointAutoConfiguration {

    PgStreamEndpointAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    StreamTablesEndpoint streamTablesEndpoint(
            StreamTableOperations operations, StreamTableMonitor monitor, StreamTableSynchronizer synchronizer) {
        return new StreamTablesEndpoint(operations, monitor, synchronizer);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
    StreamTablesEndpointWebExtension streamTablesEndpointWebExtension(StreamTablesEndpoint endpoint) {
        return new StreamTablesEndpointWebExtension(endpoint);
    }
}
