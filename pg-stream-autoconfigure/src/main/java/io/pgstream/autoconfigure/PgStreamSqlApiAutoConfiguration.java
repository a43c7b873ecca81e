package io.pgstream.autoconfigure;

import io.pgstream.RefreshListener;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.request.DeskSettings;
import io.pgstream.request.RequestDesk;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the work that SQL clients hand to the engine.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = PgStreamAutoConfiguration.class)
@ConditionalOnBean(StreamTableEngine.class)
@ConditionalOnBooleanProperty(name = "pg-stream.sql-api.enabled", matchIfMissing = true)
public final class PgStreamSqlApiAutoConfiguration {

    PgStreamSqlApiAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    RequestDesk pgStreamRequestDesk(
            StreamTableEngine engine,
            EngineConnections connections,
            PgStreamProperties properties,
            ObjectProvider<RefreshListener> listeners) {
        DeskSettings defaults = DeskSettings.defaults();
        return new RequestDesk(
                engine,
                connections.dataSource(),
                new DeskSettings(
                        // A pool of the application's does not have a connection to spare.
                        connections.isOwned(),
                        defaults.heartbeat(),
                        defaults.workers(),
                        properties.bufferGrowthWarning().toBytes(),
                        properties.slotLagWarning().toBytes()),
                listeners.orderedStream().toList());
    }

    @Bean
    RequestDeskLifecycle pgStreamRequestDeskLifecycle(RequestDesk desk, PgStreamProperties properties) {
        return new RequestDeskLifecycle(desk, properties.scheduler().shutdownTimeout());
    }

    @Bean
    static LazyInitializationExcludeFilter pgStreamSqlApiLazyInitializationExcludeFilter() {
        return LazyInitializationExcludeFilter.forBeanTypes(RequestDeskLifecycle.class);
    }
}
