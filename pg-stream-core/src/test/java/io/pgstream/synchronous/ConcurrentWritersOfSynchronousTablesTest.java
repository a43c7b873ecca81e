package io.pgstream.synchronous;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Eight writers at once, each transaction with another isolation level: the tables are equal, or a transaction was refused. */
class ConcurrentWritersOfSynchronousTablesTest {

    private static final int WRITERS = 8;

    private static final int TRANSACTIONS = Integer.getInteger("pgstream.oracle.concurrentTransactions", 25);

    /** Serialization failure and deadlock: run it again, say both. */
    private static final Set<String> HONEST = Set.of("40001", "40P01");

    private static final List<String> QUERIES = List.of(
            "SELECT g, count(*) AS n, sum(v) AS total FROM a GROUP BY g",
            "SELECT count(*) AS n, sum(v) AS total FROM a",
            "SELECT a.g, count(*) AS n, sum(a.v * b.w) AS total FROM a JOIN b ON b.id = a.g GROUP BY a.g",
            "SELECT a.id, b.w FROM a JOIN b ON b.id = a.g",
            "SELECT b.id, b.w FROM b WHERE NOT EXISTS (SELECT 1 FROM a WHERE a.g = b.id AND a.v > 5)",
            "SELECT g, max(v) AS highest FROM a GROUP BY g HAVING count(*) > 1",
            "SELECT b.id, a.id AS aid, a.v FROM b LEFT JOIN a ON a.g = b.id AND a.v < 3",
            "SELECT h, count(*) AS n, sum(v) AS total FROM a GROUP BY h",
            "SELECT a.id, a.v, b.w FROM a JOIN b ON b.id = a.h");

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void the_tables_equal_their_queries_whatever_the_writers_do(int version) throws Exception {
        TestDatabase database = TestDatabase.on(version);
        database.execute(
                "CREATE TABLE a (id int PRIMARY KEY, g int, v int, h int NOT NULL GENERATED ALWAYS AS (id % 4) STORED)",
                "CREATE TABLE b (id int PRIMARY KEY, w int)",
                "CREATE INDEX ON a (g)",
                "INSERT INTO a SELECT i, i % 6, i % 9 FROM generate_series(1, 40) AS i",
                "INSERT INTO b SELECT i, i FROM generate_series(0, 5) AS i");
        List<String> names = new ArrayList<>();
        for (String query : QUERIES) {
            // Each query in one mode on one version, and in the other one on the other.
            boolean immediate = (names.size() + version) % 2 == 0;
            RefreshMode mode = immediate ? RefreshMode.IMMEDIATE : RefreshMode.ON_COMMIT;
            String name = mode.name().toLowerCase(java.util.Locale.ROOT) + names.size();
            database.engine().create(StreamTableDefinition.of(name, query).withMode(mode));
            names.add(name);
        }
        AtomicInteger committed = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            Random random = new Random(i);
            running.add(writers.submit(() -> {
                write(database, random, committed, refused);
                return null;
            }));
        }
        for (Future<?> writer : running) {
            writer.get(60, TimeUnit.SECONDS);
        }
        writers.shutdown();
        System.out.println("PostgreSQL " + version + ": " + committed + " transactions, " + refused + " refused");
        assertThat(committed.get()).isGreaterThan(WRITERS);
        for (String name : names) {
            database.assertEqual(name);
        }
    }

    private static void write(TestDatabase database, Random random, AtomicInteger committed, AtomicInteger refused)
            throws SQLException {
        try (Connection connection = database.begin()) {
            // What would be found after a second is found at once, and all others go on.
            TestDatabase.execute(connection, "SET deadlock_timeout = 20");
            connection.commit();
            for (int i = 0; i < TRANSACTIONS; i++) {
                try {
                    connection.setTransactionIsolation(
                            switch (random.nextInt(4)) {
                                case 0 -> Connection.TRANSACTION_REPEATABLE_READ;
                                case 1 -> Connection.TRANSACTION_SERIALIZABLE;
                                default -> Connection.TRANSACTION_READ_COMMITTED;
                            });
                    for (int k = random.nextInt(3); k >= 0; k--) {
                        attempt(connection, random);
                    }
                    connection.commit();
                    committed.incrementAndGet();
                } catch (SQLException e) {
                    connection.rollback();
                    if (!HONEST.contains(e.getSQLState())) {
                        throw e;
                    }
                    refused.incrementAndGet();
                }
            }
        }
    }

    /** Now and then a transaction goes on behind a savepoint, with the snapshot that it has. */
    private static void attempt(Connection connection, Random random) throws SQLException {
        String statement = statement(random);
        if (random.nextInt(3) > 0) {
            TestDatabase.execute(connection, statement);
            return;
        }
        TestDatabase.execute(connection, "SAVEPOINT s");
        try {
            TestDatabase.execute(connection, statement);
        } catch (SQLException e) {
            if (!HONEST.contains(e.getSQLState())) {
                throw e;
            }
            TestDatabase.execute(connection, "ROLLBACK TO SAVEPOINT s");
            TestDatabase.execute(connection, statement(random));
        }
    }

    private static String statement(Random random) {
        int id = random.nextInt(60);
        int g = random.nextInt(7);
        return switch (random.nextInt(9)) {
            case 0, 1 ->
                "INSERT INTO a (id, g, v) VALUES (" + id + ", " + g + ", " + random.nextInt(9)
                        + ") ON CONFLICT (id) DO UPDATE SET g = excluded.g";
            case 2 -> "UPDATE a SET v = (v + 1) % 9 WHERE g = " + g;
            case 3 -> "UPDATE a SET g = " + g + " WHERE id = " + id;
            case 4 -> "DELETE FROM a WHERE id = " + id;
            case 5 -> "UPDATE b SET w = w + 1 WHERE id = " + g;
            case 6 -> "INSERT INTO b VALUES (" + g + ", " + id + ") ON CONFLICT DO NOTHING";
            case 7 -> "DELETE FROM a WHERE v = " + random.nextInt(9);
            default -> "DELETE FROM b WHERE id = " + g;
        };
    }
}
