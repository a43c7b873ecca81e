package io.pgstream.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A newcomer with nothing but the first page of the documents: the files that it shows are put into an empty directory, and
 * Maven builds and runs them there.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "runs a shell script")
class GettingStartedTests {

    private static final Path REPOSITORY = Path.of("..", "..").toAbsolutePath().normalize();

    private static final Pattern FILE =
            Pattern.compile("`((?:src/|pom)[^`]*)`:\\R\\R```\\w+\\R(.*?)```", Pattern.DOTALL);

    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @Test
    void the_first_page_is_all_that_is_needed(@TempDir Path directory) throws Exception {
        String page = Files.readString(REPOSITORY.resolve("docs/getting-started.md"));
        Path project = Files.createDirectory(directory.resolve("shop"));
        write(page, project);
        Path repository = PublishedArtifacts.in(directory.resolve("repository"), REPOSITORY);
        Path log = directory.resolve("log");
        try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
            int port = freePort();
            Process maven = maven(project, repository, server, port)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                awaitAnswer(maven, log, port, "/revenue", "[]");
                execute(server, between(page, "from any client:\n\n```sql\n", "```"));
                awaitAnswer(
                        maven,
                        log,
                        port,
                        "/revenue",
                        between(page, "```json\n", "```").strip());
                assertThat(get(port, "/actuator/streamtables")).contains("\"public.revenue_by_customer\"");
                assertThat(get(port, "/pg-stream/")).contains("<title>Stream tables</title>");
            } finally {
                end(maven);
            }
        }
    }

    private static void write(String page, Path project) throws IOException {
        Matcher file = FILE.matcher(page);
        int files = 0;
        while (file.find()) {
            Path target = project.resolve(file.group(1));
            Files.createDirectories(target.getParent());
            Files.writeString(target, file.group(2));
            files++;
        }
        assertThat(files).isEqualTo(6);
    }

    /** As the page says, but for the database and the port. Maven may download what this build may. */
    private static ProcessBuilder maven(Path project, Path repository, EmbeddedPostgres server, int port) {
        ProcessBuilder maven = new ProcessBuilder(
                REPOSITORY.resolve("mvnw").toString(),
                "-B",
                "-ntp",
                "-Dmaven.repo.local=" + repository,
                "-Dmaven.repo.local.tail=" + PublishedArtifacts.localRepository(),
                "-Dmaven-compiler-plugin.version=" + PublishedArtifacts.versionOf("maven-compiler-plugin", REPOSITORY),
                "-Dmaven-resources-plugin.version="
                        + PublishedArtifacts.versionOf("maven-resources-plugin", REPOSITORY),
                "spring-boot:run",
                "-Dspring-boot.run.arguments=--server.port=" + port + " --spring.datasource.username=postgres"
                        + " --spring.datasource.url=" + server.getJdbcUrl("postgres", "postgres"));
        if ("offline=true".equals(System.getProperty("pgstream.test.maven"))) {
            maven.command().add("--offline");
        }
        maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return maven.directory(project.toFile()).redirectErrorStream(true);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void awaitAnswer(Process maven, Path log, int port, String path, String answer) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
            if (!maven.isAlive()) {
                throw new IllegalStateException("Maven has ended:\n" + Files.readString(log));
            }
            assertThat(get(port, path)).isEqualTo(answer);
        });
    }

    private static String get(int port, String path) throws InterruptedException {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                                    .timeout(Duration.ofSeconds(10))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new AssertionError("Nobody answers yet", e);
        }
    }

    private static void execute(EmbeddedPostgres server, String sql) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String between(String text, String begin, String end) {
        int from = text.indexOf(begin) + begin.length();
        return text.substring(from, text.indexOf(end, from));
    }

    /** The application is a child of Maven's, which a signal to Maven does not always reach. */
    private static void end(Process maven) throws InterruptedException {
        List<ProcessHandle> all = maven.descendants().toList();
        all.forEach(ProcessHandle::destroy);
        maven.destroy();
        maven.waitFor();
        all.forEach(child -> child.onExit().join());
    }
}
