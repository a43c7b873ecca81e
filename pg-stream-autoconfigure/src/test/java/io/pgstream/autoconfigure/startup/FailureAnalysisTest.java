package io.pgstream.autoconfigure.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import io.pgstream.autoconfigure.TestDatabase;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What a person reads when the application does not start. */
@ExtendWith(OutputCaptureExtension.class)
class FailureAnalysisTest {

    private static final TestDatabase DATABASE = TestDatabase.create();

    @Test
    void a_setting_out_of_its_range(CapturedOutput output) {
        assertDoesNotStart(Application.class, "--pg-stream.max-concurrent-refreshes=64");

        assertThat(description(output))
                .isEqualTo("pg-stream: pg-stream.max-concurrent-refreshes is '64': it has to be between 1 and 32."
                        + " (INVALID_OPTION)");
        assertThat(action(output)).isEqualTo("Set pg-stream.max-concurrent-refreshes to a value from 1 to 32.");
    }

    @Test
    void a_definition_without_a_query(CapturedOutput output) {
        assertDoesNotStart(
                Application.class,
                "--pg-stream.catalog.migrate=false",
                "--pg-stream.tables[0].name=totals",
                "--pg-stream.tables[0].schedule=5s");

        assertThat(description(output))
                .isEqualTo("pg-stream: The stream table totals (pg-stream.tables[0]) has no query. (INVALID_QUERY)");
        assertThat(action(output)).startsWith("Give it a query, or the location of a resource");
    }

    @Test
    void a_query_with_a_syntax_error(CapturedOutput output) {
        assertDoesNotStart(
                Application.class,
                "--pg-stream.tables[0].name=totals",
                "--pg-stream.tables[0].query=SELECT 1 AS one FORM orders");

        assertThat(description(output)).startsWith("pg-stream: ").contains("syntax error", "INVALID_QUERY");
        assertThat(action(output)).isNotBlank();
    }

    @Test
    void a_server_that_cannot_be_reached(CapturedOutput output) {
        assertDoesNotStart(
                Application.class,
                "--spring.datasource.url=jdbc:postgresql://localhost:1/unreachable",
                "--spring.datasource.hikari.connection-timeout=250");

        assertThat(description(output)).startsWith("pg-stream: ").contains("SERVER_UNAVAILABLE");
        assertThat(action(output)).contains("server runs and can be reached");
    }

    @Test
    void several_data_sources(CapturedOutput output) {
        assertDoesNotStart(TwoDataSources.class);

        assertThat(description(output))
                .startsWith("pg-stream works on one data source, but the application has several")
                .contains("- archive", "- orders");
        assertThat(action(output)).contains("@PgStreamDataSource", "@Primary", "pg-stream.enabled=false");
    }

    @Test
    void flyway_in_an_application_that_has_no_migrations(CapturedOutput output) {
        TestDatabase database = TestDatabase.create().execute("CREATE TABLE orders (id bigint)");

        assertDoesNotStart(ClassicApplication.class, "--spring.datasource.url=" + database.url());

        assertThat(description(output)).startsWith("Flyway migrates the schema of this application");
        assertThat(action(output)).startsWith("Set spring.flyway.enabled=false");
    }

    private static void assertDoesNotStart(Class<?> application, String... arguments) {
        assertThatException()
                .isThrownBy(() -> new SpringApplicationBuilder(application)
                        .web(WebApplicationType.NONE)
                        .properties(
                                "spring.datasource.url=" + DATABASE.url(),
                                "spring.datasource.username=postgres",
                                "spring.datasource.password=postgres")
                        .run(arguments));
    }

    private static String description(CapturedOutput output) {
        return output.getOut().split("Description:\\R\\R")[1].split("\\R\\RAction:")[0];
    }

    private static String action(CapturedOutput output) {
        return output.getOut().split("Action:\\R\\R")[1].strip();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = FlywayAutoConfiguration.class)
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class ClassicApplication {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = FlywayAutoConfiguration.class)
    static class TwoDataSources {

        @Bean
        DataSource archive() {
            return new PGSimpleDataSource();
        }

        @Bean
        DataSource orders() {
            return new PGSimpleDataSource();
        }
    }
}
