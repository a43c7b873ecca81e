package io.pgstream.samples.benchmarks;

import io.pgstream.QualifiedName;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.schedule.RefreshScheduler;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Part (i): the clock and the graph. What many stream tables cost that have nothing to do, how soon a commit is visible in
 * a table that follows commits, and what a chain and a wide graph of stream tables take at one snapshot.
 */
final class GraphBenchmark {

    static final String PART = "i";

    static final String CPU = "% of a core";

    static final String LATENCY = "commit to visible";

    static final String TOGETHER = "at one snapshot";

    private static final int CHAIN = 10;

    private static final int LAYER = 20;

    private final Server server;

    private final Database database;

    private final StreamTableEngine engine;

    private final int tables;

    private final int commits;

    private final int rounds;

    private final Duration idle;

    GraphBenchmark(Server server, Database database, StreamTableEngine engine, Options options) {
        this.server = server;
        this.database = database;
        this.engine = engine;
        this.tables = options.tables();
        this.commits = options.commits();
        this.rounds = options.repetitions();
        this.idle = Duration.ofSeconds(options.idleSeconds());
    }

    void run(Consumer<Measurement> results) {
        chain(results);
        wide(results);
        live(results);
        idle(results);
    }

    private void create(String name, String query, String schedule) {
        engine.create(StreamTableDefinition.of("streamtables." + name, query)
                .withMode(RefreshMode.DIFFERENTIAL)
                .withSchedule(schedule));
    }

    private void source(String name, int rows) {
        database.execute(
                "CREATE TABLE IF NOT EXISTS " + name + " (id bigint PRIMARY KEY, kind int, amount numeric(12, 2))");
        database.execute("INSERT INTO " + name + " SELECT i, i % 100, i FROM generate_series(1, " + rows
                + ") AS i ON CONFLICT DO NOTHING");
        database.execute("ANALYZE " + name);
    }

    private void chain(Consumer<Measurement> results) {
        source("chain_source", 10_000);
        for (int i = 0; i < CHAIN; i++) {
            String below = (i == 0) ? "chain_source" : "streamtables.chain_" + (i - 1);
            create("chain_" + i, "SELECT id, kind, amount + 1 AS amount FROM " + below, "manual");
        }
        List<String> names = IntStream.range(0, CHAIN)
                .mapToObj(i -> "streamtables.chain_" + i)
                .toList();
        results.accept(together("chain of " + CHAIN, 10_000, names, () -> change("chain_source")));
        dropAll();
    }

    private void wide(Consumer<Measurement> results) {
        for (int i = 0; i < LAYER; i++) {
            source("wide_source_" + i, 2_000);
            create("wide_a_" + i, "SELECT id, kind, amount FROM wide_source_" + i + " WHERE kind < 90", "manual");
        }
        for (int i = 0; i < LAYER; i++) {
            create(
                    "wide_b_" + i,
                    "SELECT kind, sum(amount) AS amount, count(*) AS n FROM streamtables.wide_a_" + i
                            + " GROUP BY kind",
                    "manual");
        }
        for (int i = 0; i < LAYER; i++) {
            create(
                    "wide_c_" + i,
                    "SELECT x.kind, x.amount, y.n FROM streamtables.wide_b_" + i + " x JOIN streamtables.wide_b_"
                            + (i + 1) % LAYER + " y ON y.kind = x.kind",
                    "manual");
        }
        List<String> names = new ArrayList<>();
        for (String layer : List.of("a", "b", "c")) {
            IntStream.range(0, LAYER).forEach(i -> names.add("streamtables.wide_" + layer + "_" + i));
        }
        results.accept(together("3 layers of " + LAYER, 2_000, names, () -> {
            for (int i = 0; i < LAYER; i++) {
                change("wide_source_" + i);
            }
        }));
        dropAll();
    }

    private void change(String source) {
        database.execute("UPDATE " + source + " SET amount = amount + 1 WHERE id % 200 = 7");
    }

    private Measurement together(String subject, long rows, List<String> names, Runnable change) {
        List<Double> times = new ArrayList<>();
        for (int round = -2; round < rounds; round++) {
            change.run();
            long start = System.nanoTime();
            engine.refreshTogether(names);
            if (round >= 0) {
                times.add((System.nanoTime() - start) / 1e6);
            }
        }
        String equal = names.stream().allMatch(name -> engine.verify(name).equal()) ? "equal" : "DIFFERENT";
        return new Measurement(PART, subject, rows, 0.5, 1, TOGETHER, times, equal);
    }

