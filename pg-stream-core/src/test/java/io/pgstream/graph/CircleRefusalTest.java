package io.pgstream.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableAlteration;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableStatus;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Circles that there may not be, and those that do not come to an end. Nothing is created, nothing changes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CircleRefusalTest {

    private TestDatabase database;

    @BeforeAll
    void aGraphWithACircle() throws SQLException {
        database = TestDatabase.circular(TestServer.current());
        database.execute(
                "CREATE TABLE edge (s int, d int)",
                "CREATE TABLE node (id int PRIMARY KEY, hidden boolean)",
                "INSERT INTO edge VALUES (1, 2), (2, 3), (3, 1)",
                "INSERT INTO node SELECT i, false FROM generate_series(1, 3) AS i");
    }

    private static PgStreamException failure(Runnable call) {
        return catchThrowableOfType(PgStreamException.class, call::run);
    }

    private PgStreamException refusal(StreamTableDefinition... definitions) throws SQLException {
        PgStreamException failure = failure(() -> database.engine().createTogether(List.of(definitions)));
        assertThat(failure).isNotNull();
        for (StreamTableDefinition definition : definitions) {
            assertThat(database.value("SELECT to_regclass('" + definition.name() + "') IS NULL"))
                    .as("%s is not there after %s", definition.name(), failure.getMessage())
                    .isEqualTo("t");
        }
        assertThat(database.value("SELECT count(*) FROM pgstream.pgs_captures")).isEqualTo(captures);
        return failure;
    }

    private String captures = "0";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            SELECT s, count(*)::int AS d FROM path GROUP BY s                                              | an aggregate
            SELECT s, d FROM edge EXCEPT SELECT s, d FROM path                                             | EXCEPT
            SELECT s, d FROM edge INTERSECT SELECT s, d FROM path                                          | INTERSECT
            SELECT s, d FROM edge e WHERE NOT EXISTS (SELECT FROM path p WHERE p.s = e.d)                  | NOT EXISTS
            SELECT s, d FROM edge e WHERE s NOT IN (SELECT d FROM path)                                    | NOT
            SELECT s, d FROM edge e WHERE d > 2 OR EXISTS (SELECT FROM path p WHERE p.s = e.d)             | not a condition by itself
            SELECT e.s, p.d FROM edge e LEFT JOIN path p ON p.s = e.d                                      | an outer join
            SELECT e.s, p.d FROM edge e FULL JOIN path p ON p.s = e.d                                      | an outer join
            SELECT s, (row_number() OVER (ORDER BY d))::int AS d FROM path                                 | a window function
            SELECT DISTINCT ON (s) s, d FROM path ORDER BY s, d                                            | DISTINCT ON
            SELECT s, d FROM path ORDER BY s, d LIMIT 2                                                    | LIMIT
            SELECT s, (SELECT max(p.d) FROM path p) AS d FROM edge                                         | an aggregate
            WITH RECURSIVE t AS (SELECT s, d FROM path UNION SELECT t.s, e.d FROM t JOIN edge e ON e.s = t.d) SELECT s, d FROM t | WITH RECURSIVE
            SELECT s, d FROM path WHERE now() > '2020-01-01'                                               | reads the clock
            SELECT s, d FROM path WHERE random() < 2                                                       | random
            """)
    void what_is_not_monotone_is_refused_with_the_path_and_the_operator(String query, String operator)
            throws SQLException {
        PgStreamException failure = refusal(
                StreamTableDefinition.of("path", "SELECT s, d FROM edge UNION SELECT s, d FROM beyond"),
                StreamTableDefinition.of("beyond", query));
        assertThat(failure.code()).isEqualTo(ErrorCode.CYCLE_NOT_MONOTONE);
        assertThat(failure.getMessage())
                .containsAnyOf(
                        "public.path -> public.beyond -> public.path", "public.beyond -> public.path -> public.beyond")
                .contains("public.beyond cannot be part of it")
                .contains(operator);
        assertThat(failure.action()).contains("reads the circle from outside");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10000", "-1"})
    void tables_that_their_writers_maintain_are_in_no_circle(String costOfWaiting) throws SQLException {
        // Also not where they are loaded beside their writers, as a table that is refreshed.
        System.setProperty("pgstream.test.loadBeside", costOfWaiting);
        try {
            PgStreamException failure = refusal(
                    StreamTableDefinition.of("path", "SELECT s, d FROM edge UNION SELECT s, d FROM beyond"),
                    StreamTableDefinition.of("beyond", "SELECT p.s, e.d FROM path p JOIN edge e ON e.s = p.d")
                            .withMode(RefreshMode.IMMEDIATE));
            assertThat(failure.getMessage()).contains("IMMEDIATE");
        } finally {
            System.clearProperty("pgstream.test.loadBeside");
        }
    }

    @Test
    void a_circle_without_a_beginning_is_refused() throws SQLException {
        PgStreamException failure = refusal(
                StreamTableDefinition.of("chicken", "SELECT id FROM egg"),
                StreamTableDefinition.of("egg", "SELECT id FROM chicken"));
        assertThat(failure.action()).contains("a UNION with a branch that reads none of them");
    }

    @Test
    void branches_with_other_columns_than_the_whole_are_refused() throws SQLException {
        PgStreamException failure = refusal(
                StreamTableDefinition.of(
                        "deep",
                        "SELECT s, 0 AS depth FROM edge UNION SELECT e.d, p.depth + 1::bigint FROM deep p JOIN edge e ON e.s = p.s"));
        assertThat(failure.getMessage()).contains("depth integer").contains("depth bigint");
        assertThat(failure.action()).contains("cast");
    }

    @Test
    void a_circle_is_refused_where_it_is_not_allowed_also_if_it_is_closed_by_an_alteration() throws SQLException {
        TestDatabase strict = TestDatabase.onDefault();
        strict.execute("CREATE TABLE edge (s int, d int)", "INSERT INTO edge VALUES (1, 2), (2, 3)");
        strict.create("path", "SELECT s, d FROM edge");
        strict.create("step", "SELECT p.s, e.d FROM path p JOIN edge e ON e.s = p.d");
        PgStreamException failure = failure(() -> strict.engine()
                .alter("path", StreamTableAlteration.query("SELECT s, d FROM edge UNION SELECT s, d FROM step")));
        assertThat(failure.code()).isEqualTo(ErrorCode.DEPENDENCY_CYCLE);
        assertThat(failure.getMessage()).contains("public.path -> public.step -> public.path");
        assertThat(failure.action()).contains("pg-stream.allow-circular");
        strict.execute("INSERT INTO edge VALUES (3, 4)");
        strict.assertFollows("path");
        strict.assertFollows("step");
    }

    @Test
    void an_alteration_that_makes_a_circle_not_monotone_changes_nothing() throws SQLException {
        database.engine()
                .createTogether(List.of(
                        StreamTableDefinition.of("way", "SELECT s, d FROM edge UNION SELECT s, d FROM longer"),
                        StreamTableDefinition.of("longer", "SELECT p.s, e.d FROM way p JOIN edge e ON e.s = p.d")));
        PgStreamException failure = failure(() -> database.engine()
                .alter(
                        "longer",
                        StreamTableAlteration.query(
                                "SELECT p.s, max(e.d) AS d FROM way p JOIN edge e ON e.s = p.d" + " GROUP BY p.s")));
        assertThat(failure.code()).isEqualTo(ErrorCode.CYCLE_NOT_MONOTONE);
        assertThat(database.engine().refresh("way").outcome()).isEqualTo(RefreshOutcome.NO_DATA);
        database.assertEqual("way");
        database.assertEqual("longer");
        database.engine().dropCascading("way");
        assertThat(database.column("SELECT 1 FROM pgstream.pgs_stream_tables WHERE table_name IN ('way', 'longer')"))
                .isEmpty();
    }

    @Test
    void a_circle_that_does_not_come_to_an_end_fails_and_stays_as_it_was() throws SQLException {
        database.execute("CREATE TABLE link (s int, d int)", "INSERT INTO link VALUES (1, 2), (2, 3)");
        database.engine()
                .create(StreamTableDefinition.of(
                        "ways",
                        "SELECT s, d FROM link UNION ALL SELECT w.s, l.d FROM ways w JOIN link l ON l.s = w.d"));
        List<String> before = database.column("SELECT w::text FROM ways w ORDER BY 1");
        assertThat(before).containsExactly("(1,2)", "(1,3)", "(2,3)");
        database.execute("INSERT INTO link VALUES (3, 1)");
        for (int i = 0; i < 3; i++) {
            PgStreamException failure = failure(() -> database.engine().refresh("ways"));
            assertThat(failure.code()).isEqualTo(ErrorCode.NO_FIXED_POINT);
            assertThat(failure.getMessage()).contains("public.ways").contains("100 rounds");
            assertThat(failure.action()).contains("UNION instead of UNION ALL").contains("fixpoint-max-iterations");
            assertThat(database.column("SELECT w::text FROM ways w ORDER BY 1")).isEqualTo(before);
        }
        assertThat(database.engine().get("ways").status()).isEqualTo(StreamTableStatus.ERROR);
        assertThat(database.engine().get("ways").lastError()).contains("does not come to an end");
        database.execute("DELETE FROM link WHERE s = 3", "INSERT INTO link VALUES (3, 4)");
        database.engine().resume("ways");
        database.assertFollows("ways");
        assertThat(database.column("SELECT w::text FROM ways w ORDER BY 1")).hasSize(6);
        database.engine().drop("ways");
        database.execute("DROP TABLE link");
    }

    @Test
    void a_chain_that_is_longer_than_the_limit_fails_too() throws SQLException {
        database.execute(
                "CREATE TABLE chain (s int, d int)", "INSERT INTO chain SELECT i, i + 1 FROM generate_series(1, 99) i");
        database.engine()
                .create(
                        StreamTableDefinition.of(
                                "far",
                                "SELECT s, d FROM chain WHERE s = 1 UNION SELECT f.s, c.d FROM far f JOIN chain c ON c.s = f.d"));
        database.execute("INSERT INTO chain VALUES (100, 101)");
        database.assertFollows("far");
        database.execute("DELETE FROM chain WHERE s = 150");
        database.execute(
                "UPDATE chain SET d = d WHERE s = 1",
                "INSERT INTO chain VALUES (101, 102)",
                "DELETE FROM chain WHERE s = 2",
                "INSERT INTO chain VALUES (2, 3)");
        database.assertFollows("far");
        database.execute("DROP TABLE chain CASCADE");
        database.engine().drop("far");
    }
}
