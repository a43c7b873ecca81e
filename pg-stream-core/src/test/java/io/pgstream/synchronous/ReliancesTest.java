package io.pgstream.synchronous;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.PgStreamException;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableStatus;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the functions of writers take for granted: names, keys, NULLs, collations, files and triggers of their sources, and the table itself.
 * Whatever of it is altered, no write fails, and no table is wrong without saying so.
 */
class ReliancesTest {

    private static final List<String> TABLES = List.of("i_join", "c_join", "i_sums", "c_sums");

    private static TestDatabase database;

    @BeforeAll
    static void start() {
        database = TestDatabase.onDefault();
    }

    @BeforeEach
    void create() throws SQLException {
        database.execute(
                "CREATE SCHEMA s",
                "CREATE TABLE s.p (id int PRIMARY KEY, g text NOT NULL)",
                "CREATE TABLE s.c (id int PRIMARY KEY, p_id int NOT NULL, v int)",
                "INSERT INTO s.p SELECT i, chr(97 + i % 3) FROM generate_series(1, 9) AS i",
                "INSERT INTO s.c SELECT i, i, i FROM generate_series(1, 9) AS i");
        create("join", "SELECT c.id, c.v, p.g FROM s.p JOIN s.c ON c.p_id = p.id");
        create(
                "sums",
                "SELECT p.g, sum(c.v) AS v FROM s.p JOIN s.c ON c.p_id = p.id WHERE p.id NOT IN (SELECT p_id FROM s.c WHERE"
                        + " v > 100) GROUP BY p.g");
    }

    private static void create(String name, String query) {
        create("i_" + name, query, RefreshMode.IMMEDIATE);
        create("c_" + name, query, RefreshMode.ON_COMMIT);
    }

    private static void create(String name, String query, RefreshMode mode) {
        database.engine().create(StreamTableDefinition.of(name, query).withMode(mode));
    }

    @AfterEach
    void drop() throws SQLException {
        database.engine()
                .list()
                .forEach(table -> database.engine().drop(table.name().toString()));
        database.execute("DROP SCHEMA IF EXISTS s, t CASCADE", "DROP TABLE IF EXISTS i, c, k, t");
    }

    private static StreamTableStatus status(String table) {
        return database.engine().get(table).status();
    }

    private static void assertEqualAndActive() throws SQLException {
        for (String table : TABLES) {
            database.assertEqual(table);
            assertThat(status(table)).as(table).isEqualTo(StreamTableStatus.ACTIVE);
        }
    }

