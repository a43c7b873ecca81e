package io.pgstream.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.Verification;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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

/**
 * Eight writers with short and long transactions, savepoints, rollbacks and prepared transactions, and three engines that
 * refresh a diamond: equal at every refresh, and never two moments in one table. {@code -Dpgstream.graph.seconds=3600}
 * makes an hour of it.
 */
class ConcurrentGraphTest {

    private static final int WRITERS = 8;

    private static final List<String> GRAPH = List.of("totals", "counts", "joined", "busy");

    private final TestDatabase database = TestDatabase.of(TestServer.current().newDatabase());

    private final AtomicBoolean stop = new AtomicBoolean();

    private void graph() throws SQLException {
        database.execute(
                "CREATE TABLE purchase (id bigserial PRIMARY KEY, customer int, amount int)",
                "CREATE INDEX ON purchase (customer)",
                "INSERT INTO purchase (customer, amount) SELECT i % 40, i FROM generate_series(1, 400) AS i");
        database.create("totals", "SELECT customer, sum(amount) AS total FROM purchase GROUP BY customer");
        database.create("counts", "SELECT customer, count(*) AS n FROM purchase GROUP BY customer");
        database.create(
                "joined", "SELECT t.customer, t.total, c.n FROM totals t JOIN counts c ON c.customer = t.customer");
        database.create("busy", "SELECT n, count(*) AS customers, sum(total) AS total FROM joined GROUP BY n");
    }

    private void write(Connection connection, Random random, String name) throws SQLException {
        connection.setAutoCommit(false);
        for (int i = 1 + random.nextInt(random.nextInt(10) == 0 ? 30 : 3); i > 0; i--) {
            TestDatabase.execute(connection, "SAVEPOINT s");
            int customer = random.nextInt(45);
            TestDatabase.execute(
                    connection,
                    switch (random.nextInt(4)) {
                        case 0 -> "DELETE FROM purchase WHERE customer = " + customer + " AND amount % 3 = 0";
                        case 1 -> "UPDATE purchase SET amount = amount + 1 WHERE customer = " + customer;
                        case 2 ->
                            "UPDATE purchase SET customer = " + customer + " WHERE customer = " + random.nextInt(45)
                                    + " AND amount % 5 = 0";
                        default ->
                            "INSERT INTO purchase (customer, amount) SELECT " + customer
                                    + ", i FROM generate_series(1, 7) AS i";
                    });
            TestDatabase.execute(
                    connection, random.nextInt(4) == 0 ? "ROLLBACK TO SAVEPOINT s" : "RELEASE SAVEPOINT s");
        }
        int end = random.nextInt(10);
        if (end == 0) {
            connection.rollback();
        } else if (end == 1) {
            TestDatabase.execute(connection, "PREPARE TRANSACTION '" + name + "'");
            connection.commit();
            connection.setAutoCommit(true);
            TestDatabase.execute(
                    connection, (random.nextBoolean() ? "COMMIT" : "ROLLBACK") + " PREPARED '" + name + "'");
        } else {
            connection.commit();
        }
    }

    /** Deadlocks among the writers are their own affair. */
    private int writeUntilStopped(int seed) throws SQLException {
        Random random = new Random(seed);
        int transactions = 0;
        try (Connection connection = database.connect()) {
            while (!stop.get()) {
                try {
                    write(connection, random, "w" + seed + "_" + transactions);
                    transactions++;
                } catch (PSQLException e) {
                    connection.rollback();
                    assertThat(e.getSQLState()).isEqualTo("40P01");
                }
            }
        }
        return transactions;
    }

    private static int verifyUntil(StreamTableEngine engine, long deadline) {
        int verified = 0;
        while (System.nanoTime() < deadline) {
            assertThat(engine.verifyTogether(GRAPH)).hasSize(4).allMatch(Verification::equal);
            verified++;
        }
        return verified;
    }

    /** A reader sees the graph as groups have left it: the joined table is the join of the others at each moment. */
    private int readUntilStopped() throws SQLException {
        int read = 0;
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            while (!stop.get()) {
                try (ResultSet rows =
                        statement.executeQuery("SELECT count(*) FROM ((SELECT t.customer, t.total, c.n FROM totals t"
                                + " JOIN counts c ON c.customer = t.customer EXCEPT ALL SELECT * FROM joined) UNION ALL"
                                + " (SELECT * FROM joined EXCEPT ALL SELECT t.customer, t.total, c.n FROM totals t JOIN"
                                + " counts c ON c.customer = t.customer)) AS d")) {
                    rows.next();
                    assertThat(rows.getLong(1)).isZero();
                }
                read++;
            }
        }
        return read;
    }

    @Test
    void a_diamond_is_equal_at_every_refresh_whoever_writes_and_whoever_refreshes() throws Exception {
        graph();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("pgstream.graph.seconds", 5));
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS + 4);
        try {
            List<Future<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int seed = i;
                writers.add(threads.submit(() -> writeUntilStopped(seed)));
            }
            Future<Integer> reader = threads.submit(this::readUntilStopped);
            List<Future<Integer>> engines = new ArrayList<>();
            for (StreamTableEngine engine : List.of(database.engine(), another(), another())) {
                engines.add(threads.submit(() -> verifyUntil(engine, deadline)));
            }
            for (Future<Integer> engine : engines) {
                assertThat(engine.get()).isPositive();
            }
            stop.set(true);
            assertThat(reader.get()).isPositive();
            for (Future<Integer> writer : writers) {
                assertThat(writer.get()).isPositive();
            }
        } finally {
            stop.set(true);
            threads.shutdownNow();
        }
        assertThat(database.engine().verifyTogether(GRAPH)).allMatch(Verification::equal);
    }

    private StreamTableEngine another() {
        return new StreamTableEngine(
                database.dataSource(),
                TestDatabase.settings(java.time.Duration.ofSeconds(4), java.time.Duration.ofSeconds(60)),
                List.of());
    }
}
