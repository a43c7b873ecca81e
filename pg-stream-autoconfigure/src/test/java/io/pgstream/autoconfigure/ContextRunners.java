package io.pgstream.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;

/** Applications as small as can be. */
public final class ContextRunners {

    /** What asks for a connection all the same is told soon that there is no server. */
    private static final String[] IDLE = {
        "spring.datasource.url=jdbc:postgresql://localhost:1/unreachable",
        "spring.datasource.username=nobody",
        "spring.datasource.hikari.connection-timeout=250",
        "pg-stream.catalog.migrate=false",
        "pg-stream.scheduler.enabled=false"
    };

    private ContextRunners() {}

    /**
     * An application with Boot's JDBC and pg-stream.
     *
     * @return a runner without a database
     */
    public static ApplicationContextRunner withoutDatabase() {
        return new ApplicationContextRunner().withConfiguration(autoConfigurations());
    }

    /**
     * Boot's JDBC and pg-stream.
     *
     * @return auto-configurations
     */
    public static AutoConfigurations autoConfigurations() {
        return AutoConfigurations.of(
                DataSourceAutoConfiguration.class,
                DataSourceInitializationAutoConfiguration.class,
                DataSourceTransactionManagerAutoConfiguration.class,
                JdbcTemplateAutoConfiguration.class,
                JdbcClientAutoConfiguration.class,
                TaskSchedulingAutoConfiguration.class,
                PgStreamAutoConfiguration.class,
                PgStreamChangeFeedAutoConfiguration.class,
                PgStreamSchedulingAutoConfiguration.class,
                PgStreamSqlApiAutoConfiguration.class);
    }

    /**
     * An application with Boot's JDBC and pg-stream on a database.
     *
     * @param database the database
     * @return a runner
     */
    public static ApplicationContextRunner on(TestDatabase database) {
        return withoutDatabase().withPropertyValues(database.properties());
    }

    /**
     * An application that never touches its database unless a test does.
     *
     * @return a runner
     */
    public static ApplicationContextRunner idle() {
        return withoutDatabase().withPropertyValues(IDLE);
    }

    /**
     * The settings of an application that never touches its database unless a test does.
     *
     * @return properties
     */
    public static TestPropertyValues idleProperties() {
        return TestPropertyValues.of(IDLE);
    }
}
