package io.pgstream.synchronous;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who commits orders does not wait for others who do, whatever the orders are joined with; who commits customers waits for all. */
class CommutingWritersTest {

    private static final String ROWS = "SELECT o.id, o.v, c.g FROM o JOIN c ON c.id = o.c_id";

    private static final String SUMS =
            "SELECT c.g, count(*) AS n, sum(o.v) AS v FROM o JOIN c ON c.id = o.c_id GROUP BY c.g";

    private static TestDatabase database;

    @BeforeAll
    static void start() {
        database = TestDatabase.of(TestServer.of(18).newDatabase());
    }

    @BeforeEach
    void make() throws SQLException {
        database.execute(
                "CREATE TABLE c (id int PRIMARY KEY, g int NOT NULL)",
                "CREATE TABLE o (id int PRIMARY KEY, c_id int NOT NULL, v numeric(10,2) NOT NULL)",
                "INSERT INTO c SELECT i, i FROM generate_series(1, 5) AS i",
                "INSERT INTO o SELECT i, i % 5 + 1, i FROM generate_series(1, 20) AS i");
    }

    @AfterEach
    void drop() throws SQLException {
        database.assertEqual("joined");
        database.engine().drop("joined");
        database.execute("DROP TABLE o, c");
    }

    private static void create(String query) {
        database.engine().create(StreamTableDefinition.of("joined", query).withMode(RefreshMode.ON_COMMIT));
    }

    /** A transaction that has followed what it has changed, and is still open. */
    private static Connection applied(String statement) throws SQLException {
        Connection connection = database.begin();
        TestDatabase.execute(
                connection, "SET LOCAL lock_timeout = 5000; " + statement + "; SET CONSTRAINTS ALL IMMEDIATE");
        return connection;
    }

    private static void assertWaits(String statement) throws SQLException {
        try (Connection connection = database.begin()) {
            TestDatabase.execute(connection, "SET LOCAL lock_timeout = 200; " + statement);
            assertThatThrownBy(connection::commit)
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("55P03"));
            connection.rollback();
        }
    }

    private static void assertCommits(String statement) throws SQLException {
        try (Connection connection = database.begin()) {
            TestDatabase.execute(connection, "SET LOCAL lock_timeout = 5000; " + statement);
            connection.commit();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ROWS, SUMS})
    void writers_of_the_table_whose_rows_are_in_one_row_of_the_join_each_do_not_wait(String query) throws SQLException {
        create(query);
        try (Connection first = applied("UPDATE o SET v = v + 1 WHERE c_id = 1; INSERT INTO o VALUES (21, 1, 5)")) {
            assertCommits("INSERT INTO o VALUES (22, 2, 7)");
            assertCommits("UPDATE o SET c_id = 4 WHERE c_id = 3; DELETE FROM o WHERE id = 4");
            assertWaits("UPDATE c SET g = 9 WHERE id = 5");
            assertWaits("UPDATE c SET g = 9 WHERE id = 5; INSERT INTO o VALUES (23, 2, 7)");
            assertWaits("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; INSERT INTO o VALUES (24, 2, 7)");
            first.commit();
        }
        database.assertEqual("joined");
        try (Connection first = applied("UPDATE c SET g = 9 WHERE id = 5")) {
            assertWaits("INSERT INTO o VALUES (25, 2, 7)");
            first.commit();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ROWS, SUMS})
    void a_snapshot_between_writers_who_do_not_wait_for_each_other_is_too_old(String query) throws SQLException {
        create(query);
        try (Connection early = applied("INSERT INTO o VALUES (21, 1, 5)")) {
            try (Connection late = applied("INSERT INTO o VALUES (22, 2, 5)");
                    Connection old = database.begin()) {
                late.commit();
                TestDatabase.execute(old, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM o");
                early.commit();
                TestDatabase.execute(old, "UPDATE c SET g = 8 WHERE id = 1");
                assertThatThrownBy(old::commit)
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("40001"));
                old.rollback();
                TestDatabase.execute(
                        old,
                        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; UPDATE c SET g = 8 WHERE id = 1; INSERT INTO"
                                + " o VALUES (23, 1, 5)");
                old.commit();
            }
        }
    }

    @Test
    void a_group_that_others_take_from_is_computed_again_if_its_sum_is_no_number() throws SQLException {
        create(SUMS);
        database.execute("INSERT INTO o VALUES (21, 1, 'NaN'), (22, 2, 'NaN')");
        try (Connection first = applied("DELETE FROM o WHERE id = 21")) {
            assertCommits("DELETE FROM o WHERE id = 22");
            first.commit();
        }
    }

    @Test
    void a_group_that_has_lost_its_last_row_is_waited_for() throws Exception {
        create(SUMS);
        CompletableFuture<Void> second;
        try (Connection first = applied("DELETE FROM o WHERE c_id = 3")) {
            second = CompletableFuture.runAsync(() -> {
                try {
                    assertCommits("UPDATE o SET c_id = 3 WHERE c_id = 4");
                } catch (SQLException e) {
                    throw new CompletionException(e);
                }
            });
            database.await("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid')");
            first.commit();
        }
        second.get(60, TimeUnit.SECONDS);
    }
}
