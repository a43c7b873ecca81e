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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Writers of several synchronous tables wait for each other in one order, so that none of them ends in a deadlock that he did not make. */
class LockOrderTest {

    private static final int WRITERS = 8;

    private static final int TRANSACTIONS = Integer.getInteger("pgstream.oracle.concurrentTransactions", 30);

    private TestDatabase database;

    @BeforeEach
    void make() throws SQLException {
        database = TestDatabase.onDefault();
        database.execute(
                "CREATE TABLE o (id int PRIMARY KEY, c int, v int)",
                "CREATE TABLE c (id int PRIMARY KEY, w int)",
                "CREATE INDEX ON o (c)",
                "INSERT INTO o SELECT i, i % 5, i FROM generate_series(1, 200) AS i",
                "INSERT INTO c SELECT i, i FROM generate_series(0, 4) AS i");
    }

    @AfterEach
    void compare() throws SQLException {
        for (String name : database.column("SELECT table_name FROM pgstream.pgs_stream_tables")) {
            database.assertEqual(name);
        }
    }

    /** Numbered so that a table comes before what it reads, and that two sources reach what they share in different orders. */
    private void create(RefreshMode... modes) {
        List<String> queries = List.of(
                "SELECT id, c, v FROM o WHERE v >= 0",
                "SELECT o.id, o.v, c.w FROM o JOIN c ON c.id = o.c",
                "SELECT st0.id, c.w FROM st0 JOIN c ON c.id = st0.c",
                "SELECT c, count(*) AS n, sum(v) AS total FROM st0 GROUP BY c",
                "SELECT w, count(*) AS n FROM c GROUP BY w",
                "SELECT o.c, count(*) AS n FROM o JOIN st4 ON st4.w = o.c GROUP BY o.c");
        for (int i = 0; i < queries.size(); i++) {
            database.engine()
                    .create(StreamTableDefinition.of("st" + i, queries.get(i)).withMode(modes[i % modes.length]));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "IMMEDIATE",
                "ON_COMMIT",
                "IMMEDIATE,ON_COMMIT",
                "ON_COMMIT,IMMEDIATE",
                "IMMEDIATE,ON_COMMIT,ON_COMMIT"
            })
    void single_statements_never_end_in_a_deadlock(String modes) throws Exception {
        create(List.of(modes.split(",")).stream().map(RefreshMode::valueOf).toArray(RefreshMode[]::new));
        run((session, random) -> {
            session.setAutoCommit(true);
            TestDatabase.execute(session, statement(random));
        });
    }

    @Test
    void whole_transactions_do_not_where_tables_follow_at_the_commit() throws Exception {
        create(RefreshMode.ON_COMMIT);
        run((session, random) -> {
            session.setAutoCommit(false);
            // Each writes to rows of his own: the order of these locks is his own matter.
            int id = 1_000 + (int) (Thread.currentThread().getId() % 10_000) * 1_000 + random.nextInt(900);
            List<String> statements = new ArrayList<>(List.of(
                    "INSERT INTO o VALUES (" + id + ", " + id % 5 + ", 1) ON CONFLICT (id) DO UPDATE SET v = o.v + 1",
                    "INSERT INTO c VALUES (" + id + ", 3) ON CONFLICT (id) DO UPDATE SET w = c.w + 1"));
            java.util.Collections.shuffle(statements, random);
            for (String statement : statements) {
                TestDatabase.execute(session, statement);
            }
            session.commit();
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"IMMEDIATE", "ON_COMMIT"})
    void the_order_follows_what_is_created_altered_and_dropped(RefreshMode mode) throws SQLException {
        create(mode);
        String functions =
                "SELECT proname || ' ' || provolatile::text FROM pg_proc WHERE pronamespace = 'pgstream_changes'::regnamespace"
                        + " AND proname ~ '^(order|below)_' ORDER BY 1";
        assertThat(database.column(functions)).hasSize(6 + 4);
        database.execute("INSERT INTO o VALUES (300, 1, 1)", "UPDATE c SET w = w + 1");
        for (int i = 5; i > 0; i--) {
            database.engine().drop("st" + i);
        }
        // Whose change reaches one table only waits for nothing afterwards.
        assertThat(database.column(functions)).hasSize(2).allMatch(function -> function.endsWith(" i"));
        database.execute("INSERT INTO o VALUES (301, 1, 1)");
        database.engine().drop("st0");
        assertThat(database.column(functions)).isEmpty();
    }

    @FunctionalInterface
    private interface Writing {

        void write(Connection session, Random random) throws SQLException;
    }

    private void run(Writing writing) throws Exception {
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            Random random = new Random(i);
            running.add(writers.submit(() -> {
                try (Connection session = database.begin()) {
                    TestDatabase.execute(session, "SET deadlock_timeout = 20");
                    session.commit();
                    for (int k = 0; k < TRANSACTIONS; k++) {
                        writing.write(session, random);
                    }
                }
                return null;
            }));
        }
        for (Future<?> writer : running) {
            writer.get(120, TimeUnit.SECONDS);
        }
        writers.shutdown();
    }

    private static String statement(Random random) {
        int id = random.nextInt(300);
        int c = random.nextInt(5);
        return switch (random.nextInt(6)) {
            case 0 -> "INSERT INTO o VALUES (" + id + ", " + c + ", 1) ON CONFLICT (id) DO UPDATE SET v = o.v + 1";
            case 1 -> "UPDATE o SET c = " + c + " WHERE id = " + id;
            case 2 -> "DELETE FROM o WHERE id = " + id;
            case 3 -> "UPDATE c SET w = w + 1 WHERE id = " + c;
            case 4 -> "INSERT INTO c VALUES (" + c + ", " + c + ") ON CONFLICT DO NOTHING";
            default -> "DELETE FROM c WHERE id = " + c;
        };
    }
}
