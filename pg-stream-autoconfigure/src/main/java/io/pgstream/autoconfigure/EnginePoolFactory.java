package io.pgstream.autoconfigure;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * Makes the engine's own pool for the server of a given data source. It is small, since refreshes are limited in number,
 * and it takes over what the application's pool says about a session (driver properties, schema, first statement), so
 * that a query means the same in both.
 */
final class EnginePoolFactory {

    /** Beside the refreshes: for the clock and for operations, of which a migration takes three, and one that listens. */
    static final int FURTHER_CONNECTIONS = 4;

    private final int workers;

    private final @Nullable String directUrl;

    EnginePoolFactory(int workers, @Nullable String directUrl) {
        this.workers = workers;
        this.directUrl = directUrl;
    }

    /**
     * Makes the pool.
     *
     * @param dataSource the application's data source
     * @param details how the application connects, where that is known to be the way of this data source
     * @return the pool, or {@code null} if the data source does not tell how it connects
     */
    @Nullable
    DataSource create(DataSource dataSource, @Nullable JdbcConnectionDetails details) {
        HikariConfig configuration = configurationOf(dataSource, details);
        if (configuration == null) {
            return null;
        }
        if (directUrl != null) {
            configuration.setDataSource(null);
            configuration.setDataSourceClassName(null);
            configuration.setJdbcUrl(directUrl);
        }
        configuration.setPoolName("pg-stream");
        configuration.setMaximumPoolSize(workers + FURTHER_CONNECTIONS);
        configuration.setMinimumIdle(1);
        configuration.setIdleTimeout(Duration.ofMinutes(1).toMillis());
        configuration.setAutoCommit(true);
        configuration.setReadOnly(false);
        configuration.setTransactionIsolation(null);
        // A long refresh is no leak.
        configuration.setLeakDetectionThreshold(0);
        // The engine says what is wrong when the server cannot be reached; the pool would fail with an error of its
        // own.
        configuration.setInitializationFailTimeout(-1);
        // Not the constructor with a configuration: it opens connections at once.
        HikariDataSource pool = new HikariDataSource();
        configuration.copyStateTo(pool);
        return pool;
    }

    private @Nullable HikariConfig configurationOf(DataSource dataSource, @Nullable JdbcConnectionDetails details) {
        HikariDataSource hikari =
                DataSourceUnwrapper.unwrap(dataSource, HikariConfigMXBean.class, HikariDataSource.class);
        if (hikari != null) {
            return copyOf(hikari);
        }
        try {
            return DataSourceBuilder.derivedFrom(dataSource)
                    .type(HikariDataSource.class)
                    .build();
        } catch (RuntimeException e) {
            // Neither a known pool nor a known driver: Boot has a type of exception for each step that may miss.
            return (details != null) ? configurationOf(details) : null;
        }
    }

    private static HikariConfig copyOf(HikariDataSource hikari) {
        HikariConfig copy = new HikariConfig();
        hikari.copyStateTo(copy);
        Properties driverProperties = new Properties();
        driverProperties.putAll(hikari.getDataSourceProperties());
        copy.setDataSourceProperties(driverProperties);
        copy.setMetricRegistry(null);
        copy.setMetricsTrackerFactory(null);
        copy.setHealthCheckRegistry(null);
        copy.setScheduledExecutor(null);
        copy.setThreadFactory(null);
        return copy;
    }

    private static HikariConfig configurationOf(JdbcConnectionDetails details) {
        HikariConfig configuration = new HikariConfig();
        configuration.setJdbcUrl(details.getJdbcUrl());
        configuration.setUsername(details.getUsername());
        configuration.setPassword(details.getPassword());
        return configuration;
    }
}
