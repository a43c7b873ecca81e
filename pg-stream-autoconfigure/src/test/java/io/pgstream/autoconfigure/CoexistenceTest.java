package io.pgstream.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.StreamTableOperations;
import io.pgstream.autoconfigure.shop.ShopApplication;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/** An application with its own Flyway, its own job and two data sources behaves as it did before. */
class CoexistenceTest {

    private static final TestDatabase SHOP = TestDatabase.create();

    private static final TestDatabase OTHER = TestDatabase.create().execute("CREATE TABLE audit (id bigint)");

    private final ApplicationContextRunner application = ContextRunners.withoutDatabase()
            .withConfiguration(AutoConfigurations.of(FlywayAutoConfiguration.class))
            .withUserConfiguration(ShopApplication.class, TwoDataSources.class, Job.class)
            .withPropertyValues("spring.flyway.locations=classpath:shop/migration");

    @Test
    void an_application_with_flyway_a_job_and_two_data_sources_is_left_as_it_is() {
        application.run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(Flyway.class);
            assertThat(context.getBean(StreamTableOperations.class).list()).hasSize(2);
            assertThat(context.getBean(Job.class).thread.get(10, TimeUnit.SECONDS))
                    .startsWith("scheduling-");
            assertThat(context.getBeansOfType(DataSource.class)).containsOnlyKeys("shop", "other");
            assertThat(context.getBean(JdbcTemplate.class).getDataSource()).isSameAs(context.getBean("shop"));
        });

        assertThat(scripts("public.flyway_schema_history")).containsExactly("V1__orders.sql");
        assertThat(schemas(SHOP)).contains("pgstream");
        assertThat(schemas(OTHER)).noneMatch(schema -> schema.startsWith("pgstream"));
        assertThat(OTHER.sql()
                        .sql("SELECT count(*) FROM pg_trigger")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    private static List<String> scripts(String history) {
        return SHOP.sql()
                .sql("SELECT script FROM " + history + " WHERE success ORDER BY installed_rank")
                .query(String.class)
                .list();
    }

    private static List<String> schemas(TestDatabase database) {
        return database.sql()
                .sql("SELECT nspname FROM pg_namespace")
                .query(String.class)
                .list();
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoDataSources {

        @Bean
        @Primary
        DataSource shop() {
            return SHOP.dataSource();
        }

        @Bean
        DataSource other() {
            return OTHER.dataSource();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    static class Job {

        final CompletableFuture<String> thread = new CompletableFuture<>();

        @Scheduled(fixedRate = 1, timeUnit = TimeUnit.HOURS)
        void run() {
            thread.complete(Thread.currentThread().getName());
        }
    }
}
