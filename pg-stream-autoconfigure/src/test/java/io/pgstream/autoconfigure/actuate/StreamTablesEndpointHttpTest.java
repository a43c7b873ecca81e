package io.pgstream.autoconfigure.actuate;

import io.pgstream.ErrorCode;
import io.pgstream.RefreshFailedException;
import io.pgstream.StreamTableStatus;
import io.pgstream.autoconfigure.InMemoryStreamTables;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

/** The endpoint as a client of HTTP sees it, with stream tables that can be made to fail. */
class StreamTablesEndpointHttpTest {

    private static ConfigurableApplicationContext application;

    private static RestTestClient client;

    private InMemoryStreamTables streamTables;

    @BeforeAll
    static void start() {
        application = new SpringApplicationBuilder(Application.class)
                .properties(
                        "server.port=0",
                        "spring.datasource.url=jdbc:postgresql://localhost:1/unreachable",
                        "pg-stream.catalog.migrate=false",
                        "management.health.db.enabled=false",
                        "management.endpoint.health.show-details=always",
                        "management.endpoints.web.exposure.include=health,streamtables")
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

    @BeforeEach
    void reset() {
        streamTables = application.getBean(InMemoryStreamTables.class);
        streamTables.failWith(null);
        streamTables.put("totals", StreamTableStatus.ACTIVE, Duration.ofSeconds(3), null);
        streamTables.put("reporting.sales", StreamTableStatus.ERROR, Duration.ofMinutes(2), "column is gone");
    }

    @Test
    void lists_the_stream_tables() {
        get("/streamtables", HttpStatus.OK).json("""
                        {"streamTables": [
                          {"name": "reporting.sales", "status": "ERROR", "mode": "DIFFERENTIAL",
                           "schedule": "calculated", "staleness": "PT2M", "lastError": "column is gone"},
                          {"name": "totals", "status": "ACTIVE", "mode": "DIFFERENTIAL", "schedule": "calculated",
                           "dataTimestamp": "2026-01-01T12:00:00Z", "staleness": "PT3S"}
                        ]}""");
    }

    @Test
    void shows_a_stream_table_in_detail() {
        get("/streamtables/reporting.sales", HttpStatus.OK).json("""
                        {"name": "reporting.sales", "status": "ERROR", "query": "SELECT 1 AS one",
                         "sources": ["public.orders"], "requestedMode": "AUTO", "mode": "DIFFERENTIAL",
                         "consecutiveErrors": 1, "lastError": "column is gone",
                         "explanation": {"operatorTree": ["Project one", "  Scan orders"], "identity": "a bag",
                           "deltaStatements": ["INSERT ..."]},
                         "history": [{"outcome": "DIFFERENTIAL", "changes": 5, "inserted": 1, "updated": 2,
                           "deleted": 3, "startedAt": "2026-01-01T12:00:00Z", "duration": "PT0.012S"}]}""");
    }

    @Test
    void refreshes_a_stream_table_by_default() {
        post("/streamtables/totals", Map.of(), HttpStatus.OK).json("""
                        {"name": "totals", "action": "REFRESH", "status": "ACTIVE",
                         "refresh": {"outcome": "DIFFERENTIAL", "changes": 5}}""");
    }

    @Test
    void refreshes_a_stream_table_fully_on_request() {
        post("/streamtables/totals", Map.of("action", "refresh-fully"), HttpStatus.OK)
                .json("""
                        {"action": "REFRESH_FULLY", "refresh": {"outcome": "FULL", "reason": "requested"}}""");
    }

    @Test
    void suspends_and_resumes_a_stream_table() {
        post("/streamtables/totals", Map.of("action", "suspend"), HttpStatus.OK).json("""
                        {"action": "SUSPEND", "status": "SUSPENDED"}""");
        post("/streamtables/totals", Map.of("action", "resume"), HttpStatus.OK).json("""
                        {"action": "RESUME", "status": "ACTIVE"}""");
    }

    @Test
    void does_not_know_a_stream_table_that_is_not_there() {
        String notFound = """
                {"code": "NOT_FOUND", "message": "There is no stream table nowhere.", "action": "Create it."}""";

        get("/streamtables/nowhere", HttpStatus.NOT_FOUND).json(notFound);
        post("/streamtables/nowhere", Map.of(), HttpStatus.NOT_FOUND).json(notFound);
    }

    @Test
    void refuses_an_action_that_it_does_not_know() {
        post("/streamtables/totals", Map.of("action", "explode"), HttpStatus.BAD_REQUEST);
    }

    @Test
    void refuses_what_is_not_a_name() {
        get("/streamtables/a.b.c", HttpStatus.BAD_REQUEST).json("""
                {"code": "INVALID_NAME"}""");
    }

    @Test
    void says_that_the_server_is_unavailable() {
        streamTables.failWith(unavailable());

        get("/streamtables", HttpStatus.SERVICE_UNAVAILABLE).json("""
                        {"code": "SERVER_UNAVAILABLE", "message": "The server does not answer.",
                         "action": "Start it."}""");
    }

    @Test
    void health_shows_errors_and_staleness_and_stays_up() {
        get("/health", HttpStatus.OK).json("""
                        {"components": {"streamTables": {"status": "UP", "details": {
                          "scheduler": "disabled", "streamTables": 2,
                          "errors": {"reporting.sales": "column is gone"},
                          "staleness": {"reporting.sales": "PT2M", "totals": "PT3S"}}}}}""");
    }

    @Test
    void health_is_down_when_the_server_is_unavailable() {
        streamTables.failWith(unavailable());

        get("/health", HttpStatus.SERVICE_UNAVAILABLE).json("""
                        {"components": {"streamTables": {"status": "DOWN",
                          "details": {"code": "SERVER_UNAVAILABLE"}}}}""");
    }

    private static RefreshFailedException unavailable() {
        return new RefreshFailedException(
                ErrorCode.SERVER_UNAVAILABLE, "The server does not answer.", "Start it.", null, true, null);
    }

    private static RestTestClient.BodyContentSpec get(String path, HttpStatus status) {
        return client.get()
                .uri(path)
                .exchange()
                .expectStatus()
                .isEqualTo(status)
                .expectBody();
    }

    private static RestTestClient.BodyContentSpec post(String path, Map<String, String> body, HttpStatus status) {
        return client.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .exchange()
                .expectStatus()
                .isEqualTo(status)
                .expectBody();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = FlywayAutoConfiguration.class)
    static class Application {

        @Bean
        InMemoryStreamTables streamTables() {
            return new InMemoryStreamTables();
        }
    }
}
