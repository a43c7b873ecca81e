package io.pgstream.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The server and the application are killed at random moments under write load: after each restart nothing is lost, nothing
 * is there twice, and every table of the graph equals its query. The application is a process of its own, or, which takes less
 * time, connections that break all at once. {@code -Dpgstream.kills=200} makes a long run of it, in which it always is a process,
 * {@code -Dpgstream.kills.versions=15,16,17} runs it on other servers than 18, and {@code -Dpgstream.kills.seed} repeats one. With {@code
 * -Dpgstream.kills.older} half of the processes are of another version, whose classes are there.
 */
class KillTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    static final List<StreamTableDefinition> GRAPH = List.of(
            table("by_customer", "SELECT customer, count(*) AS n, sum(amount) AS amount FROM orders GROUP BY customer"),
            table(
                    "named",
                    "SELECT o.id, c.name, c.region, o.amount FROM orders o JOIN customer c ON c.id = o.customer"),
            table("by_order", "SELECT order_id, count(*) AS n, sum(price) AS price FROM line GROUP BY order_id"),
            table(
                    "priced",
                    "SELECT o.id, o.customer, l.n, l.price FROM orders o LEFT JOIN by_order l ON l.order_id = o.id"),
            table(
                    "by_region",
                    "SELECT region, count(*) AS n, sum(amount) AS amount, max(id) AS newest FROM named GROUP BY region"),
            table("large", "SELECT customer, n FROM by_customer WHERE n > 3"),
            table(
                    "absent",
                    "SELECT c.id, c.name FROM customer c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.id)"),
            table("listed", "SELECT customer AS id FROM large UNION ALL SELECT id FROM absent"),
            table("newest", "SELECT id, amount FROM orders ORDER BY id DESC LIMIT 5"),
            table(
                    "shares",
                    "SELECT p.customer, count(DISTINCT p.n) AS sizes, sum(p.price) AS price, count(b.id) AS known FROM"
                            + " priced p LEFT JOIN listed b ON b.id = p.customer GROUP BY p.customer"));

    /** So many take seconds. */
    private static final int SHORT = 8;

    private static final List<String> KINDS = List.of("application", "whole server", "process of the server");

    /** Of ten. */
    private static final List<Integer> WEIGHTS = List.of(0, 0, 0, 0, 1, 1, 2, 2, 2, 2);

    @TempDir
    private Path directory;

    private static StreamTableDefinition table(String name, String query) {
        return StreamTableDefinition.of(name, query).withMode(RefreshMode.DIFFERENTIAL);
    }

    static List<Integer> versions() {
        return Stream.of(System.getProperty("pgstream.kills.versions", "18").split(","))
                .map(version -> Integer.valueOf(version.strip()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void whoever_is_killed_at_whatever_moment_nothing_is_lost_and_nothing_is_there_twice(int version) throws Exception {
        int kills = Integer.getInteger("pgstream.kills", SHORT);
        long seed = Long.getLong("pgstream.kills.seed", System.nanoTime());
        Random random = new Random(seed);
        int[] how = new int[KINDS.size()];
        EmbeddedPostgres server = TestServer.durable(version, directory.resolve("data"), false);
        try {
            TestDatabase database = filled(TestDatabase.of(server.getPostgresDatabase()));
            database.engine().synchronize(GRAPH);
            KilledApplication.Acknowledged acknowledged = new KilledApplication.Acknowledged();
            for (int kill = 0; kill < kills; kill++) {
                boolean process = kills > SHORT || kill < 2;
                acknowledged.continueAt(Long.parseLong(database.value("SELECT coalesce(max(id), 0) + 10 FROM orders")));
                Killed application = process
                        ? KilledProcess.start(
                                server.getJdbcUrl("postgres", "postgres"), acknowledged, random.nextLong())
                        : KilledApplication.start(server.getPostgresDatabase(), GRAPH, acknowledged, random.nextLong());
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20 + random.nextInt(180)));
                int kind = (kill < KINDS.size()) ? kill : WEIGHTS.get(random.nextInt(WEIGHTS.size()));
                if (kind == 0) {
                    application.kill();
                } else if (kind == 1) {
                    server = killServer(server, version);
                } else {
                    killProcessOfServer(database, random);
                }
                application.kill();
                how[kind]++;
                database = recovered(server);
                assertUnharmed(database, acknowledged, "kill " + kill + " (" + KINDS.get(kind) + ") of seed " + seed);
            }
            System.out.printf(
                    "PostgreSQL %d, seed %d: %d kills %s, %s orders, %d acknowledged, %s refreshes in history%n",
                    version,
                    seed,
                    kills,
                    IntStream.range(0, how.length)
                            .mapToObj(kind -> KINDS.get(kind) + " " + how[kind])
                            .toList(),
                    database.value("SELECT count(*) FROM orders"),
                    acknowledged.present().size(),
                    database.value("SELECT count(*) FROM pgstream.pgs_refresh_history"));
        } finally {
            server.close();
        }
    }

    private static TestDatabase filled(TestDatabase database) throws SQLException {
        assertThat(database.value("SELECT current_setting('fsync') || current_setting('synchronous_commit')"))
                .isEqualTo("onon");
        database.execute(
                "CREATE TABLE customer (id int PRIMARY KEY, name text, region int)",
                "CREATE TABLE orders (id bigint PRIMARY KEY, customer int NOT NULL, amount int)",
                "CREATE INDEX ON orders (customer)",
                "CREATE TABLE line (id bigint PRIMARY KEY, order_id bigint NOT NULL, price int)",
                "CREATE INDEX ON line (order_id)",
                "INSERT INTO customer SELECT i, 'c' || i, i % 4 FROM generate_series(1, 40) AS i");
        return database;
    }

    /** One process is enough: the server throws away its shared memory, and recovers from its log. */
    private static void killProcessOfServer(TestDatabase database, Random random) throws SQLException {
        List<String> processes = database.column("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND"
                + " backend_type IN ('client backend', 'walwriter', 'checkpointer', 'background writer')");
        kill(ProcessHandle.of(Long.parseLong(processes.get(random.nextInt(processes.size()))))
                .orElse(null));
    }

    private static void kill(@org.jspecify.annotations.Nullable ProcessHandle process) {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /** All of its processes at once, and started again. */
    private EmbeddedPostgres killServer(EmbeddedPostgres server, int version) throws Exception {
        Path data = directory.resolve("data");
        ProcessHandle postmaster = ProcessHandle.of(Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid"))
                        .get(0)
                        .strip()))
                .orElseThrow();
        List<ProcessHandle> processes = new ArrayList<>(postmaster.descendants().toList());
        processes.add(0, postmaster);
        processes.forEach(ProcessHandle::destroyForcibly);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (processes.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        Files.deleteIfExists(data.resolve("postmaster.pid"));
        // Lets go of the directory.
        server.close();
        return TestServer.durable(version, data, false);
    }

    private static TestDatabase recovered(EmbeddedPostgres server) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return TestDatabase.of(server.getPostgresDatabase());
            } catch (RuntimeException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }

    private static void assertUnharmed(TestDatabase database, KilledApplication.Acknowledged acknowledged, String when)
            throws SQLException {
        List<String> orders = database.column("SELECT id FROM orders ORDER BY id");
        assertThat(orders).as("acknowledged orders after %s", when).containsAll(acknowledged.present());
        assertThat(database.column("SELECT count(*) FROM pgstream.pgs_refresh_history WHERE outcome = 'RUNNING'"))
                .containsExactly("0");
        // An instance that knows nothing of the one that was killed.
        StreamTableEngine engine = new StreamTableEngine(database.dataSource(), EngineSettings.defaults(), List.of());
        for (StreamTableDefinition definition : GRAPH) {
            String name = definition.name().name();
            engine.resume(name);
            engine.refresh(name);
            assertThat(database.column(
                            "SELECT 'lacks ' || q::text FROM ((" + definition.query() + ") EXCEPT ALL SELECT * FROM "
                                    + name + ") AS q UNION ALL SELECT 'has ' || q::text FROM (SELECT * FROM " + name
                                    + " EXCEPT ALL (" + definition.query() + ")) AS q"))
                    .as("%s after %s", name, when)
                    .isEmpty();
        }
    }
}
