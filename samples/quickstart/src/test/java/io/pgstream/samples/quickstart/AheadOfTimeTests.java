package io.pgstream.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.jayway.jsonpath.JsonPath;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplicationAotProcessor;

/** The quickstart, processed ahead of time as the build plugins do it, and run from what that has made. */
class AheadOfTimeTests {

    private static final String CLASS_PATH =
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

    @TempDir
    private Path directory;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void runs_with_what_was_made_ahead_of_time() throws Exception {
        Path sources = Files.createDirectory(directory.resolve("sources"));
        Path classes = Files.createDirectory(directory.resolve("classes"));
        Process processing = java(
                List.of(CLASS_PATH),
                List.of(),
                SpringApplicationAotProcessor.class.getName(),
                QuickstartApplication.class.getName(),
                sources.toString(),
                classes.toString(),
                classes.toString(),
                "io.pgstream",
                "quickstart");
        String output = new String(processing.getInputStream().readAllBytes());
        assertThat(processing.waitFor()).as(output).isZero();
        compile(sources, classes);
        assertThat(generated(classes)).contains("io/pgstream/catalog/migration/*.sql", "OpenOrder");

        int port = freePort();
        Process application = java(
                List.of(classes.toString(), CLASS_PATH),
                List.of("-Dspring.aot.enabled=true"),
                QuickstartApplication.class.getName(),
                "--server.port=" + port,
                "--quickstart.scale=0.001",
                "--quickstart.rate=1");
        try {
            drain(application.inputReader());
            // Without what was made ahead of time an application with this setting does not start at all.
            await().atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(500))
                    .ignoreExceptionsMatching(IOException.class::isInstance)
                    .until(() -> !application.isAlive() || !statuses(port).isEmpty());

            assertThat(application.isAlive()).isTrue();
            assertThat(statuses(port)).hasSize(6).containsOnly("ACTIVE");
        } finally {
            application.destroy();
            if (!application.waitFor(30, TimeUnit.SECONDS)) {
                application.destroyForcibly();
            }
        }
    }

    private static Process java(List<String> classPath, List<String> options, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath)));
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static void compile(Path sources, Path classes) throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of("-nowarn", "-proc:none", "-parameters", "-d", classes.toString(), "-cp", CLASS_PATH));
        try (Stream<Path> files = Files.walk(sources)) {
            files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(arguments::add);
        }
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .as("what was generated compiles")
                .isZero();
    }

    private static String generated(Path classes) throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".json")).toList()) {
                text.append(Files.readString(file));
            }
        }
        return text.toString().replace("\\/", "/");
    }

    /** So that the application never waits for somebody to read its log. */
    private static void drain(BufferedReader lines) {
        Thread thread = new Thread(() -> lines.lines().forEach(line -> {}), "log");
        thread.setDaemon(true);
        thread.start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static List<String> statuses(int port) throws IOException, InterruptedException {
        URI uri = URI.create("http://localhost:" + port + "/api/dashboard");
        String dashboard = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri)
                                .timeout(Duration.ofSeconds(30))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        return JsonPath.read(dashboard, "$.tables[*].status");
    }
}
