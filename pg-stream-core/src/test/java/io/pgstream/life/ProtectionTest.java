package io.pgstream.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshOutcome;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream table is written by its refreshes only, and what somebody did to it all the same is put right. */
class ProtectionTest {

    private static final List<String> DIRECT_WRITES = List.of(
            "INSERT INTO total VALUES (9, 9)",
            "UPDATE total SET n = 9",
            "DELETE FROM total",
            "TRUNCATE total",
            "MERGE INTO total AS t USING (SELECT 1 AS kind) AS s ON t.kind = s.kind WHEN MATCHED THEN DELETE",
            "WITH gone AS (DELETE FROM total RETURNING 1) SELECT count(*) FROM gone",
            "INSERT INTO total VALUES (1, 1) ON CONFLICT DO NOTHING");

    private static TestDatabase database(int version) throws SQLException {
        TestDatabase database = TestDatabase.on(version);
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, kind int)",
                "INSERT INTO item SELECT i, i % 5 FROM generate_series(1, 50) AS i");
        database.create("total", "SELECT kind, count(*) AS n FROM item GROUP BY kind");
        return database;
    }

    private static TestDatabase database() throws SQLException {
        return database(TestServer.current().version());
    }

    /** As a superuser can, and as an apply worker of logical replication does. */
    private static void damage(TestDatabase database, String... statements) throws SQLException {
        try (Connection connection = database.connect()) {
            TestDatabase.execute(connection, "SET session_replication_role = replica");
            for (String statement : statements) {
                TestDatabase.execute(connection, statement);
            }
        }
    }

    private static PgStreamException refused(TestDatabase database) {
        PgStreamException failure = catchThrowableOfType(
                PgStreamException.class, () -> database.engine().refresh("total"));
        assertThat(failure).isNotNull();
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(ErrorCode.TARGET_ALTERED);
        return failure;
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void direct_writes_of_every_kind_are_refused_with_a_hint_even_for_the_owner(int version) throws Exception {
        TestDatabase database = database(version);
        for (String statement : DIRECT_WRITES) {
            SQLException failure = catchThrowableOfType(SQLException.class, () -> database.execute(statement));
            assertThat(failure.getMessage())
                    .contains("stream table public.total")
                    .contains("Hint: Change the tables that its query reads");
            assertThat(failure.getSQLState()).isEqualTo("42809");
        }
        database.execute("UPDATE item SET kind = 7 WHERE id < 9", "DELETE FROM item WHERE kind = 2");
        assertThat(database.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("total");
        database.engine().refreshFully("total");
    }

    @Test
    void no_setting_that_a_client_can_guess_lets_it_write() throws Exception {
        TestDatabase database = database();
        try (Connection connection = database.connect()) {
            for (String value : List.of("", "on", "true", "1", "public.total")) {
                TestDatabase.execute(connection, "SET pgstream.writer = '" + value + "'");
                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(() -> TestDatabase.execute(connection, "DELETE FROM total"));
            }
        }
        database.execute(
                "DROP ROLE IF EXISTS curious", "CREATE ROLE curious", "GRANT USAGE ON SCHEMA pgstream TO curious");
        try (Connection connection = database.connect()) {
            TestDatabase.execute(connection, "SET ROLE curious");
            SQLException failure = catchThrowableOfType(
                    SQLException.class,
                    () -> TestDatabase.execute(connection, "SELECT key FROM pgstream.pgs_writer_key"));
            assertThat(failure.getSQLState()).isEqualTo("42501");
        }
        database.execute("DROP OWNED BY curious", "DROP ROLE curious");
    }

    @Test
    void a_refresh_leaves_no_open_door_behind_in_its_connection() throws Exception {
        TestDatabase database = database();
        try (Connection only = database.connect()) {
            var engine = new io.pgstream.engine.StreamTableEngine(
                    new org.springframework.jdbc.datasource.SingleConnectionDataSource(only, true),
                    io.pgstream.engine.EngineSettings.defaults(),
                    List.of());
            database.execute("DELETE FROM item WHERE id = 1");
            engine.refresh("total");
            only.setAutoCommit(true);
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> TestDatabase.execute(only, "DELETE FROM total"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_table_that_was_emptied_or_damaged_is_rebuilt_by_a_full_refresh(int version) throws Exception {
        TestDatabase database = database(version);
        damage(database, "TRUNCATE total");
        assertThat(database.engine().refreshFully("total").inserted()).isEqualTo(5);
        database.assertEqual("total");
        damage(database, "UPDATE total SET n = n + 1 WHERE kind > 2", "DELETE FROM total WHERE kind = 0");
        assertThat(database.engine().verify("total").equal()).isFalse();
        database.engine().refreshFully("total");
        database.assertEqual("total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_table_that_was_altered_renamed_or_dropped_is_reported_and_rebuilt_by_a_full_refresh(int version)
            throws Exception {
        TestDatabase database = database(version);
        for (String alteration : List.of(
                "ALTER TABLE total ADD COLUMN note text",
                "ALTER TABLE total DROP COLUMN n",
                "ALTER TABLE total RENAME COLUMN n TO m",
                "ALTER TABLE total ALTER n TYPE numeric",
                "DROP TABLE total",
                "ALTER TABLE total RENAME TO elsewhere")) {
            database.execute(alteration, "UPDATE item SET kind = (kind + 1) % 6 WHERE id % 3 = 1");
            PgStreamException failure = refused(database);
            assertThat(failure.action()).as(alteration).contains("refresh the table fully");
            assertThat(database.engine().get("total").lastError()).contains("altered");
            database.engine().resume("total");
            database.engine().refreshFully("total");
            database.assertEqual("total");
            database.execute("UPDATE item SET kind = 3 WHERE id = 4");
            assertThat(database.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
            database.assertEqual("total");
            assertThatExceptionOfType(SQLException.class)
                    .as("protection after %s", alteration)
                    .isThrownBy(() -> database.execute("DELETE FROM total"));
        }
    }

    @Test
    void foreign_keys_to_and_from_a_stream_table_are_reported_with_the_statement_that_removes_them() throws Exception {
        TestDatabase database = database();
        database.execute("CREATE TABLE kind (id int PRIMARY KEY)", "INSERT INTO kind SELECT generate_series(0, 9)");
        for (String constraint : List.of(
                "CREATE TABLE note (kind int CONSTRAINT of_kind REFERENCES total (kind))",
                "ALTER TABLE total ADD CONSTRAINT of_kind FOREIGN KEY (kind) REFERENCES kind")) {
            database.execute(constraint, "UPDATE item SET kind = 4 WHERE id = 1");
            PgStreamException failure = refused(database);
            assertThat(failure.action()).contains("ALTER TABLE ").contains(" DROP CONSTRAINT of_kind");
            database.execute(failure.action().replaceAll("^Remove it: |\\.$", ""));
            database.engine().resume("total");
            database.assertFollows("total");
            database.execute("DROP TABLE IF EXISTS note");
        }
    }

    @Test
    void comments_grants_indexes_and_storage_parameters_are_the_users_and_change_nothing() throws Exception {
        TestDatabase database = database();
        database.execute(
                "COMMENT ON TABLE total IS 'mine'",
                "GRANT SELECT ON total TO PUBLIC",
                "CREATE INDEX mine ON total (n)",
                "ALTER TABLE total SET (autovacuum_vacuum_scale_factor = 0.01)",
                "ANALYZE total",
                "CLUSTER total USING mine",
                "VACUUM FULL total",
                "UPDATE item SET kind = 4 WHERE id = 1");
        assertThat(database.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("total");
    }

    @Test
    void a_lost_protection_comes_back_when_an_application_starts() throws Exception {
        TestDatabase database = database();
        database.execute("DROP TRIGGER pgstream_protection ON total", "DELETE FROM total");
        database.engine().migrate();
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> database.execute("INSERT INTO total VALUES (1, 1)"));
    }
}
