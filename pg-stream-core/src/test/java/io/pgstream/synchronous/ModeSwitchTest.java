package io.pgstream.synchronous;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableAlteration;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableInfo;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A table that its writers maintain gets another mode without its query being run. */
class ModeSwitchTest {

    private static final String ROWS = "SELECT c.id, c.v, p.g FROM p JOIN c ON c.p_id = p.id WHERE waits(c.v) > 0";

    /** With a state of its own below the top. */
    private static final String SUMS =
            "SELECT s.n, count(*) AS groups FROM (SELECT p.g, count(*) AS n, max(waits(c.v)) AS v"
                    + " FROM p JOIN c ON c.p_id = p.id GROUP BY p.g) AS s GROUP BY s.n";

    private static TestDatabase database;

    @BeforeAll
    static void start() {
        database = TestDatabase.of(TestServer.of(18).newDatabase());
    }

    @BeforeEach
    void make() throws SQLException {
        HeldQueries.make(database);
    }

    @AfterEach
    void drop() throws SQLException {
        database.engine()
                .list()
                .forEach(table -> database.engine().drop(table.name().toString()));
        assertThat(database.value("SELECT count(*) FROM pgstream.pgs_captures")).isEqualTo("0");
        HeldQueries.drop(database);
    }

    private static void create(String name, String query, RefreshMode mode) {
        database.engine().create(StreamTableDefinition.of(name, query).withMode(mode));
    }

    private static void alter(String name, RefreshMode mode) {
        assertThat(database.engine()
                        .alter(name, StreamTableAlteration.mode(mode))
                        .effectiveMode())
                .isEqualTo(mode);
    }

    private static RefreshOutcome refresh(String name) {
        return database.engine().refresh(name).outcome();
    }

    private static void assertRows(Connection connection, int rows) throws SQLException {
        TestDatabase.execute(
                connection,
                "DO $$ BEGIN ASSERT (SELECT count(*) FROM joined) = " + rows + ", 'the rows are others'; END $$");
    }

