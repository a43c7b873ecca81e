package io.pgstream.autoconfigure.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.autoconfigure.TestDatabase;
import io.pgstream.autoconfigure.shop.ShopApplication;
import io.pgstream.schedule.RefreshScheduler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

/** The endpoint and the health of an application with stream tables on a server. */
class ShopOverHttpTest {

    private static final TestDatabase DATABASE = TestDatabase.create();

    private static ConfigurableApplicationContext application;

    private static RestTestClient client;

    @BeforeAll
    static void start() {
        application = new SpringApplicationBuilder(Application.class)
                .properties(DATABASE.properties())
                .properties(
                        "server.port=0",
                        "spring.sql.init.mode=always",
                        "spring.sql.init.schema-locations=classpath:shop/schema.sql",
                        "management.endpoint.health.show-details=always",
                        "management.endpoints.web.exposure.include=health,metrics,streamtables")
                .run();
        client = RestTestClient.bindToServer()
                .baseUrl("http://localhost:" + application.getEnvironment().getProperty("local.server.port")
                        + "/actuator")
                .build();
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @Test
    void a_stream_table_is_listed_refreshed_and_explained() {
        DATABASE.execute("INSERT INTO orders VALUES (1, 7, 2000.00)");

        client.post()
                .uri("/streamtables/large_orders")
                .contentType(MediaType.APPLICATION_JSON)
                .body(Map.of("action", "refresh"))
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .json("""
                        {"name": "public.large_orders", "status": "ACTIVE", "refresh": {"inserted": 1}}""");
        get("/streamtables", HttpStatus.OK).json("""
                        {"streamTables": [
                          {"name": "public.large_orders", "status": "ACTIVE", "schedule": "manual"},
                          {"name": "public.revenue_by_customer", "status": "ACTIVE", "schedule": "1s"}
                        ]}""");
        get("/streamtables/large_orders", HttpStatus.OK)
                .json("""
                        {"name": "public.large_orders", "sources": ["public.orders"], "requestedMode": "AUTO",
                         "mode": "AUTO", "explanation": {}}""")
                .consumeWith(result -> assertThat(new String(result.getResponseBody(), StandardCharsets.UTF_8))
                        .containsPattern("\"operatorTree\":\\[\"[^\"]+\"")
                        .containsPattern("\"history\":\\[\\{[^}]*\"inserted\":1[,}]"));
        get("/metrics/pgstream.refresh?tag=table:public.large_orders", HttpStatus.OK);
    }

    @Test
    void the_health_is_down_while_the_clock_stands_still() {
        get("/health", HttpStatus.OK).json("""
                        {"components": {"streamTables": {"status": "UP",
                          "details": {"scheduler": "running", "streamTables": 2}}}}""");

        RefreshScheduler scheduler = application.getBean(RefreshScheduler.class);
        scheduler.stop(Duration.ofSeconds(10));
        try {
            get("/health", HttpStatus.SERVICE_UNAVAILABLE).json("""
                            {"components": {"streamTables": {"status": "DOWN",
                              "details": {"scheduler": "stopped", "streamTables": 2}}}}""");
        } finally {
            scheduler.start();
        }
    }

    private static RestTestClient.BodyContentSpec get(String path, HttpStatus status) {
        return client.get()
                .uri(path)
                .exchange()
                .expectStatus()
                .isEqualTo(status)
                .expectBody();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = FlywayAutoConfiguration.class)
    @Import(ShopApplication.class)
    static class Application {}
}
