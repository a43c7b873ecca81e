package io.pgstream.autoconfigure;

import com.zaxxer.hikari.HikariDataSource;
import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/** Where the connections of the engine come from. */
final class EngineConnectionsConfiguration {

    private static final Logger logger = LoggerFactory.getLogger(EngineConnectionsConfiguration.class);

    private EngineConnectionsConfiguration() {}

    /** One for each refresh and for each listener that is told something. */
    private static int connections(PgStreamProperties properties) {
        return properties.maxConcurrentRefreshes() + properties.changeFeed().connections();
    }

    private static EngineConnections dedicated(
            DataSource dataSource, @Nullable JdbcConnectionDetails details, PgStreamProperties properties) {
        DataSource pool =
                new EnginePoolFactory(connections(properties), properties.directUrl()).create(dataSource, details);
        if (pool != null) {
            return EngineConnections.owned(pool);
        }
        if (properties.directUrl() != null) {
            throw new InvalidDefinitionException(
                    ErrorCode.INVALID_OPTION,
                    "pg-stream.direct-url is set, but the data source of the application ("
                            + dataSource.getClass().getName() + ") does not tell its user and password.",
                    "Remove pg-stream.direct-url and mark a data source with the direct URL as @PgStreamDataSource.");
        }
        logger.info(
                "pg-stream borrows up to {} connections of the application's data source, because {} does not tell how"
                        + " it connects",
                connections(properties) + EnginePoolFactory.FURTHER_CONNECTIONS,
                dataSource.getClass().getName());
        return EngineConnections.shared(dataSource);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HikariDataSource.class)
    @ConditionalOnBooleanProperty(name = "pg-stream.dedicated-pool", matchIfMissing = true)
    static class DedicatedPool {

        @Bean
        EngineConnections pgStreamEngineConnections(
                DataSourceSelector selector,
                PgStreamProperties properties,
                ObjectProvider<JdbcConnectionDetails> connectionDetails) {
            DataSource dataSource = selector.select();
            // Details that exist beside several data sources, or behind one that routes, may belong to another server.
            boolean known = selector.isOnlyOne() && !(dataSource instanceof AbstractRoutingDataSource);
            return dedicated(dataSource, known ? connectionDetails.getIfUnique() : null, properties);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SharedPool {

        @Bean
        @ConditionalOnMissingBean
        EngineConnections pgStreamEngineConnections(DataSourceSelector selector) {
            return EngineConnections.shared(selector.select());
        }
    }
}
