package io.pgstream.autoconfigure.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.ErrorCode;
import io.pgstream.RefreshFailedException;
import io.pgstream.StreamTableStatus;
import io.pgstream.autoconfigure.InMemoryStreamTables;
import java.nio.charset.StandardCharsets;
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
import org.springframework.test.web.servlet.client.EntityExchangeResult;
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
                        // Spring Data would ask the database what it is.
                        "spring.data.jdbc.repositories.enabled=false",
                        "pg-stream.catalog.migrate=false",
                        "management.health.db.enabled=false",
                        "management.endpoint.health.show-details=always",
                        "management.endpoints.web.exposure.include=health,info,streamtables")
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
                           "schedule": "calculated", "staleness": "PT2M",
                           "error": {"code": "SOURCE_CHANGED", "message": "column is gone",
                             "action": "Bring it back.", "consecutive": 1}},
                          {"name": "totals", "status": "ACTIVE", "mode": "DIFFERENTIAL", "schedule": "calculated",
                           "dataTimestamp": "2026-01-01T12:00:00Z", "staleness": "PT3S", "stale": false}
                        ], "paused": false}""");
    }

    @Test
    void shows_a_stream_table_in_detail() {
        get("/streamtables/reporting.sales", HttpStatus.OK).json("""
                        {"name": "reporting.sales", "status": "ERROR", "query": "SELECT 1 AS one",
                         "sources": ["public.orders"], "readers": [], "requestedMode": "AUTO",
                         "mode": "DIFFERENTIAL", "pendingChanges": 7,
                         "error": {"code": "SOURCE_CHANGED", "message": "column is gone",
                           "action": "Bring it back.", "consecutive": 1, "at": "2026-01-01T12:00:00Z"}}""");
    }

    @Test
    void explains_a_stream_table() {
        get("/streamtables/totals/explain", HttpStatus.OK).json("""
                        {"operatorTree": ["Project one", "  Scan orders"], "identity": "a bag",
                         "strategies": ["Project: applied to the delta", "  Scan: the captured changes"],
                         "deltaStatements": ["INSERT ..."]}""");
    }

    @Test
    void shows_the_history_with_its_failures() {
        get("/streamtables/totals/history", HttpStatus.OK).json("""
                        {"attempts": [
                          {"outcome": "FAILED", "errorCode": "LOCK_TIMEOUT", "error": "It is locked."},
                          {"outcome": "FULL", "reason": "first load", "inserted": 9,
                           "startedAt": "2026-01-01T12:00:00Z", "duration": "PT0.12S"}]}""");
        get("/streamtables/totals/history?limit=1", HttpStatus.OK)
                .consumeWith(
                        result -> assertThat(body(result)).contains("FAILED").doesNotContain("FULL"));
    }

    @Test
    void shows_how_stream_tables_read_each_other() {
        get("/streamtables/graph", HttpStatus.OK).json("""
                        {"nodes": [
                          {"name": "public.orders", "layer": 0},
                          {"name": "reporting.sales", "layer": 1, "status": "ERROR"},
                          {"name": "totals", "layer": 1, "status": "ACTIVE"}],
                         "edges": [
                          {"source": "public.orders", "reader": "reporting.sales"},
                          {"source": "public.orders", "reader": "totals"}]}""");
    }

    @Test
    void draws_the_graph_as_a_diagram_in_plain_text() {
        client.get()
                .uri("/streamtables/graph/mermaid")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.TEXT_PLAIN)
                .expectBody()
                .consumeWith(result -> assertThat(body(result))
                        .startsWith("flowchart LR")
                        .contains("[(\"public.orders\")]")
                        .contains("t0 --> t1"));
    }

    @Test
    void does_not_know_a_view_that_is_not_there() {
        get("/streamtables/totals/secrets", HttpStatus.NOT_FOUND);
        get("/streamtables/totals/mermaid", HttpStatus.NOT_FOUND);
        get("/streamtables/nowhere/history", HttpStatus.NOT_FOUND);
        get("/streamtables/totals/history?limit=many", HttpStatus.BAD_REQUEST);
    }

    @Test
    void compares_a_stream_table_with_its_query_on_request() {
        post("/streamtables/totals", Map.of("action", "verify"), HttpStatus.OK).json("""
                        {"action": "VERIFY", "verification": {"equal": false, "rows": 10, "missing": 1}}""");
    }

    private static String body(EntityExchangeResult<byte[]> result) {
        return new String(result.getResponseBody(), StandardCharsets.UTF_8);
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
    void health_says_what_is_wrong_and_stays_up() {
        streamTables.put("late", StreamTableStatus.ACTIVE, Duration.ofMinutes(5), null);

        get("/health", HttpStatus.OK).json("""
                        {"components": {"streamTables": {"status": "UP", "details": {
                          "scheduler": "disabled", "streamTables": 3,
                          "problems": {
                            "late": {"staleness": "PT5M", "allowed": "PT1M", "status": "ACTIVE"},
                            "reporting.sales": {"status": "ERROR", "code": "SOURCE_CHANGED",
                              "error": "column is gone", "action": "Bring it back.", "failures": 1}}}}}}""");
        streamTables.remove("late");
    }

    @Test
    void info_says_how_many_stream_tables_there_are() {
        get("/info", HttpStatus.OK).json("""
                        {"pgStream": {"tables": {"active": 1, "error": 1}}}""");
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
