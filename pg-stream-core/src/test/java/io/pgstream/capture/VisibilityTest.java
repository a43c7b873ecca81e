package io.pgstream.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshOutcome;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes are read once, whenever their transactions commit (pitfalls 37, 38, 39 and 42). */
class VisibilityTest {

    private static TestDatabase database(int version) throws Exception {
        TestDatabase database = TestDatabase.on(version);
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, kind int, amount int)",
                "INSERT INTO item SELECT i, i % 5, i FROM generate_series(1, 50) AS i");
        database.create("total", "SELECT kind, count(*) AS n, sum(amount) AS amount FROM item GROUP BY kind");
        return database;
    }

    private static void assertDifferential(TestDatabase database, String name) throws SQLException {
        assertThat(database.engine().refresh(name).outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual(name);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_transaction_that_wrote_first_and_commits_after_a_refresh_is_read_by_the_next(int version) throws Exception {
        TestDatabase database = database(version);
        try (Connection first = database.begin()) {
            TestDatabase.execute(first, "INSERT INTO item VALUES (101, 1, 1)");
            database.execute("INSERT INTO item VALUES (102, 1, 2)");
            assertDifferential(database, "total");
            TestDatabase.execute(first, "INSERT INTO item VALUES (103, 2, 3)");
            database.execute("DELETE FROM item WHERE id = 7");
            assertDifferential(database, "total");
            first.commit();
        }
        assertDifferential(database, "total");
        assertThat(database.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.NO_DATA);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void an_idle_transaction_holds_nobody_up(int version) throws Exception {
        TestDatabase database = database(version);
        try (Connection idle = database.begin()) {
            TestDatabase.execute(idle, "UPDATE item SET amount = amount + 1 WHERE id = 1");
            for (int i = 0; i < 5; i++) {
                database.execute("INSERT INTO item VALUES (" + (200 + i) + ", 1, 1)");
                assertDifferential(database, "total");
            }
            idle.rollback();
        }
        assertThat(database.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.NO_DATA);
        database.assertEqual("total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_prepared_transaction_is_read_when_it_is_committed(int version) throws Exception {
        TestDatabase database = database(version);
        String name = database.value("SELECT current_database()");
        for (String end : List.of("COMMIT", "ROLLBACK")) {
            try (Connection connection = database.begin()) {
                TestDatabase.execute(connection, "INSERT INTO item SELECT 300 + count(*), 1, 1 FROM item");
                TestDatabase.execute(connection, "DELETE FROM item WHERE id = 9");
                TestDatabase.execute(connection, "PREPARE TRANSACTION '" + name + "'");
            }
            database.execute("INSERT INTO item SELECT 400 + count(*), 2, 2 FROM item");
            assertDifferential(database, "total");
            database.execute(end + " PREPARED '" + name + "'");
            database.assertFollows("total");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_transaction_with_a_thousand_savepoints_is_read_without_what_it_rolled_back(int version) throws Exception {
        TestDatabase database = database(version);
        try (Connection connection = database.begin()) {
            TestDatabase.execute(
                    connection,
                    "DO $$ BEGIN FOR i IN 1..1000 LOOP BEGIN"
                            + " INSERT INTO item VALUES (1000 + i, i % 5, i);"
                            + " IF i % 3 = 0 THEN RAISE EXCEPTION 'undo'; END IF;"
                            + " EXCEPTION WHEN raise_exception THEN NULL; END; END LOOP; END $$");
            database.execute("UPDATE item SET kind = kind + 1 WHERE id <= 10");
            assertDifferential(database, "total");
            connection.commit();
        }
        assertDifferential(database, "total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_transaction_that_is_rolled_back_leaves_nothing(int version) throws Exception {
        TestDatabase database = database(version);
        try (Connection connection = database.begin()) {
            TestDatabase.execute(connection, "DELETE FROM item");
            TestDatabase.execute(connection, "SAVEPOINT s");
            TestDatabase.execute(connection, "INSERT INTO item VALUES (1, 1, 1)");
            connection.rollback();
        }
        assertThat(database.engine().refresh("total").written()).isZero();
        database.assertEqual("total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void changes_between_the_capture_and_the_first_load_count_once(int version) throws Exception {
        TestDatabase database = database(version);
        try (Connection blocker = database.begin()) {
            TestDatabase.execute(blocker, "LOCK TABLE pgstream.pgs_refresh_history IN ACCESS EXCLUSIVE MODE");
            Thread creator = new Thread(() -> database.create("copy", "SELECT id, amount FROM item"));
            creator.start();
            database.awaitWaiterFor("pgstream.pgs_refresh_history");
            database.execute("INSERT INTO item VALUES (501, 1, 1)", "DELETE FROM item WHERE id = 3");
            blocker.rollback();
            creator.join();
        }
        database.assertFollows("copy");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_downstream_table_reads_what_a_refresh_wrote_upstream_once(int version) throws Exception {
        TestDatabase database = database(version);
        database.create("sizes", "SELECT n, count(*) AS kinds FROM total GROUP BY n");
        database.execute("INSERT INTO item VALUES (601, 77, 1)", "DELETE FROM item WHERE kind = 2");
        assertDifferential(database, "total");
        assertDifferential(database, "sizes");
        assertThat(database.engine().refresh("sizes").outcome()).isEqualTo(RefreshOutcome.NO_DATA);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_downstream_table_sees_the_deletes_of_a_full_refresh_upstream(int version) throws Exception {
        TestDatabase database = database(version);
        database.create("sizes", "SELECT n, count(*) AS kinds FROM total GROUP BY n");
        try (Connection late = database.begin()) {
            TestDatabase.execute(late, "INSERT INTO item VALUES (701, 4, 1)");
            database.execute("DELETE FROM item WHERE kind < 2", "UPDATE item SET kind = 9 WHERE id = 8");
            assertThat(database.engine().refreshFully("total").deleted()).isPositive();
            database.assertEqual("total");
            assertDifferential(database, "sizes");
            late.commit();
        }
        assertDifferential(database, "total");
        assertDifferential(database, "sizes");
        database.execute("TRUNCATE item");
        database.assertFollows("total");
        database.assertFollows("sizes");
    }
}
