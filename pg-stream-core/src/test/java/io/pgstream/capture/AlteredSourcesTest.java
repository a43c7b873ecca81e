package io.pgstream.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshOutcome;
import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DDL on captured tables never fails a writer, and no change is lost by it (decisions 4, 5 and 6). */
class AlteredSourcesTest {

    private static TestDatabase filled(TestDatabase database) throws SQLException {
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, kind int, amount int, note text)",
                "INSERT INTO item SELECT i, i % 5, i, 'n' || i FROM generate_series(1, 50) AS i");
        database.create("total", "SELECT kind, count(*) AS n, sum(amount) AS amount FROM item GROUP BY kind");
        return database;
    }

    private static TestDatabase database(int version) throws SQLException {
        return filled(TestDatabase.on(version));
    }

    private static PgStreamException refused(TestDatabase database) {
        PgStreamException failure = catchThrowableOfType(
                PgStreamException.class, () -> database.engine().refresh("total"));
        assertThat(failure).isNotNull();
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(ErrorCode.SOURCE_CHANGED);
        assertThat(failure.action()).isNotBlank();
        return failure;
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void writers_go_on_after_every_change_of_a_captured_column_and_the_refresh_says_what_is_gone(int version)
            throws Exception {
        TestDatabase database = database(version);
        database.execute(
                "ALTER TABLE item RENAME COLUMN amount TO price",
                "INSERT INTO item VALUES (101, 1, 1, 'renamed')",
                "UPDATE item SET price = 5 WHERE id = 1",
                "DELETE FROM item WHERE id = 2");
        assertThat(refused(database).getMessage()).contains("amount");
        assertThat(database.engine().get("total").lastError()).contains("amount");
        database.execute("ALTER TABLE item RENAME COLUMN price TO amount");
        database.assertFollows("total");
        database.execute("ALTER TABLE item DROP COLUMN amount", "INSERT INTO item VALUES (102, 1, 'dropped')");
        assertThat(refused(database).getMessage()).contains("amount");
        database.execute(
                "ALTER TABLE item ADD COLUMN amount int DEFAULT 4", "INSERT INTO item VALUES (103, 1, 'added', 9)");
        database.assertFollows("total");
        database.execute("DELETE FROM item WHERE id > 100");
        database.assertFollows("total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_column_of_another_type_makes_the_table_be_compiled_and_loaded_again(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute(
                "ALTER TABLE item ALTER amount TYPE numeric(12,3) USING amount + 0.125",
                "INSERT INTO item VALUES (101, 1, 1.375, 'x')");
        database.assertFollows("total");
        assertThat(database.value("SELECT amount % 1 <> 0 FROM total WHERE kind = 1"))
                .isEqualTo("t");
        database.execute(
                "UPDATE item SET amount = amount / 7 WHERE id < 9", "INSERT INTO item VALUES (102, 1, 1, 'x')");
        assertThat(database.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_writer_with_an_older_snapshot_survives_the_change_too(int version) throws Exception {
        TestDatabase database = database(version);
        try (Connection writer = database.begin()) {
            TestDatabase.execute(writer, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            TestDatabase.execute(writer, "SELECT count(*) FROM total");
            database.execute(
                    "ALTER TABLE item ALTER amount TYPE bigint", "ALTER TABLE item RENAME COLUMN kind TO sort");
            TestDatabase.execute(writer, "INSERT INTO item (id, sort, amount) VALUES (101, 1, 1)");
            TestDatabase.execute(writer, "UPDATE item SET amount = 3 WHERE id = 101");
            TestDatabase.execute(writer, "DELETE FROM item WHERE id = 101");
            TestDatabase.execute(writer, "INSERT INTO item (id, sort, amount) VALUES (102, 2, 1)");
            writer.commit();
        }
        database.execute("ALTER TABLE item RENAME COLUMN sort TO kind");
        database.assertFollows("total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_writer_that_has_captured_before_notices_what_changes_then(int version) throws Exception {
        TestDatabase database = database(version);
        try (Connection writer = database.begin()) {
            TestDatabase.execute(writer, "INSERT INTO item VALUES (101, 1, 1, 'before')");
            writer.commit();
            database.assertFollows("total");
            TestDatabase.execute(writer, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            TestDatabase.execute(writer, "SELECT count(*) FROM total");
            database.execute("ALTER TABLE item RENAME COLUMN amount TO price");
            TestDatabase.execute(writer, "INSERT INTO item VALUES (102, 1, 1, 'renamed by another')");
            writer.commit();
            database.execute("ALTER TABLE item RENAME COLUMN price TO amount");
            database.assertFollows("total");

            TestDatabase.execute(writer, "INSERT INTO item VALUES (103, 1, 1, 'now')");
            TestDatabase.execute(writer, "SAVEPOINT s");
            TestDatabase.execute(writer, "ALTER TABLE item ALTER amount TYPE text");
            TestDatabase.execute(writer, "INSERT INTO item VALUES (104, 1, '1', 'retyped by itself')");
            TestDatabase.execute(writer, "DELETE FROM item WHERE id = 103");
            TestDatabase.execute(writer, "ROLLBACK TO s");
            TestDatabase.execute(writer, "INSERT INTO item VALUES (105, 1, 1, 'as it was')");
            writer.commit();
            assertThat(database.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
            database.assertEqual("total");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void other_columns_can_come_and_go_unnoticed(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute(
                "ALTER TABLE item ADD COLUMN more int, DROP COLUMN note", "INSERT INTO item VALUES (101, 1, 1, 1)");
        assertThat(database.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void capture_that_was_switched_off_for_a_while_or_for_good_is_noticed(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute(
                "ALTER TABLE item DISABLE TRIGGER ALL",
                "INSERT INTO item VALUES (101, 1, 1, 'unseen')",
                "ALTER TABLE item ENABLE TRIGGER ALL");
        database.assertFollows("total");
        database.execute("ALTER TABLE item DISABLE TRIGGER ALL", "INSERT INTO item VALUES (102, 1, 1, 'unseen')");
        database.assertFollows("total");
        database.execute("INSERT INTO item VALUES (103, 1, 1, 'also')");
        database.assertFollows("total");
        database.execute("DO $$ DECLARE t name; BEGIN FOR t IN SELECT tgname FROM pg_trigger WHERE tgrelid ="
                + " 'item'::regclass AND NOT tgisinternal LOOP EXECUTE format('DROP TRIGGER %I ON item', t); END LOOP;"
                + " END $$");
        database.execute("INSERT INTO item VALUES (104, 1, 1, 'dropped')");
        database.assertFollows("total");
        database.execute("INSERT INTO item VALUES (105, 1, 1, 'captured again')");
        database.assertFollows("total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_source_that_is_dropped_is_an_error_until_it_is_made_again(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute("DROP TABLE item");
        assertThat(refused(database).getMessage()).contains("item");
        assertThat(database.column("SELECT * FROM total")).hasSize(5);
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, kind int, amount int)", "INSERT INTO item VALUES (1, 1, 1)");
        database.assertFollows("total");
        database.execute("INSERT INTO item VALUES (2, 1, 1)");
        database.assertFollows("total");
        database.execute("DROP TABLE item");
        database.engine().drop("total");
        database.engine().migrate();
        assertThat(database.column(
                        "SELECT relname FROM pg_class WHERE relnamespace =" + " 'pgstream_changes'::regnamespace"))
                .isEmpty();
    }

    @Test
    void an_instance_that_starts_later_says_the_same() throws Exception {
        TestDatabase database = database(18);
        database.execute("ALTER TABLE item RENAME COLUMN amount TO price");
        StreamTableEngine restarted =
                new StreamTableEngine(database.dataSource(), EngineSettings.defaults(), List.of());
        PgStreamException failure = catchThrowableOfType(PgStreamException.class, () -> restarted.refresh("total"));
        assertThat(failure.code()).isEqualTo(ErrorCode.SOURCE_CHANGED);
        assertThat(restarted.get("total").lastError()).contains("amount");
        database.execute("ALTER TABLE item RENAME COLUMN price TO amount");
        restarted.refresh("total");
        database.assertEqual("total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_table_that_is_rewritten_keeps_its_changes(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute(
                "INSERT INTO item VALUES (101, 1, 1, 'before')", "VACUUM FULL item", "CLUSTER item USING item_pkey");
        database.execute("INSERT INTO item VALUES (102, 1, 1, 'after')");
        database.assertFollows("total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void installing_capture_behind_an_idle_transaction_stalls_no_writer_for_long(int version) throws Exception {
        TestDatabase database = TestDatabase.impatient(TestServer.of(version));
        filled(database);
        PgStreamException[] failure = new PgStreamException[1];
        try (Connection idle = database.begin();
                Connection writer = database.connect()) {
            TestDatabase.execute(idle, "INSERT INTO item VALUES (101, 1, 1, 'idle')");
            Thread creator = new Thread(() -> failure[0] = catchThrowableOfType(
                    PgStreamException.class, () -> database.create("wide", "SELECT id, note FROM item")));
            creator.start();
            database.awaitWaiterFor("item");
            long slowest = 0;
            for (int id = 200; creator.isAlive(); id++) {
                long started = System.nanoTime();
                TestDatabase.execute(writer, "INSERT INTO item VALUES (" + id + ", 1, 1, 'w')");
                slowest = Math.max(slowest, System.nanoTime() - started);
            }
            assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(1));
            assertThat(failure[0].code()).isEqualTo(ErrorCode.LOCK_TIMEOUT);
            idle.rollback();
        }
        assertThat(database.column("SELECT id FROM pgstream.pgs_captures")).hasSize(1);
        database.create("wide", "SELECT id, note FROM item");
        database.assertFollows("total");
    }
}
