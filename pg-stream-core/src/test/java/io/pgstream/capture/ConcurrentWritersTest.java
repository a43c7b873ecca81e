package io.pgstream.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshOutcome;
import io.pgstream.Verification;
import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;

/** Many writers and two refreshers at once: every refresh equals its query at its own snapshot (decisions 9 and 10). */
class ConcurrentWritersTest {

    private static final int WRITERS = 8;

    private static TestDatabase database() throws SQLException {
        TestDatabase database = TestDatabase.onDefault();
        database.execute(
                "CREATE TABLE customer (id int PRIMARY KEY, region int)",
                "CREATE TABLE purchase (id bigserial PRIMARY KEY, customer_id int, amount int)",
                "INSERT INTO customer SELECT i, i % 4 FROM generate_series(1, 40) AS i",
                "INSERT INTO purchase (customer_id, amount) SELECT 1 + i % 50, i FROM generate_series(1, 500) AS i");
        database.create(
                "revenue",
                "SELECT c.region, count(*) AS n, sum(p.amount) AS amount FROM purchase p"
                        + " JOIN customer c ON c.id = p.customer_id GROUP BY c.region");
        database.create("busy", "SELECT region, n FROM revenue WHERE n > 10");
        return database;
    }

    private static void write(Connection connection, Random random) throws SQLException {
        connection.setAutoCommit(false);
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            TestDatabase.execute(connection, "SAVEPOINT s");
            int id = random.nextInt(50);
            TestDatabase.execute(
                    connection,
                    switch (random.nextInt(6)) {
                        case 0 -> "UPDATE customer SET region = region % 4 + 1 WHERE id = " + id;
                        case 1 -> "DELETE FROM customer WHERE id = " + id;
                        case 2 ->
                            "INSERT INTO customer VALUES (" + id + ", 2) ON CONFLICT (id) DO UPDATE SET region = 3";
                        case 3 -> "DELETE FROM purchase WHERE id % 50 = " + id + " AND amount % 2 = 0";
                        case 4 ->
                            "UPDATE purchase SET amount = amount + 1, customer_id = " + id + " WHERE id % 50 = " + id;
                        default ->
                            "INSERT INTO purchase (customer_id, amount) SELECT i, i FROM generate_series(1, 9) AS i";
                    });
            TestDatabase.execute(
                    connection, random.nextInt(4) == 0 ? "ROLLBACK TO SAVEPOINT s" : "RELEASE SAVEPOINT s");
        }
        if (random.nextInt(5) == 0) {
            connection.rollback();
        } else {
            connection.commit();
        }
    }

    /** Writes until told to stop; deadlocks among the writers are their own affair, any other error is ours. */
    private static int writeUntil(TestDatabase database, AtomicBoolean stop, int seed) throws SQLException {
        Random random = new Random(seed);
        int transactions = 0;
        try (Connection connection = database.connect()) {
            while (!stop.get()) {
                try {
                    write(connection, random);
                    transactions++;
                } catch (PSQLException e) {
                    connection.rollback();
                    assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo("40P01");
                }
            }
        }
        return transactions;
    }

    private static int verifyUntil(StreamTableEngine engine, long deadline) {
        int refreshes = 0;
        for (; System.nanoTime() < deadline; refreshes++) {
            for (String name : List.of("revenue", "busy")) {
                Verification verification = engine.verify(name);
                assertThat(verification.equal())
                        .as("refresh %s: %s", refreshes, verification)
                        .isTrue();
            }
        }
        return refreshes;
    }

    @Test
    void every_refresh_of_two_refreshers_equals_its_query_while_eight_writers_write() throws Exception {
        TestDatabase database = database();
        StreamTableEngine second = new StreamTableEngine(database.dataSource(), EngineSettings.defaults(), List.of());
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS + 2);
        try {
            List<Future<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int seed = i;
                writers.add(threads.submit(() -> writeUntil(database, stop, seed)));
            }
            long deadline =
                    System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("pgstream.concurrency.seconds", 20));
            Future<Integer> first = threads.submit(() -> verifyUntil(database.engine(), deadline));
            Future<Integer> other = threads.submit(() -> verifyUntil(second, deadline));
            assertThat(first.get() + other.get()).isGreaterThan(2);
            stop.set(true);
            for (Future<Integer> writer : writers) {
                assertThat(writer.get()).isPositive();
            }
        } finally {
            stop.set(true);
            threads.shutdownNow();
        }
        database.assertFollows("revenue");
        database.assertFollows("busy");
    }

    @Test
    void a_scheduled_refresh_gives_way_to_one_that_runs_and_a_requested_one_waits_for_it() throws Exception {
        TestDatabase database = database();
        database.execute("INSERT INTO purchase (customer_id, amount) VALUES (1, 1)");
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (Connection blocker = database.begin()) {
            TestDatabase.execute(blocker, "LOCK TABLE pgstream.pgs_refresh_history IN ACCESS EXCLUSIVE MODE");
            Future<RefreshOutcome> running =
                    threads.submit(() -> database.engine().refresh("revenue").outcome());
            database.awaitWaiterFor("pgstream.pgs_refresh_history");
            assertThat(database.engine()
                            .refreshScheduled(io.pgstream.QualifiedName.parse("public.revenue"))
                            .outcome())
                    .isEqualTo(RefreshOutcome.SKIPPED);
            Future<RefreshOutcome> waiting =
                    threads.submit(() -> database.engine().refresh("revenue").outcome());
            database.awaitWaiterFor("pgstream_state.l1");
            blocker.rollback();
            assertThat(running.get()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
            assertThat(waiting.get()).isEqualTo(RefreshOutcome.NO_DATA);
        } finally {
            threads.shutdownNow();
        }
    }
}
