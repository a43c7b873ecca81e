package io.pgstream.autoconfigure.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.PgStreamException;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableOperations;
import io.pgstream.autoconfigure.TestDatabase;
import io.pgstream.autoconfigure.shop.ShopApplication;
import io.pgstream.schedule.RefreshScheduler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
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

    private static final Pattern METER = Pattern.compile("pgstream_[a-z_]+");

    private static final Pattern METER_NAMES = Pattern.compile("(?m)^# TYPE (pgstream_[a-z_]+)");

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
                        "management.endpoints.web.exposure.include=health,metrics,prometheus,streamtables")
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
        get("/streamtables/large_orders", HttpStatus.OK).json("""
                        {"name": "public.large_orders", "sources": ["public.orders"], "requestedMode": "AUTO",
                         "mode": "AUTO", "pendingChanges": 0, "lastRefresh": {"inserted": 1}}""");
        get("/streamtables/large_orders/explain", HttpStatus.OK)
                .consumeWith(result -> assertThat(new String(result.getResponseBody(), StandardCharsets.UTF_8))
                        .containsPattern("\"operatorTree\":\\[\"[^\"]+\""));
        get("/streamtables/large_orders/history", HttpStatus.OK)
                .consumeWith(result -> assertThat(new String(result.getResponseBody(), StandardCharsets.UTF_8))
                        .containsPattern("\"attempts\":\\[\\{[^}]*\"inserted\":1[,}]"));
        get("/streamtables/graph", HttpStatus.OK).json("""
                        {"edges": [{"source": "public.orders", "reader": "public.large_orders"},
                                   {"source": "public.orders", "reader": "public.revenue_by_customer"}]}""");
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

    @Test
    void the_dashboard_and_the_alerts_use_meters_that_a_scrape_has() throws IOException {
        StreamTableOperations streamTables = application.getBean(StreamTableOperations.class);
        DATABASE.execute("CREATE TABLE parts (id int PRIMARY KEY, weight int)");
        DATABASE.execute("INSERT INTO parts SELECT i, i FROM generate_series(1, 2000) AS i");
        streamTables.create(StreamTableDefinition.of("part_weights", "SELECT id, weight FROM parts")
                .withSchedule("manual"));
        scrape();
        // A fallback, a verification and a failure.
        DATABASE.execute("ALTER TABLE parts DISABLE TRIGGER USER");
        DATABASE.execute("UPDATE parts SET weight = weight + 1");
        DATABASE.execute("ALTER TABLE parts ENABLE TRIGGER USER");
        assertThat(streamTables.refresh("part_weights").outcome()).isEqualTo(RefreshOutcome.FULL);
        assertThat(streamTables.verify("part_weights").equal()).isTrue();
        DATABASE.execute("ALTER TABLE parts RENAME weight TO mass");
        assertThatThrownBy(() -> streamTables.refresh("part_weights")).isInstanceOf(PgStreamException.class);
        expireReading();

        String scraped = scrape();

        Path ops = Path.of("..", "docs", "ops");
        for (String file : List.of("grafana-dashboard.json", "prometheus-alerts.yml")) {
            assertThat(METER.matcher(Files.readString(ops.resolve(file)))
                            .results()
                            .map(MatchResult::group))
                    .hasSizeGreaterThan(9)
                    .allSatisfy(name -> assertThat(scraped).containsPattern("(?m)^" + name + "[{ ]"));
        }
        String reference = Files.readString(Path.of("..", "docs", "reference.md"));
        assertThat(METER_NAMES
                        .matcher(scraped)
                        .results()
                        .map(name -> name.group(1))
                        .distinct())
                .isNotEmpty()
                .allSatisfy(name -> assertThat(reference).contains("`" + name + "`"));
        streamTables.drop("part_weights");
    }

    /** Twice, because tables that are new appear with the second reading. */
    private static void expireReading() {
        StreamTableMeters meters = application.getBean(StreamTableMeters.class);
        meters.expire();
        scrape();
        meters.expire();
    }

    private static String scrape() {
        byte[] body = client.get()
                .uri("/prometheus")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult()
                .getResponseBody();
        return new String(body, StandardCharsets.UTF_8);
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
