package io.pgstream.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableStatus;
import io.pgstream.cdc.BufferCleaner;
import io.pgstream.support.Session;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One buffer with several consumers, cleaned at the first chance (pitfall 41, decisions 1, 2 and 3). */
class SharedBuffersTest {

    private static TestDatabase database(int version) throws Exception {
        return filled(TestDatabase.on(version));
    }

    private static TestDatabase filled(TestDatabase database) throws SQLException {
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, kind int, amount int, note text)",
                "INSERT INTO item SELECT i, i % 5, i, 'n' || i FROM generate_series(1, 50) AS i");
        database.create("total", "SELECT kind, count(*) AS n FROM item GROUP BY kind");
        return database;
    }

    private static void clean(TestDatabase database) throws SQLException {
        BufferCleaner cleaner = new BufferCleaner("pgstream", "pgstream_changes", 0, 0);
        for (String capture : database.column("SELECT id FROM pgstream.pgs_captures")) {
            try (Connection connection = database.begin()) {
                cleaner.clean(new Session(connection), Long.parseLong(capture));
            }
        }
    }

    private static long buffered(TestDatabase database) throws SQLException {
        long rows = 0;
        for (String segment : database.column("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                + " WHERE schemaname = 'pgstream_changes'")) {
            rows += Long.parseLong(database.value("SELECT count(*) FROM " + segment));
        }
        return rows;
    }

    private static void assertDifferential(TestDatabase database, String name) throws SQLException {
        assertThat(database.engine().refresh(name).outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual(name);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_consumer_that_is_behind_or_suspended_keeps_its_rows(int version) throws Exception {
        TestDatabase database = database(version);
        database.create("behind", "SELECT kind FROM item");
        database.engine().suspend("behind");
        database.execute("INSERT INTO item VALUES (101, 1, 1, 'a')", "DELETE FROM item WHERE id = 4");
        assertDifferential(database, "total");
        clean(database);
        assertThat(buffered(database)).isPositive();
        database.engine().resume("behind");
        assertDifferential(database, "behind");
        assertThat(database.engine().get("behind").status()).isEqualTo(StreamTableStatus.ACTIVE);
        clean(database);
        assertThat(buffered(database)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_consumer_that_is_loading_loses_nothing_to_the_cleaning_of_another(int version) throws Exception {
        TestDatabase database = database(version);
        // Else the clean-up behind an earlier refresh could be the one that waits below.
        database.engine().awaitHousekeeping(Duration.ofSeconds(30));
        try (Connection blocker = database.begin()) {
            TestDatabase.execute(blocker, "LOCK TABLE pgstream.pgs_refresh_history IN SHARE MODE");
            Thread creator = new Thread(() -> database.create("second", "SELECT kind FROM item"));
            creator.start();
            database.awaitWaiterFor("pgstream.pgs_refresh_history");
            database.execute("INSERT INTO item VALUES (102, 1, 1, 'a')");
            blocker.commit();
            clean(database);
            creator.join();
        }
        assertDifferential(database, "total");
        clean(database);
        assertDifferential(database, "second");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void rows_of_a_running_refresh_and_of_an_open_writer_are_not_cleaned(int version) throws Exception {
        TestDatabase database = database(version);
        try (Connection writer = database.begin();
                Connection blocker = database.begin()) {
            TestDatabase.execute(writer, "INSERT INTO item VALUES (103, 1, 1, 'open')");
            database.execute("INSERT INTO item VALUES (104, 1, 1, 'committed')");
            TestDatabase.execute(blocker, "LOCK TABLE pgstream.pgs_refresh_history IN SHARE MODE");
            Thread refresh = new Thread(() -> database.engine().refresh("total"));
            refresh.start();
            database.awaitWaiterFor("pgstream.pgs_refresh_history");
            clean(database);
            assertThat(buffered(database)).isEqualTo(1);
            blocker.rollback();
            refresh.join();
            database.assertEqual("total");
            writer.commit();
        }
        assertDifferential(database, "total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_transaction_that_runs_the_capture_function_of_before_a_switch_is_read(int version) throws Exception {
        TestDatabase database = database(version);
        try (Connection old = database.begin()) {
            TestDatabase.execute(old, "INSERT INTO item VALUES (105, 1, 1, 'before')");
            for (int round = 0; round < 6; round++) {
                // The segment that the open transaction has written cannot be emptied, so that writers are sent to the
                // other.
                clean(database);
                database.execute("INSERT INTO item VALUES (" + (200 + round) + ", 2, 2, 'x')");
                TestDatabase.execute(old, "INSERT INTO item VALUES (" + (300 + round) + ", 3, 3, 'y')");
                assertDifferential(database, "total");
            }
            assertThat(database.value("SELECT count(*) FROM pgstream_changes.c1_1"))
                    .isNotEqualTo("0");
            old.commit();
        }
        clean(database);
        assertDifferential(database, "total");
        for (int round = 0; round < 3; round++) {
            clean(database);
        }
        assertThat(buffered(database)).isZero();
        database.execute("DELETE FROM item WHERE id > 100");
        assertDifferential(database, "total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_consumer_of_more_columns_makes_a_new_capture_and_the_first_one_moves_over(int version) throws Exception {
        TestDatabase database = filled(TestDatabase.impatient(TestServer.of(version)));
        try (Connection open = database.begin()) {
            TestDatabase.execute(open, "SELECT 1");
            database.execute("INSERT INTO item VALUES (401, 1, 1, 'first')");
            database.create("wide", "SELECT kind, sum(amount) AS amount, max(note) AS note FROM item GROUP BY kind");
            TestDatabase.execute(open, "INSERT INTO item VALUES (402, 1, 1, 'second')");
            assertThat(database.column("SELECT id FROM pgstream.pgs_captures")).hasSize(2);
            assertDifferential(database, "total");
            open.commit();
        }
        assertDifferential(database, "total");
        assertDifferential(database, "wide");
        // The open transaction kept the old triggers from being dropped; the next start does it.
        database.execute("UPDATE pgstream.pgs_captures SET installed_at = installed_at - interval '1 hour'");
        database.engine().migrate();
        assertThat(database.column("SELECT id FROM pgstream.pgs_captures")).hasSize(1);
        assertThat(database.column("SELECT DISTINCT tgname FROM pg_trigger WHERE tgrelid = 'item'::regclass"
                        + " AND NOT tgisinternal"))
                .hasSize(4);
        database.execute("UPDATE item SET kind = 9, note = 'third' WHERE id = 401");
        assertDifferential(database, "total");
        assertDifferential(database, "wide");
        database.engine().drop("wide");
        database.execute("DELETE FROM item WHERE id = 402");
        database.assertFollows("total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_consumer_that_moves_over_loses_nothing_to_the_cleaning_of_its_new_capture(int version) throws Exception {
        TestDatabase database = database(version);
        database.create("wide", "SELECT kind, sum(amount) AS amount, max(note) AS note FROM item GROUP BY kind");
        database.execute("INSERT INTO item VALUES (501, 1, 1, 'a')");
        try (Connection blocker = database.begin()) {
            TestDatabase.execute(blocker, "LOCK TABLE pgstream.pgs_refresh_history IN SHARE MODE");
            Thread moving = new Thread(() -> database.engine().refresh("total"));
            moving.start();
            database.awaitWaiterFor("pgstream.pgs_refresh_history");
            database.execute("INSERT INTO item VALUES (502, 1, 1, 'after its snapshot')");
            database.execute(
                    "UPDATE pgstream.pgs_frontiers SET frontier = pg_current_snapshot() WHERE stream_table_id ="
                            + " (SELECT id FROM pgstream.pgs_stream_tables WHERE table_name = 'wide')");
            clean(database);
            blocker.rollback();
            moving.join();
        }
        assertDifferential(database, "total");
    }
}
