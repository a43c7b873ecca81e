package io.pgstream.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;

/** Which data source the engine works on, and how it connects. No test here connects. */
class DataSourceSelectionTest {

    private static final String URL = "jdbc:postgresql://localhost:1/";

    private final ApplicationContextRunner application = ContextRunners.idle();

    @Test
    void the_only_data_source_is_taken_and_its_pool_left_alone() {
        application
                .withPropertyValues("spring.datasource.hikari.schema=sales", "pg-stream.max-concurrent-refreshes=8")
                .run(context -> {
                    EngineConnections connections = context.getBean(EngineConnections.class);
                    HikariDataSource pool = (HikariDataSource) connections.dataSource();

                    assertThat(connections.isOwned()).isTrue();
                    assertThat(pool).isNotSameAs(context.getBean(DataSource.class));
                    assertThat(pool.getPoolName()).isEqualTo("pg-stream");
                    assertThat(pool.getJdbcUrl()).isEqualTo(URL + "unreachable");
                    assertThat(pool.getUsername()).isEqualTo("nobody");
                    assertThat(pool.getSchema()).isEqualTo("sales");
                    assertThat(pool.getMaximumPoolSize()).isEqualTo(14);
                    assertThat(context.getBean(HikariDataSource.class).getMaximumPoolSize())
                            .isEqualTo(10);
                });
    }

    @Test
    void the_pool_is_no_data_source_of_the_application() {
        application.run(context ->
                assertThat(context.getBeanNamesForType(DataSource.class)).containsExactly("dataSource"));
    }

    @Test
    void the_pool_closes_with_the_application() {
        HikariDataSource[] pool = new HikariDataSource[1];
        application.run(context -> pool[0] =
                (HikariDataSource) context.getBean(EngineConnections.class).dataSource());

        assertThat(pool[0].isClosed()).isTrue();
    }

    @Test
    void a_borrowed_data_source_does_not_close_with_the_engine() {
        application.withPropertyValues("pg-stream.dedicated-pool=false").run(context -> {
            EngineConnections connections = context.getBean(EngineConnections.class);
            connections.destroy();

            assertThat(connections.dataSource()).isSameAs(context.getBean(DataSource.class));
            assertThat(context.getBean(HikariDataSource.class).isClosed()).isFalse();
        });
    }

    @Test
    void without_hikari_the_data_source_of_the_application_is_used() {
        application
                .withUserConfiguration(PlainDataSource.class)
                .withClassLoader(new FilteredClassLoader("com.zaxxer.hikari"))
                .run(context -> assertThat(
                                context.getBean(EngineConnections.class).dataSource())
                        .isSameAs(context.getBean(DataSource.class)));
    }

    @Test
    void a_data_source_of_the_driver_gets_a_pool_for_the_engine() {
        application.withUserConfiguration(PlainDataSource.class).run(context -> {
            EngineConnections connections = context.getBean(EngineConnections.class);

            assertThat(connections.isOwned()).isTrue();
            assertThat(urlOfEngine(connections)).startsWith(URL + "plain");
        });
    }

    @Test
    void a_data_source_that_does_not_tell_how_it_connects_is_used_itself() {
        application
                .withUserConfiguration(UnknownDataSource.class)
                .run(context -> assertThat(
                                context.getBean(EngineConnections.class).dataSource())
                        .isSameAs(context.getBean(DataSource.class)));
    }

