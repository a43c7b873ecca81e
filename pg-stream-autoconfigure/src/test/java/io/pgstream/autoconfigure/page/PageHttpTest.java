package io.pgstream.autoconfigure.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.RefreshFailedException;
import io.pgstream.StreamTableStatus;
import io.pgstream.autoconfigure.InMemoryStreamTables;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** The page as a client of HTTP sees it, by Spring MVC and by WebFlux. */
class PageHttpTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static ConfigurableApplicationContext application(WebApplicationType type, String... properties) {
        return new SpringApplicationBuilder(Application.class)
                .web(type)
                .properties(
                        "server.port=0",
                        "spring.datasource.url=jdbc:postgresql://localhost:1/unreachable",
                        // Spring Data would ask the database what it is.
                        "spring.data.jdbc.repositories.enabled=false",
                        "pg-stream.catalog.migrate=false")
                .properties(properties)
                .run();
    }

    private static HttpResponse<String> send(
            ConfigurableApplicationContext application, String method, String path, String... headers)
            throws IOException, InterruptedException {
        URI uri =
                URI.create("http://localhost:" + application.getEnvironment().getProperty("local.server.port") + path);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).timeout(PATIENCE).method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        // A connection for each request: Reactor Netty may stop reading one that is kept alive when the next request
        // comes
        // before it has put the former one away (reactor-netty issues 4188 and 4361).
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @EnumSource(names = {"SERVLET", "REACTIVE"})
    void it_is_served_where_it_is_switched_on(WebApplicationType type) throws IOException, InterruptedException {
        try (var application = application(type, "pg-stream.page.enabled=true")) {
            InMemoryStreamTables tables = application.getBean(InMemoryStreamTables.class);
            tables.put("totals", StreamTableStatus.ACTIVE, Duration.ofSeconds(3), null);
            tables.put("\"odd <name>\"", StreamTableStatus.ERROR, Duration.ofMinutes(2), "column is gone");

            assertThat(send(application, "GET", "/pg-stream").headers().firstValue("Location"))
                    .hasValue("pg-stream/");
            HttpResponse<String> page = send(application, "GET", "/pg-stream/");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(send(application, "GET", "/pg-stream/page.js").headers().firstValue("Content-Type"))
                    .hasValueSatisfying(value -> assertThat(value).startsWith("text/javascript"));
            assertThat(send(application, "GET", "/pg-stream/page.css").statusCode())
                    .isEqualTo(200);

            String overview =
                    send(application, "GET", "/pg-stream/api/overview").body();
            var json = JsonMapper.builder().build().readTree(overview);
            assertThat(json.path("nodes").path(2).path("name").asString()).isEqualTo("totals");
            assertThat(json.path("nodes").path(2).path("staleness").asLong()).isEqualTo(3000);
            assertThat(json.path("nodes").path(1).path("error").path("action").asString())
                    .isEqualTo("Bring it back.");
            assertThat(json.path("actions").asBoolean()).isTrue();
            assertThat(overview).doesNotContain("<");
            assertThat(send(application, "GET", "/pg-stream/api/table?name=totals")
                            .body())
                    .contains("\"operators\":[\"Project one\"", "\"outcome\":\"FAILED\"");
            assertThat(send(application, "GET", "/pg-stream/api/table?name=nowhere")
                            .statusCode())
                    .isEqualTo(404);
            assertThat(send(application, "GET", "/pg-stream/api/table").statusCode())
                    .isEqualTo(400);
            assertThat(send(application, "GET", "/pg-stream/PageHandler.class").statusCode())
                    .isEqualTo(404);
            actions(application);

            tables.failWith(new RefreshFailedException(
                    ErrorCode.SERVER_UNAVAILABLE, "The server does not answer.", "Start it.", null, true, null));
            HttpResponse<String> unavailable = send(application, "GET", "/pg-stream/api/overview");
            assertThat(unavailable.statusCode()).isEqualTo(503);
            assertThat(unavailable.body()).contains("The server does not answer.", "Start it.");
        }
    }

    private static void actions(ConfigurableApplicationContext application) throws IOException, InterruptedException {
        String refresh = "/pg-stream/api/act?name=totals&action=refresh";
        assertThat(send(application, "POST", refresh).statusCode())
                .as("a form of another site cannot send the header")
                .isEqualTo(403);
        assertThat(send(application, "GET", refresh, PageHandler.HEADER, "1").statusCode())
                .isNotEqualTo(200);
        assertThat(send(application, "POST", refresh, PageHandler.HEADER, "1").body())
                .contains("Refreshed totals: 6 rows written in 12 ms.");
        for (String action : List.of("refresh-fully", "verify", "suspend", "resume")) {
            String path = "/pg-stream/api/act?name=totals&action=" + action;
            assertThat(send(application, "POST", path, PageHandler.HEADER, "1").statusCode())
                    .isEqualTo(200);
        }
        String unknown = "/pg-stream/api/act?name=totals&action=explode";
        assertThat(send(application, "POST", unknown, PageHandler.HEADER, "1").statusCode())
                .isEqualTo(400);
    }

    @Test
    void it_is_not_there_unless_it_is_switched_on() throws IOException, InterruptedException {
        try (var application = application(WebApplicationType.SERVLET)) {
            assertThat(send(application, "GET", "/pg-stream/").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void it_can_be_elsewhere_and_without_buttons() throws IOException, InterruptedException {
        try (var application = application(
                WebApplicationType.SERVLET,
                "pg-stream.page.enabled=true",
                "pg-stream.page.path=/admin/stream-tables",
                "pg-stream.page.read-only=true")) {
            assertThat(send(application, "GET", "/admin/stream-tables")
                            .headers()
                            .firstValue("Location"))
                    .hasValue("stream-tables/");
            assertThat(send(application, "GET", "/admin/stream-tables/api/overview")
                            .body())
                    .contains("\"actions\":false");
            assertThat(send(
                                    application,
                                    "POST",
                                    "/admin/stream-tables/api/act?name=totals&action=refresh",
                                    PageHandler.HEADER,
                                    "1")
                            .statusCode())
                    .isEqualTo(403);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "tables", "/tables/", "/a b", "/a/{b}", "/a//b"})
    void a_path_that_is_none_is_refused(String path) {
        assertThatThrownBy(() -> new PgStreamPageProperties(true, path, false))
                .isInstanceOf(InvalidDefinitionException.class)
                .hasMessageContaining("pg-stream.page.path");
    }

    static Stream<String> files() {
        return Stream.of("index.html", "page.css", "page.js");
    }

    @ParameterizedTest
    @MethodSource("files")
    void its_files_name_no_other_host_and_have_nothing_inline(String name) throws IOException {
        try (InputStream stream = PageHandler.class.getResourceAsStream(name)) {
            String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(text.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http:", "https:", "//cdn");
            assertThat(text).doesNotContain("innerHTML", "eval(", "javascript:", "<style", "@import", " onclick=\"");
        }
    }

    @Test
    void json_escapes_what_is_special() {
        assertThat(PageJson.write(Map.of("a\"b", List.of("x\\y\n</script>", 1, true, Duration.ofSeconds(2)))))
                .isEqualTo("{\"a\\\"b\":[\"x\\\\y\\u000a\\u003c/script>\",1,true,2000]}");
        assertThat(PageJson.write(null)).isEqualTo("null");
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
