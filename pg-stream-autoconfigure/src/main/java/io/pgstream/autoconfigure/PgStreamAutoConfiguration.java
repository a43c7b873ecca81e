package io.pgstream.autoconfigure;

import io.pgstream.RefreshListener;
import io.pgstream.Schedule;
import io.pgstream.StreamTableMonitor;
import io.pgstream.StreamTableOperations;
import io.pgstream.Watermarks;
import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.GraphSettings;
import io.pgstream.engine.LifeSettings;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.engine.SynchronousSettings;
import javax.sql.DataSource;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.sql.init.dependency.DatabaseInitializationDependencyConfigurer;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;

/**
 * Auto-configuration of the engine, its catalog and the definitions of the application.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
        after = DataSourceAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration",
            "org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration",
            "org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration"
        })
@ConditionalOnClass({
    StreamTableEngine.class,
    DataSourceAutoConfiguration.class,
    DatabaseInitializationDependencyConfigurer.class
})
@ConditionalOnBean(DataSource.class)
@ConditionalOnBooleanProperty(name = "pg-stream.enabled", matchIfMissing = true)
@EnableConfigurationProperties(PgStreamProperties.class)
@Import({
    AlertsConfiguration.class,
    AnnotatedStreamTableRegistrar.class,
    DatabaseInitializationDependencyConfigurer.class,
    // The order matters: the second backs off where the first applies.
    EngineConnectionsConfiguration.DedicatedPool.class,
    EngineConnectionsConfiguration.SharedPool.class
})
public final class PgStreamAutoConfiguration {

    PgStreamAutoConfiguration() {}

    @Bean
    DataSourceSelector pgStreamDataSourceSelector(
            @PgStreamDataSource ObjectProvider<DataSource> marked,
            ObjectProvider<DataSource> candidates,
            ListableBeanFactory beanFactory) {
        return new DataSourceSelector(marked, candidates, beanFactory);
    }

    @Bean
    @ConditionalOnMissingBean
    EngineSettings pgStreamEngineSettings(PgStreamProperties properties, Environment environment) {
        EngineSettings defaults = EngineSettings.defaults();
        return new EngineSettings(
                properties.catalog().schema(),
                properties.changeBufferSchema(),
                properties.stateSchema(),
                environment.getProperty("spring.application.name", defaults.application()),
                properties.minSchedule(),
                Schedule.parse(properties.defaultSchedule()),
                properties.maxConsecutiveErrors(),
                properties.maxRetries(),
                defaults.retryDelay(),
                properties.differentialMaxChangeRatio(),
                defaults.lockTimeout(),
                defaults.ddlTimeout(),
                defaults.statementTimeout(),
                properties.createSourceIndexes(),
                new GraphSettings(
                        properties.diamondConsistency(),
                        properties.diamondPolicy(),
                        properties.allowCircular(),
                        properties.fixpointMaxIterations()),
                lifeSettings(properties, environment),
                new SynchronousSettings(properties.topkMaxLimit(), properties.recursiveMaxDepth()));
    }

    private static LifeSettings lifeSettings(PgStreamProperties properties, Environment environment) {
        PgStreamProperties.Startup startup = properties.startup();
        if (startup.goneDefinitions() == LifeSettings.Gone.DROP
                && !environment.containsProperty("spring.application.name")) {
            throw SettingChecks.invalid(
                    "startup.gone-definitions",
                    "drop",
                    "without spring.application.name nobody knows which stream tables are this application's",
                    "Set spring.application.name.");
        }
        return new LifeSettings(
                startup.changedDefinitions(),
                startup.supersededDefinitions(),
                startup.goneDefinitions(),
                properties.userTriggers());
    }

    @Bean
    @ConditionalOnBooleanProperty(name = "pg-stream.catalog.migrate", matchIfMissing = true)
    CatalogMigrator pgStreamCatalogMigrator(
            DataSourceSelector selector,
            EngineConnections connections,
            EngineSettings settings,
            PgStreamProperties properties) {
        DataSource dataSource = properties.catalog().hasOwnConnection()
                ? CatalogDataSource.create(properties, selector.select())
                : connections.dataSource();
        return new CatalogMigrator(dataSource, settings);
    }

    @Bean
    @ConditionalOnMissingBean(StreamTableOperations.class)
    @DependsOnDatabaseInitialization
    StreamTableEngine streamTableEngine(
            EngineConnections connections, EngineSettings settings, ObjectProvider<RefreshListener> listeners) {
        return new StreamTableEngine(
                connections.dataSource(), settings, listeners.orderedStream().toList());
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(StreamTableEngine.class)
    Watermarks streamTableWatermarks(StreamTableEngine engine) {
        return engine.watermarks();
    }

    @Bean
    @ConditionalOnMissingBean
    ReadYourWrites readYourWrites(StreamTableOperations operations, DataSourceSelector selector) {
        return new ReadYourWrites(operations, selector.select());
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(StreamTableEngine.class)
    StreamTableMonitor streamTableMonitor(StreamTableEngine engine) {
        return engine.monitor();
    }

    @Bean
    StreamTableDefinitions streamTableDefinitions(
            ObjectProvider<AnnotatedStreamTable> annotated,
            ListableBeanFactory beanFactory,
            PgStreamProperties properties,
            ResourceLoader resourceLoader) {
        return new StreamTableDefinitions(
                annotated.orderedStream().toList(),
                beanFactory.getBeansOfType(StreamTableDefinitionSource.class),
                properties.tables(),
                resourceLoader);
    }

    @Bean
    StreamTableSynchronizer streamTableSynchronizer(
            StreamTableOperations operations, StreamTableDefinitions definitions, PgStreamProperties properties) {
        return new StreamTableSynchronizer(
                operations,
                definitions,
                properties.startup().onInvalidDefinition(),
                properties.startup().goneDefinitions() != LifeSettings.Gone.KEEP);
    }

    @Bean
    static LazyInitializationExcludeFilter pgStreamLazyInitializationExcludeFilter() {
        return LazyInitializationExcludeFilter.forBeanTypes(CatalogMigrator.class, StreamTableSynchronizer.class);
    }
}