    @Test
    void a_direct_url_needs_a_data_source_that_tells_its_user() {
        application
                .withUserConfiguration(UnknownDataSource.class)
                .withPropertyValues("pg-stream.direct-url=jdbc:postgresql://direct/app")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("pg-stream.direct-url")
                        .hasMessageContaining("does not tell its user and password"));
    }

    @Test
    void a_proxy_is_looked_through() {
        application.withUserConfiguration(ProxiedDataSource.class).run(context -> {
            EngineConnections connections = context.getBean(EngineConnections.class);

            assertThat(connections.isOwned()).isTrue();
            assertThat(((HikariDataSource) connections.dataSource()).getJdbcUrl())
                    .isEqualTo(URL + "proxied");
        });
    }

    @Test
    void a_direct_url_goes_around_the_pooler_with_the_same_user() {
        application
                .withPropertyValues("pg-stream.direct-url=jdbc:postgresql://direct/app")
                .run(context -> {
                    HikariDataSource pool = (HikariDataSource)
                            context.getBean(EngineConnections.class).dataSource();

                    assertThat(pool.getJdbcUrl()).isEqualTo("jdbc:postgresql://direct/app");
                    assertThat(pool.getUsername()).isEqualTo("nobody");
                });
    }

    @Test
    void the_primary_one_of_two_is_taken() {
        application
                .withUserConfiguration(PrimaryOfTwo.class)
                .run(context -> assertThat(urlOfEngine(context.getBean(EngineConnections.class)))
                        .isEqualTo(URL + "orders"));
    }

    @Test
    void the_marked_one_of_two_is_taken_before_the_primary_one() {
        application
                .withUserConfiguration(MarkedBesidePrimary.class)
                .run(context -> assertThat(urlOfEngine(context.getBean(EngineConnections.class)))
                        .isEqualTo(URL + "archive"));
    }

    @Test
    void the_marked_one_may_be_hidden_from_the_rest_of_the_application() {
        application.withUserConfiguration(HiddenBesideDefault.class).run(context -> {
            assertThat(urlOfEngine(context.getBean(EngineConnections.class))).isEqualTo(URL + "hidden");
            assertThat(context.getBean(DataSource.class)).isSameAs(context.getBean("orders"));
        });
    }

    @Test
    void two_of_equal_rank_are_refused_by_name() {
        application
                .withUserConfiguration(TwoOfEqualRank.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(AmbiguousDataSourceException.class)
                        .hasMessage("pg-stream found several data sources: archive, orders"));
    }

    @Test
    void two_of_equal_rank_are_no_problem_when_pg_stream_is_off() {
        application
                .withUserConfiguration(TwoOfEqualRank.class)
                .withPropertyValues("pg-stream.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(EngineConnections.class));
    }

    private static String urlOfEngine(EngineConnections connections) {
        return ((HikariDataSource) connections.dataSource()).getJdbcUrl();
    }

    private static HikariDataSource pool(String database) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(URL + database);
        pool.setUsername("nobody");
        return pool;
    }

    @Configuration(proxyBeanMethods = false)
    static class PrimaryOfTwo {

        @Bean
        DataSource archive() {
            return pool("archive");
        }

        @Bean
        @Primary
        DataSource orders() {
            return pool("orders");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class MarkedBesidePrimary {

        @Bean
        @PgStreamDataSource
        DataSource archive() {
            return pool("archive");
        }

        @Bean
        @Primary
        DataSource orders() {
            return pool("orders");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class HiddenBesideDefault {

        @Bean(defaultCandidate = false)
        @PgStreamDataSource
        DataSource hidden() {
            return pool("hidden");
        }

        @Bean
        DataSource orders() {
            return pool("orders");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoOfEqualRank {

        @Bean
        DataSource archive() {
            return pool("archive");
        }

        @Bean
        DataSource orders() {
            return pool("orders");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ProxiedDataSource {

        @Bean
        DataSource proxied() {
            return new LazyConnectionDataSourceProxy(new DelegatingDataSource(pool("proxied")));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class PlainDataSource {

        @Bean
        DataSource plain() {
            PGSimpleDataSource dataSource = new PGSimpleDataSource();
            dataSource.setUrl(URL + "plain");
            dataSource.setUser("nobody");
            return dataSource;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class UnknownDataSource {

        @Bean
        DataSource unknown() {
            return new AbstractDataSource() {

                @Override
                public java.sql.Connection getConnection() {
                    throw new UnsupportedOperationException();
                }

                @Override
                public java.sql.Connection getConnection(String user, String password) {
                    throw new UnsupportedOperationException();
                }
            };
        }
    }
}