    /** By the next writes, in a session that has written before. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE s.c RENAME TO c_old; CREATE TABLE s.c AS SELECT id, p_id, v * 2 AS v FROM s.c_old; ALTER TABLE"
                        + " s.c ADD PRIMARY KEY (id), ALTER p_id SET NOT NULL",
                "ALTER TABLE s.p DROP CONSTRAINT p_pkey; ALTER TABLE s.c DROP CONSTRAINT c_pkey; INSERT INTO s.p VALUES (1,"
                        + " 'z'); INSERT INTO s.c VALUES (2, 2, 5)",
                "ALTER TABLE s.c ALTER p_id DROP NOT NULL; INSERT INTO s.c VALUES (100, NULL, 200)",
                "ALTER TABLE s.p ALTER g TYPE text COLLATE \"C\"",
                "ALTER TABLE s.c ALTER v TYPE int USING v + 1; ALTER TABLE s.p ALTER g TYPE text USING upper(g)",
                "ALTER TABLE s.c DISABLE TRIGGER USER; DELETE FROM s.c WHERE id = 4; ALTER TABLE s.c ENABLE TRIGGER USER",
                "ALTER TABLE i_join DROP COLUMN g; ALTER TABLE c_join DROP COLUMN g; ALTER TABLE i_sums DROP COLUMN g; ALTER"
                        + " TABLE c_sums DROP COLUMN g",
                "DROP TABLE i_join, c_join, i_sums, c_sums"
            })
    void what_is_altered_fails_no_write_and_a_refresh_makes_the_table_anew(String alteration) throws SQLException {
        try (Connection writer = database.connect()) {
            TestDatabase.execute(writer, "INSERT INTO s.c VALUES (30, 1, 30)");
            database.execute(alteration.split("; "));
            TestDatabase.execute(writer, "UPDATE s.p SET g = g || 'x' WHERE id < 4");
            TestDatabase.execute(writer, "INSERT INTO s.c VALUES (31, 3, 31)");
        }
        for (String table : TABLES) {
            assertThat(status(table)).as(table).isEqualTo(StreamTableStatus.ERROR);
            database.assertFollows(table);
        }
        assertEqualAndActive();
        database.execute("INSERT INTO s.c VALUES (32, 3, 32)", "UPDATE s.p SET g = 'y' WHERE id IN (2, 3)");
        assertEqualAndActive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE s.c RENAME TO d; INSERT INTO s.d VALUES (31, 3, 31)",
                "ALTER SCHEMA s RENAME TO t; INSERT INTO t.c VALUES (31, 3, 31); UPDATE t.p SET g = 'x'",
                "ALTER TABLE i_join RENAME TO i; ALTER TABLE c_join RENAME TO c; ALTER TABLE i_sums RENAME TO k; ALTER TABLE"
                        + " c_sums RENAME TO t; INSERT INTO s.c VALUES (31, 3, 31)"
            })
    void what_has_another_name_fails_no_write_and_the_table_says_so(String alteration) throws SQLException {
        database.execute(alteration.split("; "));
        for (String table : TABLES) {
            assertThat(status(table)).as(table).isEqualTo(StreamTableStatus.ERROR);
        }
    }

    @Test
    void a_refresh_says_so_if_a_source_has_another_name() throws SQLException {
        database.execute("ALTER TABLE s.c RENAME TO d");
        for (String table : TABLES) {
            assertThatThrownBy(() -> database.engine().refresh(table)).isInstanceOf(PgStreamException.class);
        }
        database.execute("ALTER TABLE s.d RENAME TO c");
        assertEqualAndActive();
    }

    @Test
    void a_refresh_notices_before_anybody_has_written() throws SQLException {
        database.execute("ALTER TABLE s.c ALTER v TYPE int USING v + 1");
        for (String table : TABLES) {
            database.assertFollows(table);
        }
        assertEqualAndActive();
    }

    @Test
    void what_changes_nothing_is_nobodys_business() throws SQLException {
        database.execute(
                "VACUUM FULL s.c",
                "CLUSTER s.p USING p_pkey",
                "ALTER TABLE s.c ADD w float DEFAULT random()",
                "CREATE UNIQUE INDEX other ON s.c (id, v)",
                "DROP INDEX s.other",
                "ANALYZE s.c",
                "INSERT INTO s.c VALUES (31, 3, 31)",
                "TRUNCATE s.p",
                "INSERT INTO s.p SELECT i, 'a' FROM generate_series(1, 5) AS i");
        assertEqualAndActive();
    }

    @Test
    void a_snapshot_from_before_the_table_was_made_is_refused_and_the_table_stays() throws SQLException {
        try (Connection old = database.begin()) {
            old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            TestDatabase.execute(old, "SELECT 1");
            create("later", "SELECT id, v FROM s.c WHERE v > 3");
            assertThatThrownBy(() -> {
                        TestDatabase.execute(old, "INSERT INTO s.c VALUES (31, 3, 31)");
                        old.commit();
                    })
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"));
        }
        assertThat(status("i_later")).isEqualTo(StreamTableStatus.ACTIVE);
        assertThat(status("c_later")).isEqualTo(StreamTableStatus.ACTIVE);
        assertEqualAndActive();
    }

    /** An argument that is a string without a type suits one that is text better than any other. */
    @Test
    void functions_of_the_users_own_with_names_of_the_servers_are_not_called() throws SQLException {
        for (String function : List.of(
                "setval(text, bigint) RETURNS bigint",
                "pg_sequence_last_value(text) RETURNS bigint",
                "current_setting(text, boolean) RETURNS text")) {
            database.execute(
                    "CREATE FUNCTION public." + function + " LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$");
        }
        database.execute(
                "INSERT INTO s.c VALUES (31, 3, 31)",
                "UPDATE s.p SET g = 'y'",
                "DELETE FROM s.c WHERE id = 2",
                "TRUNCATE s.c");
        assertEqualAndActive();
        database.execute(
                "DROP FUNCTION public.setval, public.pg_sequence_last_value, public.current_setting(text, boolean)");
    }
}
