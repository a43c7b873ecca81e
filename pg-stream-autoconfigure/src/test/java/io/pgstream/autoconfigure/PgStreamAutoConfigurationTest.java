package io.pgstream.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.Schedule;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableOperations;
import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.schedule.RefreshScheduler;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.sql.init.dependency.DatabaseInitializationDependencyConfigurer;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** When there is an engine, and what can be replaced. No test here connects. */
class PgStreamAutoConfigurationTest {

    private final ApplicationContextRunner application = ContextRunners.idle();

    @Test
    void an_application_with_a_data_source_has_an_engine() {
        application.run(context -> {
            assertThat(context).hasSingleBean(StreamTableOperations.class).hasSingleBean(StreamTableEngine.class);
            assertThat(context).doesNotHaveBean(Flyway.class);
        });
    }

    @Test
    void an_application_that_switches_it_off_has_no_bean_of_it_at_all() {
        application
                .withPropertyValues("pg-stream.enabled=false", "pg-stream.scheduler.enabled=true")
                .run(context -> assertThat(beansOfOurs(context)).isEmpty());
    }

    @Test
    void an_application_without_a_data_source_has_no_bean_of_it_at_all() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        PgStreamAutoConfiguration.class, PgStreamSchedulingAutoConfiguration.class))
                .run(context -> assertThat(beansOfOurs(context)).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                StreamTableEngine.class,
                DataSourceAutoConfiguration.class,
                DatabaseInitializationDependencyConfigurer.class
            })
    void an_application_without_a_class_that_is_needed_has_no_engine(Class<?> missing) {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        PgStreamAutoConfiguration.class, PgStreamSchedulingAutoConfiguration.class))
                .withBean(PGSimpleDataSource.class)
                .withClassLoader(new FilteredClassLoader(missing))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(EngineConnections.class));
    }

    @Test
    void the_settings_reach_the_engine() {
        application
                .withPropertyValues(
                        "spring.application.name=shop",
                        "pg-stream.catalog.schema=shop_catalog",
                        "pg-stream.change-buffer-schema=shop_changes",
                        "pg-stream.state-schema=shop_state",
                        "pg-stream.min-schedule=2s",
                        "pg-stream.default-schedule=@hourly",
                        "pg-stream.max-consecutive-errors=9",
                        "pg-stream.max-retries=0",
                        "pg-stream.differential-max-change-ratio=0.5",
                        "pg-stream.create-source-indexes=true",
                        "pg-stream.allow-circular=true",
                        "pg-stream.fixpoint-max-iterations=7")
                .run(context -> {
                    EngineSettings settings = context.getBean(EngineSettings.class);

                    assertThat(settings.application()).isEqualTo("shop");
                    assertThat(settings.catalogSchema()).isEqualTo("shop_catalog");
                    assertThat(settings.changeBufferSchema()).isEqualTo("shop_changes");
                    assertThat(settings.stateSchema()).isEqualTo("shop_state");
                    assertThat(settings.minSchedule()).isEqualTo(Duration.ofSeconds(2));
                    assertThat(settings.defaultSchedule()).isEqualTo(new Schedule.Cron("@hourly"));
                    assertThat(settings.maxConsecutiveErrors()).isEqualTo(9);
                    assertThat(settings.maxRetries()).isZero();
                    assertThat(settings.differentialMaxChangeRatio()).isEqualTo(0.5);
                    assertThat(settings.createSourceIndexes()).isTrue();
                    assertThat(settings.graph().allowCircular()).isTrue();
                    assertThat(settings.graph().maxIterations()).isEqualTo(7);
                });
    }

    @Test
    void the_defaults_of_the_properties_are_those_of_the_engine() {
        application.run(
                context -> assertThat(context.getBean(EngineSettings.class)).isEqualTo(EngineSettings.defaults()));
    }

    @Test
    void settings_of_the_application_replace_those_of_the_properties() {
        EngineSettings own = EngineSettings.defaults();
        application
                .withBean(EngineSettings.class, () -> own)
                .run(context ->
                        assertThat(context.getBean(EngineSettings.class)).isSameAs(own));
    }

    @Test
    void operations_of_the_application_replace_the_engine_and_its_clock() {
        application
                .withPropertyValues("pg-stream.scheduler.enabled=true")
                .withBean(InMemoryStreamTables.class)
                .run(context -> assertThat(context)
                        .hasSingleBean(StreamTableOperations.class)
                        .doesNotHaveBean(StreamTableEngine.class)
                        .doesNotHaveBean(RefreshScheduler.class));
    }

    @Test
    void definitions_of_the_application_are_synchronized() {
        application
                .withBean(InMemoryStreamTables.class)
                .withBean(
                        "programmatic",
                        StreamTableDefinitionSource.class,
                        () -> () -> List.of(StreamTableDefinition.of("by_code", "SELECT 1 AS one")))
                .withPropertyValues("pg-stream.tables[0].name=by_property", "pg-stream.tables[0].query=SELECT 2 AS two")
                .run(context -> assertThat(
                                context.getBean(StreamTableOperations.class).list())
                        .extracting(table -> table.name().toString())
                        .containsExactly("by_code", "by_property"));
    }

    @Test
    void the_catalog_is_migrated_after_the_scripts_and_before_what_reads_the_database() {
        application
                .withPropertyValues("pg-stream.catalog.migrate=true", "spring.sql.init.mode=always")
                .withInitializer(context -> context.addBeanFactoryPostProcessor(beanFactory ->
                        // Definitions are looked at, nothing is made: there is no server.
                        Arrays.stream(beanFactory.getBeanDefinitionNames())
                                .forEach(name ->
                                        beanFactory.getBeanDefinition(name).setLazyInit(true))))
                .withBean(InMemoryStreamTables.class)
                .run(context -> {
                    assertThat(dependenciesOf(context, "pgStreamCatalogMigrator"))
                            .containsExactly("dataSourceScriptDatabaseInitializer");
                    assertThat(dependenciesOf(context, "jdbcTemplate"))
                            .containsExactlyInAnyOrder(
                                    "dataSourceScriptDatabaseInitializer", "pgStreamCatalogMigrator");
                });
    }

    @Test
    void the_engine_waits_for_the_catalog() {
        application
                .withPropertyValues("pg-stream.catalog.migrate=true", "spring.datasource.hikari.connection-timeout=250")
                .run(context -> {
                    // There is no server, so that the failure tells who asked for it.
                    assertThat(context).hasFailed();
                    assertThat(context.getStartupFailure()).hasStackTraceContaining("pgStreamCatalogMigrator");
                });
    }

    @Test
    void the_catalog_is_left_alone_if_told_so() {
        application.run(context -> assertThat(context).doesNotHaveBean(CatalogMigrator.class));
    }

    private static List<String> dependenciesOf(AssertableApplicationContext context, String beanName) {
        String[] dependencies = context.getSourceApplicationContext()
                .getBeanFactory()
                .getBeanDefinition(beanName)
                .getDependsOn();
        return (dependencies != null) ? List.of(dependencies) : List.of();
    }

    private static List<String> beansOfOurs(AssertableApplicationContext context) {
        return Arrays.stream(context.getBeanDefinitionNames())
                .filter(name -> {
                    Class<?> type = context.getType(name);
                    return type != null && type.getName().startsWith("io.pgstream.");
                })
                .toList();
    }
}
