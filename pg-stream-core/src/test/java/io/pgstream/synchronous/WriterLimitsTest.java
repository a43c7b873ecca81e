package io.pgstream.synchronous;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.UnsupportedQueryException;
import io.pgstream.test.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What writers are spared, and what nobody may do to the tables that they write to. */
class WriterLimitsTest {

    private static TestDatabase database;

    @BeforeAll
    static void start() {
        database = TestDatabase.on(18);
    }

    @AfterEach
    void drop() throws SQLException {
        database.engine()
                .list()
                .forEach(table -> database.engine().drop(table.name().toString()));
        database.execute("DROP TABLE IF EXISTS edge, whole, plain, other");
    }

    private static void create(String name, String query, RefreshMode mode) {
        database.engine().create(StreamTableDefinition.of(name, query).withMode(mode));
    }

    @ParameterizedTest
    @CsvSource({"IMMEDIATE, UNION ALL", "IMMEDIATE, UNION", "ON_COMMIT, UNION ALL", "ON_COMMIT, UNION"})
    void a_write_is_followed_by_a_recursion_for_a_hundred_steps(RefreshMode mode, String union) throws SQLException {
        database.execute("CREATE TABLE edge (a int, b int)", "CREATE INDEX ON edge (a)");
        create(
                "reached",
                "WITH RECURSIVE r AS (SELECT b FROM edge WHERE a = 0 " + union
                        + " SELECT e.b FROM edge AS e JOIN r ON e.a = r.b) SELECT b FROM r",
                mode);
        database.execute("INSERT INTO edge SELECT i, i + 1 FROM generate_series(0, 100) AS i");
        database.assertEqual("reached");
        database.execute("INSERT INTO edge VALUES (101, 102)", "INSERT INTO edge VALUES (102, 103)");
        database.assertEqual("reached");
        assertTooDeep("INSERT INTO edge SELECT i, i + 1 FROM generate_series(103, 210) AS i");
        if (union.equals("UNION")) {
            assertTooDeep("DELETE FROM edge WHERE a = 0");
            database.execute("DELETE FROM edge WHERE a = 90");
        }
        // What is left is no deeper than it may be: where rows are counted, that is computed then.
        database.execute("DELETE FROM edge WHERE a = 0");
        database.assertEqual("reached");
        assertThat(database.value("SELECT count(*) FROM reached")).isEqualTo("0");
    }

    private static void assertTooDeep(String statement) {
        assertThatThrownBy(() -> database.execute(statement))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("54000"))
                .hasMessageContaining("the stream table public.reached for more than 100 steps")
                .hasMessageContaining("recursive-max-depth");
    }

    /** What the old row derives and what the new one does run around the circle together, and add up to nothing in each step. */
    @ParameterizedTest
    @EnumSource(names = {"IMMEDIATE", "ON_COMMIT"})
    void a_circle_that_no_row_comes_to_is_no_depth(RefreshMode mode) throws SQLException {
        database.execute(
                "CREATE TABLE edge (a int, b int)",
                "CREATE INDEX ON edge (a)",
                "INSERT INTO edge VALUES (0, 1), (1, 2), (2, 3), (3, 4)");
        create(
                "walks",
                "WITH RECURSIVE r AS (SELECT b FROM edge WHERE a = 0 UNION ALL SELECT e.b FROM edge AS e JOIN r"
                        + " ON e.a = r.b) SELECT b FROM r",
                mode);
        database.execute("UPDATE edge SET b = 7 - b WHERE b IN (2, 5)", "UPDATE edge SET a = 5 WHERE a = 3");
        database.assertEqual("walks");
        database.execute(
                "UPDATE edge SET a = 5 - a, b = 4 - b WHERE a IN (1, 2)", "INSERT INTO edge VALUES (5, 2), (2, 2)");
        database.assertEqual("walks");
        database.execute("DELETE FROM edge WHERE a = 1", "UPDATE edge SET a = 2 WHERE a = 5");
        database.assertEqual("walks");
    }

    @ParameterizedTest
    @EnumSource(names = {"IMMEDIATE", "ON_COMMIT"})
    void a_write_that_makes_a_recursion_run_in_a_circle_ends(RefreshMode mode) throws SQLException {
        database.execute(
                "CREATE TABLE edge (a int, b int)",
                "CREATE INDEX ON edge (a)",
                "INSERT INTO edge VALUES (0, 1), (1, 2), (2, 3), (2, 4)");
        create(
                "walks",
                "WITH RECURSIVE r AS (SELECT b FROM edge WHERE a = 0 UNION ALL SELECT e.b FROM edge AS e JOIN r"
                        + " ON e.a = r.b) SELECT b, count(*) AS n FROM r GROUP BY b",
                mode);
        assertThatThrownBy(() -> database.execute("INSERT INTO edge VALUES (3, 1)"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("54000"));
        database.execute("INSERT INTO edge VALUES (3, 5)");
        database.assertEqual("walks");
    }

    @Test
    void a_table_that_writers_watch_over_stays_what_it_is() throws SQLException {
        database.execute(
                "CREATE TABLE plain (id int, g int)",
                "CREATE TABLE whole (id int, g int) PARTITION BY LIST (g)",
                "CREATE TABLE other (id int, g int)");
        create("grouped", "SELECT g, count(*) AS n FROM plain GROUP BY g", RefreshMode.IMMEDIATE);
        for (String statement : new String[] {
            "ALTER TABLE whole ATTACH PARTITION plain FOR VALUES IN (1)", "ALTER TABLE plain INHERIT other"
        }) {
            assertThatThrownBy(() -> database.execute(statement))
                    .hasMessageContaining("pgstream_i")
                    .hasMessageContaining("prevents table \"plain\" from becoming");
        }
        database.engine().drop("grouped");
        database.execute("ALTER TABLE whole ATTACH PARTITION plain FOR VALUES IN (1)");
        assertRefused("plain", "it is a partition of another table");
        assertRefused("whole", "to attach, detach or drop a partition changes what the table shows");
    }

    private static void assertRefused(String source, String reason) {
        assertThatThrownBy(() -> create(
                        "grouped", "SELECT g, count(*) AS n FROM " + source + " GROUP BY g", RefreshMode.IMMEDIATE))
                .isInstanceOf(UnsupportedQueryException.class)
                .hasMessageContaining(reason);
    }
}
