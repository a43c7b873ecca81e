package io.pgstream.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshOutcome;
import io.pgstream.Verification;
import io.pgstream.cdc.BufferCleaner;
import io.pgstream.support.Session;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one consumer has read and another has not is taken out of the way, and nothing of it is lost or read twice. */
class BacklogTest {

    private static final String BEHIND = "SELECT id, kind, amount FROM item WHERE amount % 3 <> 0";

    private static TestDatabase filled(TestDatabase database) throws SQLException {
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, kind int, amount int, note text)",
                "INSERT INTO item SELECT i, i % 5, i, 'n' || i FROM generate_series(1, 50) AS i");
        database.create("total", "SELECT kind, count(*) AS n, sum(amount) AS amount FROM item GROUP BY kind");
        database.create("behind", BEHIND);
        return database;
    }

    private static TestDatabase database() throws SQLException {
        return filled(TestDatabase.onDefault());
    }

    private static String capture(TestDatabase database) throws SQLException {
        return database.value("SELECT max(id) FROM pgstream.pgs_captures");
    }

    private static void clean(TestDatabase database) throws SQLException {
        BufferCleaner cleaner = new BufferCleaner("pgstream", "pgstream_changes", 0, 0);
        try (Connection connection = database.begin()) {
            cleaner.clean(new Session(connection), Long.parseLong(capture(database)));
        }
    }

    /** The rows of both segments and of the backlog. */
    private static String held(TestDatabase database) throws SQLException {
        String buffer = "pgstream_changes.c" + capture(database);
        return database.value("SELECT (SELECT count(*) FROM " + buffer + "_0) || ' ' || (SELECT count(*) FROM " + buffer
                + "_1) || ' ' || (SELECT count(*) FROM " + buffer + "_2)");
    }

    private static String withChanges(TestDatabase database, String name) {
        return "SELECT EXISTS (SELECT FROM pgstream.tables_with_changes(ARRAY(SELECT t.id FROM pgstream.pgs_stream_tables AS"
                + " t WHERE t.table_name = '" + name + "')))";
    }

    private static void assertDifferential(TestDatabase database, String name) throws SQLException {
        assertThat(database.engine().refresh(name).outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual(name);
    }

    /** Writes ten rows of which nine stay, and takes them out of the way of {@code total}. */
    private static void lag(TestDatabase database) throws SQLException {
        database.execute(
                "INSERT INTO item SELECT i, i % 5, i, 'n' FROM generate_series(101, 110) AS i",
                "DELETE FROM item WHERE id = 101");
        assertDifferential(database, "total");
        clean(database);
        clean(database);
        assertThat(held(database)).isEqualTo("0 0 11");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void what_is_behind_is_moved_and_followed_later(int version) throws Exception {
        TestDatabase database = filled(TestDatabase.on(version));
        lag(database);
        database.execute("UPDATE item SET amount = amount + 1 WHERE id < 4");
        assertDifferential(database, "total");
        assertThat(held(database)).endsWith(" 11");
        assertThat(database.value(withChanges(database, "behind"))).isEqualTo("t");
        assertThat(database.value(withChanges(database, "total"))).isEqualTo("f");
        assertDifferential(database, "behind");
        clean(database);
        assertThat(held(database)).isEqualTo("0 0 0");
        assertThat(database.engine().refresh("behind").outcome()).isEqualTo(RefreshOutcome.NO_DATA);
    }

    @Test
    void several_moves_are_followed_in_one_refresh() throws Exception {
        TestDatabase database = database();
        for (int i = 0; i < 5; i++) {
            database.execute(
                    "UPDATE item SET amount = amount + 1, kind = kind % 4 WHERE id % 5 = " + i,
                    "DELETE FROM item WHERE id = " + (i + 10));
            assertDifferential(database, "total");
            clean(database);
        }
        assertThat(database.value("SELECT count(*) > 20 FROM pgstream_changes.c" + capture(database) + "_2"))
                .isEqualTo("t");
        assertDifferential(database, "behind");
    }

    @Test
    void what_a_transaction_may_still_write_stays_where_it_is() throws Exception {
        TestDatabase database = database();
        database.execute("DELETE FROM item WHERE id = 1");
        try (Connection writer = database.begin()) {
            TestDatabase.execute(writer, "SAVEPOINT s");
            TestDatabase.execute(writer, "DELETE FROM item WHERE id = 2");
            TestDatabase.execute(writer, "ROLLBACK TO SAVEPOINT s");
            TestDatabase.execute(writer, "DELETE FROM item WHERE id = 3");
            assertDifferential(database, "total");
            clean(database);
            clean(database);
            assertThat(held(database)).isEqualTo("1 0 0");
            writer.commit();
        }
        clean(database);
        assertThat(held(database)).as("nobody has read all of it").isEqualTo("2 0 0");
        assertDifferential(database, "total");
        clean(database);
        assertThat(held(database)).as("without what was rolled back").isEqualTo("0 0 2");
        assertDifferential(database, "behind");
    }

    @Test
    void a_refresh_that_runs_keeps_the_segments_as_they_are() throws Exception {
        TestDatabase database = database();
        database.execute("DELETE FROM item WHERE id = 1");
        assertDifferential(database, "total");
        clean(database);
        try (Connection reader = database.begin()) {
            TestDatabase.execute(
                    reader, "LOCK TABLE pgstream_changes.c" + capture(database) + "_0 IN ACCESS SHARE MODE");
            clean(database);
            assertThat(held(database)).isEqualTo("1 0 0");
        }
        clean(database);
        assertThat(held(database)).isEqualTo("0 0 1");
    }

    @Test
    void a_source_that_was_truncated_is_read_anew() throws Exception {
        TestDatabase database = database();
        database.execute("TRUNCATE item", "INSERT INTO item VALUES (1, 1, 1, 'a')");
        assertThat(database.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.FULL);
        clean(database);
        clean(database);
        assertThat(held(database)).isEqualTo("0 0 2");
        assertThat(database.engine().refresh("behind").outcome()).isEqualTo(RefreshOutcome.FULL);
        database.assertEqual("behind");
    }

    @Test
    void readers_find_what_was_moved_behind_their_snapshot() throws Exception {
        TestDatabase database = database();
        database.engine().createFreshView("behind");
        String fresh = "SELECT count(*) FROM ((TABLE behind_fresh EXCEPT ALL " + BEHIND + ") UNION ALL (" + BEHIND
                + " EXCEPT ALL TABLE behind_fresh)) AS d";
        try (Connection before = database.begin()) {
            before.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            database.execute("DELETE FROM item WHERE id = 2");
            assertThat(value(before, "SELECT count(*) FROM item")).isEqualTo("49");
            assertDifferential(database, "total");
            clean(database);
            clean(database);
            assertThat(held(database)).isEqualTo("0 0 1");
            assertThat(value(before, withChanges(database, "behind"))).isEqualTo("t");
            assertThat(value(before, fresh)).isEqualTo("0");
        }
        assertThat(database.value(fresh)).isEqualTo("0");
        String xid = database.value("SELECT pgstream_xid FROM pgstream_changes.c" + capture(database) + "_2");
        assertThat(database.value("SELECT pgstream.await_fresh('behind', '" + xid + "', '10ms')"))
                .isEqualTo("f");
        assertThat(database.value("SELECT pgstream.await_fresh('total', '" + xid + "', '10ms')"))
                .isEqualTo("t");
        assertDifferential(database, "behind");
        assertThat(database.value("SELECT pgstream.await_fresh('behind', '" + xid + "', '10ms')"))
                .isEqualTo("t");
        assertThat(database.value(fresh)).isEqualTo("0");
    }

    private static String value(Connection connection, String query) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static int writeUntil(TestDatabase database, AtomicBoolean stop, int seed) throws SQLException {
        Random random = new Random(seed);
        int transactions = 0;
        try (Connection connection = database.begin()) {
            for (; !stop.get(); transactions++) {
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    // Each writer has rows of its own, so that none waits for another.
                    int id = 1000 * seed + random.nextInt(20);
                    TestDatabase.execute(connection, "SAVEPOINT s");
                    TestDatabase.execute(
                            connection,
                            switch (random.nextInt(3)) {
                                case 0 -> "DELETE FROM item WHERE id = " + id;
                                case 1 -> "UPDATE item SET amount = amount + 1, kind = kind % 4 WHERE id = " + id;
                                default ->
                                    "INSERT INTO item VALUES (" + id + ", " + id % 5 + ", " + id
                                            + ", 'w') ON CONFLICT (id) DO UPDATE SET amount = item.amount + 3";
                            });
                    TestDatabase.execute(
                            connection, random.nextInt(4) == 0 ? "ROLLBACK TO SAVEPOINT s" : "RELEASE SAVEPOINT s");
                }
                if (random.nextInt(6) == 0) {
                    connection.rollback();
                } else {
                    connection.commit();
                }
            }
            connection.commit();
        }
        return transactions;
    }

    @Test
    void changes_are_moved_while_others_write_and_refresh() throws Exception {
        TestDatabase database = database();
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            List<Future<Integer>> writers = new ArrayList<>();
            for (int i = 1; i <= 4; i++) {
                int seed = i;
                writers.add(threads.submit(() -> writeUntil(database, stop, seed)));
            }
            Future<?> cleaner = threads.submit(() -> {
                while (!stop.get()) {
                    clean(database);
                }
                return null;
            });
            long deadline =
                    System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("pgstream.concurrency.seconds", 8));
            for (int round = 1; System.nanoTime() < deadline; round++) {
                Verification verification = database.engine().verify(round % 10 == 0 ? "behind" : "total");
                assertThat(verification.equal())
                        .as("round %s: %s", round, verification)
                        .isTrue();
            }
            stop.set(true);
            for (Future<Integer> writer : writers) {
                assertThat(writer.get()).isPositive();
            }
            cleaner.get();
        } finally {
            stop.set(true);
            threads.shutdownNow();
        }
        database.assertFollows("total");
        database.assertFollows("behind");
        clean(database);
        clean(database);
        assertThat(held(database)).isEqualTo("0 0 0");
    }
}