    @ParameterizedTest
    @CsvSource({
        "IMMEDIATE, ON_COMMIT",
        "ON_COMMIT, IMMEDIATE",
        "IMMEDIATE, DIFFERENTIAL",
        "ON_COMMIT, DIFFERENTIAL",
        "ON_COMMIT, FULL"
    })
    void nothing_is_computed(RefreshMode from, RefreshMode to) throws SQLException {
        create("joined", ROWS, from);
        create("sums", SUMS, from);
        database.execute("INSERT INTO c VALUES (10, 1, 5)", "UPDATE p SET g = 7 WHERE id = 2");
        try (Connection gate = database.begin()) {
            HeldQueries.hold(gate);
            CompletableFuture.runAsync(() -> List.of("joined", "sums").forEach(name -> alter(name, to)))
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
        }
        for (String name : List.of("joined", "sums")) {
            database.assertEqual(name);
        }
        database.execute(
                "INSERT INTO c VALUES (11, 3, 5)", "DELETE FROM c WHERE id = 3", "UPDATE p SET g = 8 WHERE id < 4");
        for (String name : List.of("joined", "sums")) {
            if (!to.synchronous()) {
                assertThat(refresh(name)).hasToString(to.name());
            }
            database.assertEqual(name);
            alter(name, from);
            database.execute("UPDATE c SET p_id = p_id % 9 + 1 WHERE id > 4");
            database.assertEqual(name);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ON_COMMIT", "DIFFERENTIAL"})
    void a_writer_who_is_still_open_is_waited_for(RefreshMode to) throws Exception {
        create("joined", ROWS, RefreshMode.IMMEDIATE);
        CompletableFuture<StreamTableInfo> altered;
        try (Connection writer = database.begin()) {
            TestDatabase.execute(writer, "INSERT INTO c VALUES (10, 1, 5)");
            altered = CompletableFuture.supplyAsync(
                    () -> database.engine().alter("joined", StreamTableAlteration.mode(to)));
            database.awaitWaiterFor("c");
            TestDatabase.execute(writer, "INSERT INTO c VALUES (11, 1, 6)");
            writer.commit();
        }
        assertThat(altered.get(60, TimeUnit.SECONDS).effectiveMode()).isEqualTo(to);
        database.assertEqual("joined");
    }

    @Test
    void who_only_reads_a_source_is_not_waited_for_between_the_modes_of_writers() throws SQLException {
        create("joined", ROWS, RefreshMode.IMMEDIATE);
        try (Connection reader = database.begin();
                Connection writer = database.connect()) {
            TestDatabase.execute(writer, "INSERT INTO c VALUES (10, 1, 5)");
            TestDatabase.execute(reader, "SELECT count(*) FROM c, p");
            alter("joined", RefreshMode.ON_COMMIT);
            TestDatabase.execute(writer, "BEGIN; INSERT INTO c VALUES (11, 1, 5)");
            assertRows(writer, 10);
            TestDatabase.execute(writer, "COMMIT");
            alter("joined", RefreshMode.IMMEDIATE);
            TestDatabase.execute(writer, "BEGIN; INSERT INTO c VALUES (12, 1, 5)");
            assertRows(writer, 12);
            TestDatabase.execute(writer, "COMMIT");
        }
        database.assertEqual("joined");
    }

    @Test
    void who_has_read_a_source_and_is_about_to_write_comes_first() throws Exception {
        create("joined", ROWS, RefreshMode.IMMEDIATE);
        CompletableFuture<StreamTableInfo> altered;
        try (Connection reader = database.begin()) {
            TestDatabase.execute(reader, "SELECT count(*) FROM c");
            altered = CompletableFuture.supplyAsync(
                    () -> database.engine().alter("joined", StreamTableAlteration.mode(RefreshMode.DIFFERENTIAL)));
            for (int i = 10; i < 13; i++) {
                database.await("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'relation')");
                TestDatabase.execute(reader, "INSERT INTO c VALUES (" + i + ", 1, 5)");
            }
            reader.commit();
        }
        assertThat(altered.get(60, TimeUnit.SECONDS).effectiveMode()).isEqualTo(RefreshMode.DIFFERENTIAL);
        database.assertEqual("joined");
    }

    @Test
    void a_snapshot_of_before_is_refused_or_followed_later() throws SQLException {
        create("joined", ROWS, RefreshMode.IMMEDIATE);
        try (Connection old = database.begin()) {
            TestDatabase.execute(old, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT 1");
            alter("joined", RefreshMode.ON_COMMIT);
            TestDatabase.execute(old, "INSERT INTO c VALUES (10, 1, 5)");
            assertThatThrownBy(old::commit)
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"));
            old.rollback();
            TestDatabase.execute(old, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT 1");
            alter("joined", RefreshMode.DIFFERENTIAL);
            TestDatabase.execute(old, "INSERT INTO c VALUES (10, 1, 5)");
            old.commit();
        }
        assertThat(refresh("joined")).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("joined");
    }

    @ParameterizedTest
    @EnumSource(names = {"ON_COMMIT", "DIFFERENTIAL"})
    void a_table_whose_writers_have_passed_it_by_is_loaded(RefreshMode to) throws SQLException {
        create("joined", ROWS, RefreshMode.IMMEDIATE);
        database.execute(
                "ALTER TABLE c RENAME v TO w", "INSERT INTO c VALUES (10, 1, 5)", "ALTER TABLE c RENAME w TO v");
        assertThat(database.value("SELECT count(*) FROM joined")).isEqualTo("9");
        alter("joined", to);
        database.assertEqual("joined");
    }

    @ParameterizedTest
    @EnumSource(names = {"ON_COMMIT", "DIFFERENTIAL"})
    void a_table_whose_source_was_altered_meanwhile_is_loaded(RefreshMode to) throws SQLException {
        create("joined", "SELECT c.id, c.v FROM c WHERE c.v > 0", RefreshMode.IMMEDIATE);
        database.execute("ALTER TABLE c ALTER v TYPE numeric USING v + 0.5");
        alter("joined", to);
        database.assertEqual("joined");
    }
}
