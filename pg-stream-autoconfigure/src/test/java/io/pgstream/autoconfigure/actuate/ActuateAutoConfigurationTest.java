package io.pgstream.autoconfigure.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.pgstream.StreamTableStatus;
import io.pgstream.autoconfigure.ContextRunners;
import io.pgstream.autoconfigure.InMemoryStreamTables;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.actuate.endpoint.web.WebOperation;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** When there are an endpoint, a health contributor and meters, and what can be replaced. */
class ActuateAutoConfigurationTest {

    private final ApplicationContextRunner application = ContextRunners.idle()
            .withBean(InMemoryStreamTables.class)
            .withConfiguration(AutoConfigurations.of(
                    MetricsAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    SimpleMetricsExportAutoConfiguration.class,
                    PgStreamEndpointAutoConfiguration.class,
                    PgStreamHealthContributorAutoConfiguration.class,
                    PgStreamMetricsAutoConfiguration.class));

    @Test
    void the_endpoint_is_there_when_it_is_exposed() {
        application
                .withPropertyValues("management.endpoints.web.exposure.include=streamtables")
                .run(context -> assertThat(context)
                        .hasSingleBean(StreamTablesEndpoint.class)
                        .hasSingleBean(StreamTablesEndpointWebExtension.class));
    }

    @Test
    void the_endpoint_is_not_there_unless_it_is_exposed() {
        application.run(context -> assertThat(context).doesNotHaveBean(StreamTablesEndpoint.class));
    }

    @Test
    void the_endpoint_has_no_web_extension_where_it_is_exposed_to_jmx_only() {
        application
                .withPropertyValues("spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=streamtables")
                .run(context -> assertThat(context)
                        .hasSingleBean(StreamTablesEndpoint.class)
                        .doesNotHaveBean(StreamTablesEndpointWebExtension.class));
    }

    @Test
    void the_endpoint_can_be_closed() {
        application
                .withPropertyValues(
                        "management.endpoints.web.exposure.include=streamtables",
                        "management.endpoint.streamtables.access=NONE")
                .run(context -> assertThat(context).doesNotHaveBean(StreamTablesEndpoint.class));
    }

    @ParameterizedTest
    @CsvSource({"READ_ONLY,READ", "UNRESTRICTED,READ;WRITE"})
    void the_endpoint_has_the_operations_that_its_access_allows(String access, String expected) {
        new WebApplicationContextRunner()
                .withInitializer(context -> ContextRunners.idleProperties().applyTo(context))
                .withBean(InMemoryStreamTables.class)
                .withConfiguration(ContextRunners.autoConfigurations())
                .withConfiguration(AutoConfigurations.of(
                        EndpointAutoConfiguration.class,
                        WebEndpointAutoConfiguration.class,
                        PgStreamEndpointAutoConfiguration.class))
                .withPropertyValues(
                        "management.endpoints.web.exposure.include=streamtables",
                        "management.endpoint.streamtables.access=" + access)
                .run(context -> assertThat(operations(context))
                        .extracting(operation -> operation.getType().name())
                        .containsOnly(expected.split(";")));
    }

    private static List<WebOperation> operations(ApplicationContext context) {
        return context.getBean(WebEndpointsSupplier.class).getEndpoints().stream()
                .flatMap(endpoint -> endpoint.getOperations().stream())
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"DOWN,UP,DOWN", "UP,OUT_OF_SERVICE,OUT_OF_SERVICE", "OUT_OF_SERVICE,DOWN,DOWN", "UP,UP,UP"})
    void the_health_takes_its_status_from_the_settings(String onError, String onStaleness, String expected) {
        application
                .withPropertyValues(
                        "pg-stream.health.error-status=" + onError, "pg-stream.health.stale-status=" + onStaleness)
                .run(context -> {
                    InMemoryStreamTables tables = context.getBean(InMemoryStreamTables.class);
                    StreamTablesHealthIndicator health = context.getBean(StreamTablesHealthIndicator.class);
                    assertThat(health.health().getStatus()).isEqualTo(Status.UP);
                    tables.put("broken", StreamTableStatus.ERROR, Duration.ofSeconds(1), "gone");
                    tables.put("late", StreamTableStatus.ACTIVE, Duration.ofHours(1), null);
                    assertThat(health.health().getStatus()).isEqualTo(new Status(expected));
                });
    }

    @Test
    void the_info_can_be_switched_off() {
        application
                .withConfiguration(AutoConfigurations.of(PgStreamInfoContributorAutoConfiguration.class))
                .run(context -> assertThat(context).hasSingleBean(InfoContributor.class));
        application
                .withConfiguration(AutoConfigurations.of(PgStreamInfoContributorAutoConfiguration.class))
                .withPropertyValues("management.info.streamtables.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(InfoContributor.class));
    }

    @Test
    void an_application_without_actuator_has_neither_endpoint_nor_health() {
        application
                .withClassLoader(new FilteredClassLoader(Endpoint.class, HealthIndicator.class))
                .withPropertyValues("management.endpoints.web.exposure.include=streamtables")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(StreamTablesEndpoint.class)
                        .doesNotHaveBean("streamTablesHealthContributor"));
    }

    @Test
    void an_application_without_micrometer_has_no_meters() {
        ContextRunners.idle()
                .withBean(InMemoryStreamTables.class)
                .withConfiguration(AutoConfigurations.of(PgStreamMetricsAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader(MeterRegistry.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("pgStreamRefreshMeters"));
    }

    @Test
    void an_application_without_a_meter_registry_has_no_meters() {
        ContextRunners.idle()
                .withBean(InMemoryStreamTables.class)
                .withConfiguration(AutoConfigurations.of(PgStreamMetricsAutoConfiguration.class))
                .run(context -> assertThat(context).doesNotHaveBean(RefreshMeters.class));
    }

    @Test
    void the_meters_are_bound_to_the_registry_of_the_application() {
        application.run(context -> {
            assertThat(context).hasSingleBean(RefreshMeters.class);
            assertThat(context.getBean(MeterRegistry.class)
                            .find("pgstream.tables")
                            .gauges())
                    .hasSize(4);
        });
    }

    @Test
    void the_health_can_be_switched_off() {
        application
                .withPropertyValues("management.health.streamtables.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(StreamTablesHealthIndicator.class));
    }

    @Test
    void the_health_can_be_replaced() {
        application
                .withBean(
                        "streamTablesHealthContributor",
                        HealthIndicator.class,
                        () -> () -> Health.unknown().build())
                .run(context -> assertThat(context)
                        .hasSingleBean(HealthIndicator.class)
                        .doesNotHaveBean(StreamTablesHealthIndicator.class));
    }

    @Test
    void nothing_is_there_when_pg_stream_is_off() {
        application
                .withPropertyValues("pg-stream.enabled=false", "management.endpoints.web.exposure.include=streamtables")
                .run(context -> assertThat(context)
                        .doesNotHaveBean(StreamTablesEndpoint.class)
                        .doesNotHaveBean(StreamTablesHealthIndicator.class)
                        .doesNotHaveBean(RefreshMeters.class)
                        .doesNotHaveBean(StreamTableMeters.class));
    }
}
