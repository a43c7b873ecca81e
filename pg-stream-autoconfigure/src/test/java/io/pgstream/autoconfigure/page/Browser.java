package io.pgstream.autoconfigure.page;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A tab of a Chromium without a window, by the protocol of its developer tools. */
final class Browser implements AutoCloseable, WebSocket.Listener {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;

    private final Path profile;

    private final HttpClient client = HttpClient.newHttpClient();

    private final WebSocket socket;

    private final AtomicInteger calls = new AtomicInteger();

    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();

    private final List<String> requests = new CopyOnWriteArrayList<>();

    private final List<String> complaints = new CopyOnWriteArrayList<>();

    private final StringBuilder received = new StringBuilder();

    private Browser(Path executable) throws IOException, InterruptedException {
        profile = Files.createTempDirectory("pg-stream-browser");
        process = new ProcessBuilder(
                        executable.toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .start();
        URI tab = newTab(debuggerPort());
        socket = within(client.newWebSocketBuilder().buildAsync(tab, this));
        for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
            call(domain + ".enable", Map.of());
        }
    }

    /** Where a Chromium is, if there is one: as a system property says, or on the path. */
    static Optional<Path> executable() {
        Stream<String> names = Stream.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
        Stream<Path> onPath = names.flatMap(
                name -> Stream.of(System.getenv("PATH").split(":")).map(directory -> Path.of(directory, name)));
        return Stream.concat(
                        Optional.ofNullable(System.getProperty("pgstream.test.chromium")).map(Path::of).stream(),
                        onPath)
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Browser start(Path executable) throws IOException, InterruptedException {
        return new Browser(executable);
    }

    private int debuggerPort() {
        CompletableFuture<Integer> port = new CompletableFuture<>();
        // It goes on reading: what is written later must not fill the pipe.
        Thread reader = new Thread(() -> {
            new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                    .lines()
                    .filter(line -> line.contains("DevTools listening on"))
                    .forEach(line -> port.complete(
                            URI.create(line.substring(line.indexOf("ws://"))).getPort()));
            port.completeExceptionally(new IOException("The browser did not start"));
        });
        reader.setDaemon(true);
        reader.start();
        return within(port);
    }

    private static <T> T within(CompletableFuture<T> answer) {
        return answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    private URI newTab(int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/new?about:blank"))
                .timeout(PATIENCE)
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build();
        String tab = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        return URI.create(JSON.readTree(tab).path("webSocketDebuggerUrl").asString());
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        received.append(data);
        if (last) {
            JsonNode message = JSON.readTree(received.toString());
            received.setLength(0);
            CompletableFuture<JsonNode> answer =
                    answers.remove(message.path("id").asInt(-1));
            if (answer != null) {
                answer.complete(message);
            }
            note(message.path("method").asString(""), message.path("params"));
        }
        webSocket.request(1);
        return null;
    }

    private void note(String event, JsonNode parameters) {
        switch (event) {
            case "Network.requestWillBeSent" ->
                requests.add(parameters.path("request").path("url").asString());
            case "Runtime.exceptionThrown" ->
                complaints.add(parameters.path("exceptionDetails").toString());
            case "Log.entryAdded" -> {
                if (!parameters.path("entry").path("level").asString().equals("info")) {
                    complaints.add(parameters.path("entry").path("text").asString());
                }
            }
            default -> {}
        }
    }

    JsonNode call(String method, Map<String, ?> parameters) {
        int id = calls.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        within(socket.sendText(
                JSON.writeValueAsString(Map.of("id", id, "method", method, "params", parameters)), true));
        JsonNode message = within(answer);
        if (message.has("error")) {
            throw new IllegalStateException(method + ": " + message.path("error"));
        }
        return message.path("result");
    }

    void open(String url) {
        call("Page.navigate", Map.of("url", url));
        await("document.body !== null && document.body.getAttribute('data-ready') === 'true'");
    }

    /** The value of an expression of JavaScript. */
    JsonNode evaluate(String expression) {
        JsonNode result =
                call("Runtime.evaluate", Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
        if (result.has("exceptionDetails")) {
            throw new IllegalStateException(expression + ": " + result.path("exceptionDetails"));
        }
        return result.path("result").path("value");
    }

    String text(String selector) {
        return evaluate("document.querySelector(" + JSON.writeValueAsString(selector) + ").textContent")
                .asString();
    }

    void await(String condition) {
        String promise = "new Promise((resolve, reject) => { const until = Date.now() + " + PATIENCE.toMillis() / 2
                + "; const look = () => { let holds = false; try { holds = Boolean(" + condition
                + "); } catch (e) { holds = false; } if (holds) resolve(true); else if (Date.now() > until) reject(new"
                + " Error('waited in vain')); else setTimeout(look, 25); }; look(); })";
        for (int attempt = 1; ; attempt++) {
            try {
                evaluate(promise);
                return;
            } catch (IllegalStateException e) {
                // A page that is being left takes its promises with it.
                boolean left = String.valueOf(e.getMessage()).contains("navigat")
                        || String.valueOf(e.getMessage()).contains("context");
                if (!left || attempt > 10) {
                    throw e;
                }
            }
        }
    }

    void press(String key) {
        Map<String, Integer> codes = Map.of("Enter", 13, "Escape", 27, "Tab", 9, "ArrowRight", 39, "ArrowDown", 40);
        for (String type : List.of("rawKeyDown", "keyUp")) {
            call(
                    "Input.dispatchKeyEvent",
                    Map.of("type", type, "key", key, "code", key, "windowsVirtualKeyCode", codes.get(key)));
        }
    }

    void look(int width, int height, String colours) {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        call(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", colours))));
    }

    void screenshot(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(
                file,
                Base64.getDecoder()
                        .decode(call("Page.captureScreenshot", Map.of())
                                .path("data")
                                .asString()));
    }

    /** What it asked for. */
    List<String> requests() {
        return requests;
    }

    /** Errors and warnings of its console, among them what a content security policy has blocked. */
    List<String> complaints() {
        return complaints;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        socket.abort();
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        try (Stream<Path> files = Files.walk(profile)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
