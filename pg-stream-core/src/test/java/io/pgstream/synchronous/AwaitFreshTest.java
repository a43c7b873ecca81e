package io.pgstream.synchronous;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.ErrorCode;
import io.pgstream.RefreshFailedException;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.TransactionToken;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Reading one's own writes. */
class AwaitFreshTest {

    private static TestDatabase database;

    @BeforeAll
    static void start() throws SQLException {
        database = TestDatabase.onDefault();
        database.execute("CREATE TABLE t (id int PRIMARY KEY, v int)");
        database.create("below", "SELECT id, v + 1 AS v FROM t");
        database.create("above", "SELECT sum(v) AS total FROM below");
        database.engine()
                .create(StreamTableDefinition.of("at_once", "SELECT count(*) AS n FROM t")
                        .withMode(RefreshMode.IMMEDIATE));
    }

    @Test
    void a_table_over_another_one_contains_what_was_waited_for() throws SQLException {
        TransactionToken token;
        try (Connection writer = database.begin()) {
            TestDatabase.execute(writer, "INSERT INTO t VALUES (1, 10)");
            token = TransactionToken.current(writer);
            writer.commit();
        }
        assertThat(database.value("SELECT pgstream.await_fresh('above', '" + token.xid() + "', '50 ms')"))
                .isEqualTo("f");
        assertThat(database.value("SELECT pgstream.await_fresh('at_once', '" + token.xid() + "', '50 ms')"))
                .isEqualTo("t");

        database.engine().awaitFresh("above", token, Duration.ofSeconds(20));

        database.assertEqual("above");
        assertThat(database.value("SELECT pgstream.await_fresh('above', '" + token.xid() + "')"))
                .isEqualTo("t");
    }

    @Test
    void a_transaction_that_is_open_cannot_be_waited_for_by_its_own_thread() throws SQLException {
        try (Connection writer = database.begin()) {
            TestDatabase.execute(writer, "INSERT INTO t VALUES (2, 10)");
            TransactionToken token = TransactionToken.current(writer);

            assertThatThrownBy(() -> database.engine().awaitFresh("below", token, Duration.ofSeconds(20)))
                    .isInstanceOfSatisfying(
                            RefreshFailedException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.WOULD_WAIT_FOR_CALLER));
            assertThatThrownBy(() -> TestDatabase.execute(
                            writer, "SELECT pgstream.await_fresh('below', pg_current_xact_id(), '1 s')"))
                    .hasMessageContaining("has not committed");
            writer.rollback();
        }
    }

    @Test
    void waiting_ends_when_the_time_is_over() throws SQLException {
        try (Connection writer = database.begin()) {
            TestDatabase.execute(writer, "INSERT INTO t VALUES (3, 10)");
            TransactionToken token =
                    new TransactionToken(TransactionToken.current(writer).xid(), -1);

            assertThatThrownBy(() -> database.engine().awaitFresh("below", token, Duration.ofMillis(50)))
                    .isInstanceOfSatisfying(
                            RefreshFailedException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.LOCK_TIMEOUT));
            writer.rollback();
        }
    }
}
