package io.pgstream.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.Verification;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;

/**
 * Eight writers with short and long transactions at every isolation level, with savepoints, rollbacks and prepared transactions, and
 * three engines that refresh a diamond and a bag beside it: equal at every refresh, and never two moments in one table. It takes a
 * minute; {@code -Dpgstream.graph.seconds=3600} makes an hour of it.
 */
class ConcurrentGraphTest {

    private static final int WRITERS = 8;

    private static final List<String> GRAPH = List.of("totals", "counts", "joined", "busy");

    private static final List<String> ISOLATIONS = List.of("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE");

    /** What a minute of eight writers has some of. */
    private static final List<String> KINDS = List.of(
            "COMMIT PREPARED",
            "READ COMMITTED",
            "REPEATABLE READ",
            "ROLLBACK PREPARED",
            "SERIALIZABLE",
            "long",
            "rolled back",
            "savepoint rolled back",
            "short");

    private final TestDatabase database = TestDatabase.onDefault();

    private final AtomicBoolean stop = new AtomicBoolean();

    /** How often each kind of transaction was there. */
    private final Map<String, AtomicInteger> written = new ConcurrentSkipListMap<>();

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
        database.create("even", "SELECT customer, amount FROM purchase WHERE amount % 2 = 0");
    }

    private void write(Connection connection, Random random, String name) throws SQLException {
        String isolation = ISOLATIONS.get(random.nextInt(ISOLATIONS.size()));
        boolean isLong = random.nextInt(25) == 0;
        connection.setAutoCommit(false);
        TestDatabase.execute(connection, "SET TRANSACTION ISOLATION LEVEL " + isolation);
        for (int i = 1 + random.nextInt(random.nextInt(10) == 0 ? 30 : 3); i > 0; i--) {
            TestDatabase.execute(connection, "SAVEPOINT s");
            TestDatabase.execute(connection, change(random));
            boolean kept = random.nextInt(4) > 0;
            TestDatabase.execute(connection, kept ? "RELEASE SAVEPOINT s" : "ROLLBACK TO SAVEPOINT s");
            if (!kept) {
                count("savepoint rolled back");
            }
        }
        if (isLong) {
            // Over many refreshes, with what it has written still to come.
            stayOpen(random);
        }
        end(connection, random, name);
        count(isolation);
        count(isLong ? "long" : "short");
    }

    private static String change(Random random) {
        int customer = random.nextInt(45);
        return switch (random.nextInt(4)) {
            case 0 ->
                "DELETE FROM purchase WHERE customer = " + customer
                        + " AND (amount % 3 = 0 OR id < (SELECT max(id) - 3000 FROM purchase))";
            case 1 -> "UPDATE purchase SET amount = amount + 1 WHERE customer = " + customer;
            case 2 ->
                "UPDATE purchase SET customer = " + customer + " WHERE customer = " + random.nextInt(45)
                        + " AND amount % 5 = 0";
            default ->
                "INSERT INTO purchase (customer, amount) SELECT " + customer + ", i FROM generate_series(1, 7) AS i";
        };
    }

    private void stayOpen(Random random) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100 + random.nextInt(1_000));
        while (!stop.get() && System.nanoTime() < until) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private void end(Connection connection, Random random, String name) throws SQLException {
        int end = random.nextInt(10);
        if (end == 0) {
            connection.rollback();
            count("rolled back");
        } else if (end == 1) {
            TestDatabase.execute(connection, "PREPARE TRANSACTION '" + name + "'");
            connection.commit();
            connection.setAutoCommit(true);
            if (random.nextInt(3) == 0) {
                stayOpen(random);
            }
            String phase = random.nextBoolean() ? "COMMIT" : "ROLLBACK";
            TestDatabase.execute(connection, phase + " PREPARED '" + name + "'");
            count(phase + " PREPARED");
        } else {
            connection.commit();
        }
    }

    private void count(String what) {
        written.computeIfAbsent(what, key -> new AtomicInteger()).incrementAndGet();
    }

    /** That a transaction cannot be serialized, and deadlocks among the writers, are their own affair. */
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
                    assertThat(e.getSQLState()).as(e.getMessage()).isIn("40P01", "40001");
                    count(String.valueOf(e.getSQLState()));
                }
            }
        }
        return transactions;
    }

    private static int verifyUntil(StreamTableEngine engine, long deadline) {
        int verified = 0;
        while (System.nanoTime() < deadline) {
            assertThat(engine.verifyTogether(GRAPH)).hasSize(4).allMatch(Verification::equal);
            assertThat(engine.verify("even").equal()).isTrue();
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
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("pgstream.graph.seconds", 60));
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
            int refreshes = 0;
            for (Future<Integer> engine : engines) {
                refreshes += engine.get();
            }
            stop.set(true);
            int read = reader.get();
            for (Future<Integer> writer : writers) {
                assertThat(writer.get()).isPositive();
            }
            System.out.printf(
                    "%d rounds of five refreshes compared, %d reads, transactions %s%n", refreshes, read, written);
            assertThat(refreshes).isGreaterThanOrEqualTo(3);
            assertThat(read).isPositive();
            assertThat(written).containsKeys(KINDS.toArray(String[]::new));
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
