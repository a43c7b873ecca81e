package io.pgstream.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.jayway.jsonpath.JsonPath;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableInfo;
import io.pgstream.StreamTableOperations;
import io.pgstream.StreamTableStatus;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {"quickstart.scale=0.01", "quickstart.rate=0", "quickstart.recompute-interval=2s"})
@AutoConfigureRestTestClient
class QuickstartApplicationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final String[] TABLES = {
        "customer_spending",
        "large_orders",
        "open_orders",
        "open_orders_by_nation",
        "pricing_summary",
        "revenue_by_nation"
    };

    @Autowired
    private RestTestClient client;

    @Autowired
    private StreamTableOperations streamTables;

    @LocalServerPort
    private int port;

    @BeforeEach
    void continueTheWorkload() {
        setWorkload("{\"rate\": 10, \"paused\": false}");
    }

    @Test
    void all_declared_stream_tables_are_active_and_maintained_differentially() {
        assertThat(streamTables.list()).extracting(table -> table.name().name()).containsExactlyInAnyOrder(TABLES);
        assertThat(streamTables.list()).allSatisfy(table -> {
            assertThat(table.status()).isEqualTo(StreamTableStatus.ACTIVE);
            assertThat(table.fullReason()).isNull();
            assertThat(table.effectiveMode()).isNotEqualTo(RefreshMode.FULL);
        });
    }

    @Test
    void every_stream_table_equals_its_query_after_refreshes_under_the_workload() {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(refreshCounts()).hasSize(TABLES.length).allMatch(count -> count >= 2));
        setWorkload("{\"paused\": true}");
        for (StreamTableInfo table : streamTables.list()) {
            String name = table.name().toString();
            streamTables.refresh(name);
            assertThat(streamTables.verify(name).equal()).as(name).isTrue();
        }
        assertThat(this.<Integer>read("$.workload.failures")).isZero();
    }

    @Test
    void every_stream_table_shows_rows_and_the_time_of_its_query_in_full() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(this.<List<Double>>read("$.tables[*].recompute.milliseconds"))
                        .hasSize(TABLES.length)
                        .allMatch(milliseconds -> milliseconds > 0));
        assertThat(this.<List<List<?>>>read("$.tables[*].rows.columns"))
                .hasSize(TABLES.length)
                .noneMatch(List::isEmpty);
        assertThat(this.<List<?>>read("$.tables[?(@.title == 'Revenue by nation')].rows.values[*]"))
                .hasSize(6);
    }

    @Test
    void the_page_is_served_without_another_host() {
        for (String path : List.of("/", "/page.js", "/format.js", "/style.css", "/favicon.svg")) {
            String content = get(path);
            assertThat(content).as(path).isNotBlank();
            assertThat(content.replace("http://www.w3.org/2000/svg", ""))
                    .as(path)
                    .doesNotContain("http://", "https://");
        }
        assertThat(get("/")).contains("<title>pg-stream quickstart</title>");
    }

    @Test
    void snapshots_are_pushed_as_the_stream_tables_change() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/api/changes"))
                .build();
        HttpResponse<Stream<String>> response =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofLines());
        try (Stream<String> lines = response.body()) {
            List<String> snapshots =
                    lines.filter(line -> line.startsWith("data:")).limit(3).toList();

            assertThat(response.headers().firstValue("Content-Type")).hasValue("text/event-stream");
            assertThat(snapshots).allSatisfy(snapshot -> assertThat(snapshot).contains("revenue_by_nation"));
        }
    }

    @Test
    void says_what_server_it_runs_on() {
        assertThat(this.<Boolean>read("$.database.embedded")).isTrue();
        assertThat(this.<String>read("$.database.version")).startsWith("18.");
        assertThat(this.<Map<String, String>>read("$.database.settings")).containsEntry("fsync", "on");
    }

    @Test
    void a_table_is_verified_and_explained_on_request() {
        client.post()
                .uri("/api/tables/pricing_summary/verification")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.equal")
                .isEqualTo(true);
        assertThat(get("/api/tables/pricing_summary/explanation")).contains("lineitem");
    }

    @Test
    void an_unknown_table_is_not_found() {
        client.get()
                .uri("/api/tables/nothing/explanation")
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("NOT_FOUND");
    }

    @Test
    void a_rate_above_the_maximum_is_refused_with_the_reason() {
        client.put()
                .uri("/api/workload")
                .contentType(MediaType.APPLICATION_JSON)
                .body("{\"rate\": 100000}")
                .exchange()
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.detail")
                .isEqualTo("The rate is 100000; it has to be from 0 to 500 transactions a second.");
    }

    private void setWorkload(String settings) {
        client.put()
                .uri("/api/workload")
                .contentType(MediaType.APPLICATION_JSON)
                .body(settings)
                .exchange()
                .expectStatus()
                .isOk();
    }

    private List<Integer> refreshCounts() {
        return read("$.tables[*].refreshCount");
    }

    private <T> T read(String path) {
        return JsonPath.read(get("/api/dashboard"), path);
    }

    private String get(String path) {
        return client.get()
                .uri(path)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();
    }
}
