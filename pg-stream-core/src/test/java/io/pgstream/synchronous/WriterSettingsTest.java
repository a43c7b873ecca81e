package io.pgstream.synchronous;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableStatus;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings of a writer's session are none of the query's, and those of ours may be lost on the way. */
class WriterSettingsTest {

    private static TestDatabase database;

    @BeforeAll
    static void start() throws SQLException {
        database = TestDatabase.onDefault();
        database.execute(
                "CREATE TABLE p (id int PRIMARY KEY, g int)",
                "CREATE TABLE c (id int PRIMARY KEY, p_id int, v int)",
                "CREATE TABLE x (id int PRIMARY KEY, w text, b bytea, f float8, a text[])");
    }

    @AfterEach
    void drop() {
        database.engine()
                .list()
                .forEach(table -> database.engine().drop(table.name().toString()));
    }

    private static void create(String name, String query, RefreshMode mode) {
        database.engine().create(StreamTableDefinition.of(name, query).withMode(mode));
    }

    @ParameterizedTest
    @EnumSource(names = {"IMMEDIATE", "ON_COMMIT"})
    void the_settings_of_a_writer_change_no_row(RefreshMode mode) throws SQLException {
        database.execute(
                "DELETE FROM x",
                "INSERT INTO x VALUES (1, 'a1', '\\x00ff', 0.1, '{a}'), (2, 'd', '\\x41', 0.2, NULL), (4, 'b', NULL, NULL, NULL)");
        create(
                "texts",
                "SELECT id, w || '\\x' AS e, b::text AS bt, xmlelement(name e, b)::text AS x, coalesce(a, '{NULL}'::text[]) AS n,"
                        + " to_tsvector(w)::text AS ts, to_char(f, '9D99') AS d, f::text AS ft FROM x WHERE w ~ '^[a-z]\\d|d'",
                mode);
        create("backslash", "SELECT w ~ '\\d' AS m, string_agg(w, '\\' ORDER BY w) AS ws FROM x GROUP BY 1", mode);
        try (Connection writer = database.connect()) {
            TestDatabase.execute(
                    writer,
                    "SET standard_conforming_strings = off; SET escape_string_warning = off; SET bytea_output = escape; SET"
                            + " xmlbinary = hex; SET array_nulls = off; SET default_text_search_config = german; SET"
                            + " extra_float_digits = -5; SET transform_null_equals = on; SET plpgsql.extra_errors = 'all'");
            TestDatabase.execute(
                    writer, "INSERT INTO x VALUES (3, 'd houses', decode('00ff41', 'hex'), 0.1 + 0.2::float8, NULL)");
            TestDatabase.execute(writer, "UPDATE x SET f = f / 7, w = w || '7'");
            TestDatabase.execute(writer, "DELETE FROM x WHERE id = 2");
        }
        database.assertEqual("texts");
        database.assertEqual("backslash");
    }

    /** It takes the notes of what has changed with it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO c VALUES (31, 1, 31); RESET ALL",
                "INSERT INTO c VALUES (31, 1, 31); UPDATE p SET g = 7 WHERE id = 1; RESET ALL",
                "TRUNCATE c; RESET ALL",
                "SAVEPOINT a; DELETE FROM c WHERE id = 3; RESET ALL; ROLLBACK TO a; DELETE FROM c WHERE id = 4",
                "INSERT INTO c VALUES (31, 1, 31); RESET ALL; UPDATE p SET g = 7 WHERE id = 2"
            })
    void a_transaction_that_resets_its_settings_is_followed(String statements) throws SQLException {
        database.execute(
                "DELETE FROM p",
                "DELETE FROM c",
                "INSERT INTO p SELECT i, i % 3 FROM generate_series(1, 9) AS i",
                "INSERT INTO c SELECT i, i, i FROM generate_series(1, 9) AS i");
        for (RefreshMode mode : new RefreshMode[] {RefreshMode.IMMEDIATE, RefreshMode.ON_COMMIT}) {
            create("joined_" + mode, "SELECT c.id, c.v, p.g FROM p JOIN c ON c.p_id = p.id", mode);
            create("sums_" + mode, "SELECT p_id, sum(v) AS v FROM c GROUP BY p_id", mode);
        }
        try (Connection writer = database.begin()) {
            for (String statement : statements.split("; ")) {
                TestDatabase.execute(writer, statement);
            }
            writer.commit();
        }
        assertEqualAndActive();
        database.execute("INSERT INTO c VALUES (40, 1, 40)", "DELETE FROM p WHERE id = 3");
        assertEqualAndActive();
    }

    private static void assertEqualAndActive() {
        database.engine().list().forEach(table -> {
            assertThat(database.engine().verify(table.name().toString()).equal())
                    .isTrue();
            assertThat(table.status()).isEqualTo(StreamTableStatus.ACTIVE);
        });
    }
}