    private void live(Consumer<Measurement> results) {
        source("live_source", 10_000);
        create("live", "SELECT kind, count(*) AS n FROM live_source GROUP BY kind", "live");
        Random random = new Random(1);
        List<Double> times = new ArrayList<>();
        try (Clock clock = new Clock(engine);
                Database reader = server.connect()) {
            for (int i = -5; i < commits; i++) {
                pause(30 + random.nextInt(120));
                database.execute("INSERT INTO live_source VALUES (" + (20_000 + i) + ", 1000, 1)");
                long committed = System.nanoTime();
                long expected = i + 6L;
                while (reader.number("SELECT coalesce(max(n), 0) FROM streamtables.live WHERE kind = 1000")
                        < expected) {
                    LockSupport.parkNanos(500_000);
                }
                if (i >= 0) {
                    times.add((System.nanoTime() - committed) / 1e6);
                }
            }
        }
        results.accept(new Measurement(PART, "live, median", 10_000, 1, 1, LATENCY, percentiles(times, 0.5), ""));
        results.accept(new Measurement(PART, "live, p99", 10_000, 1, 1, LATENCY, percentiles(times, 0.99), ""));
        dropAll();
    }

    private static List<Double> percentiles(List<Double> times, double quantile) {
        return List.of(Statistics.quantile(times, quantile));
    }

    private void idle(Consumer<Measurement> results) {
        int sources = Math.max(1, tables / 10);
        for (int i = 0; i < sources; i++) {
            source("idle_source_" + i, 10);
        }
        for (int i = 0; i < tables; i++) {
            create("idle_" + i, "SELECT id, amount + " + i + " AS amount FROM idle_source_" + i % sources, "1s");
        }
        database.execute("CREATE TABLE IF NOT EXISTS unrelated (id int)");
        Runnable commit = () -> database.execute("INSERT INTO unrelated VALUES (1)");
        // What the commits cost by themselves is not ours.
        results.accept(cpu("20 foreign commits a second, no clock", commit));
        try (Clock clock = new Clock(engine)) {
            // The first looks are close ones.
            pause(idle.toMillis());
            results.accept(cpu("all quiet", () -> {}));
            results.accept(cpu("20 foreign commits a second", commit));
        }
        dropAll();
    }

    private Measurement cpu(String what, Runnable foreign) {
        Duration before = cpu();
        long start = System.nanoTime();
        while (System.nanoTime() - start < idle.toNanos()) {
            pause(50);
            foreign.run();
        }
        double share = 100.0 * cpu().minus(before).toNanos() / (System.nanoTime() - start);
        return new Measurement(PART, tables + " idle tables, " + what, 10, 0, 1, CPU, List.of(share), "");
    }

    /** Of this process and of all processes of the server, which has to be on this machine. */
    private Duration cpu() {
        Duration ours = Duration.ofNanos(
                ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime());
        String pids = database.text("SELECT string_agg(pid::text, ',') FROM pg_stat_activity");
        return List.of(pids.split(",")).stream()
                .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
                .flatMap(process -> process.info().totalCpuDuration().stream())
                .reduce(ours, Duration::plus);
    }

    private void dropAll() {
        List<String> names = new ArrayList<>(engine.list().stream()
                .map(table -> table.name())
                .map(QualifiedName::toString)
                .toList());
        while (!names.isEmpty()) {
            int before = names.size();
            names.removeIf(this::dropped);
            if (names.size() == before) {
                throw new IllegalStateException("These stream tables cannot be dropped: " + names);
            }
        }
    }

    /** Readers have to go first. */
    private boolean dropped(String name) {
        try {
            engine.drop(name);
            return true;
        } catch (io.pgstream.InvalidDefinitionException e) {
            return false;
        }
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(millis * 1_000_000);
    }

    /** A running clock, as an application has one. */
    private static final class Clock implements AutoCloseable {

        private final ThreadPoolTaskScheduler threads = new ThreadPoolTaskScheduler();

        private final RefreshScheduler scheduler;

        Clock(StreamTableEngine engine) {
            threads.setPoolSize(5);
            threads.setDaemon(true);
            threads.initialize();
            scheduler = new RefreshScheduler(engine, threads, Duration.ofSeconds(1), 2);
            scheduler.start();
        }

        @Override
        public void close() {
            scheduler.stop(Duration.ofSeconds(10));
            threads.shutdown();
        }
    }
}
