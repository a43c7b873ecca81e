package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first rows of each group: recognised, and read no further than they go. */
class TopPerGroupTest {

    private static final List<String> TABLES = List.of(
            "CREATE TABLE t (id int PRIMARY KEY, g int, h text, x int, s text)",
            "CREATE INDEX ON t (g, x)",
            "CREATE TABLE n (g int NOT NULL, x int, s text)",
            "CREATE INDEX ON n (g)",
            "CREATE TABLE c (g int PRIMARY KEY, name text)",
            "INSERT INTO t SELECT i, nullif(i % 5, 0), CASE WHEN i % 4 > 0 THEN chr(97 + i % 3) END, nullif(i % 7, 2), 's' || i"
                    + " FROM generate_series(1, 60) AS i",
            "INSERT INTO n SELECT i % 4, i % 3, 'z' FROM generate_series(1, 30) AS i",
            "INSERT INTO c SELECT i, 'c' || i FROM generate_series(0, 5) AS i");

    private static final List<List<String>> CYCLES = List.of(
            List.of(
                    "INSERT INTO t VALUES (100, 1, 'a', -1, 'new'), (101, NULL, 'a', -1, 'new'), (102, 2, NULL, NULL, 'q')"),
            List.of("DELETE FROM t WHERE x = 0"),
            List.of(
                    "UPDATE t SET g = g + 1 WHERE id % 6 = 0",
                    "DELETE FROM n WHERE ctid IN (SELECT min(ctid) FROM n GROUP BY g)"),
            List.of(
                    "UPDATE t SET x = x - 3 WHERE id % 4 = 1",
                    "INSERT INTO n VALUES (1, 0, 'z'), (1, 0, 'z'), (7, 1, 'y')"),
            List.of("INSERT INTO t VALUES (200, 3, 'b', 1000, 'late')", "INSERT INTO n VALUES (1, 99, 'late')"),
            List.of(
                    "DELETE FROM t WHERE g = 3",
                    "UPDATE c SET name = name || '!' WHERE g < 3",
                    "DELETE FROM c WHERE g = 4"),
            List.of("DELETE FROM t", "DELETE FROM n WHERE x = 1"),
            List.of("INSERT INTO t SELECT i, nullif(i % 3, 0), 'h', i % 4, 's' FROM generate_series(1, 20) AS i"),
            List.of("UPDATE t SET g = NULL, x = NULL WHERE id < 6", "DELETE FROM n"));

    private static void assertRecognised(int version, String... queries) throws SQLException {
        try (Oracle oracle = new Oracle(TestServer.of(version))) {
            for (String query : queries) {
                for (boolean bulk : List.of(false, true)) {
                    Scenario scenario = Scenario.following(query, TABLES, query, CYCLES, bulk);
                    Oracle.Outcome outcome = oracle.play(scenario);
                    assertThat(outcome.failure()).as(scenario.script()).isNull();
                    assertThat(oracle.operatorTree("st")).as(query).contains("Ranked");
                    if (!bulk) {
                        SynchronousPitfalls.lay(oracle, scenario);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void row_number_keeps_as_many_rows(int version) throws SQLException {
        assertRecognised(
                version,
                "SELECT id, g, x, rn FROM (SELECT *, row_number() OVER (PARTITION BY g ORDER BY x, id) AS rn FROM t) AS q WHERE rn <= 3",
                "SELECT id, g, x FROM (SELECT *, row_number() OVER (PARTITION BY g ORDER BY x DESC, id) AS rn FROM t) AS q WHERE rn = 1",
                "SELECT id FROM (SELECT *, row_number() OVER (PARTITION BY g, h ORDER BY x NULLS FIRST, id) AS rn FROM t) AS q"
                        + " WHERE rn BETWEEN 2 AND 4 AND x > 1",
                "SELECT id, rn FROM (SELECT *, row_number() OVER (ORDER BY x, id) AS rn FROM t) AS q WHERE rn < 6");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void rows_that_share_a_place_come_together(int version) throws SQLException {
        assertRecognised(
                version,
                "SELECT id, g, x, rn FROM (SELECT *, rank() OVER (PARTITION BY g ORDER BY x) AS rn FROM t) AS q WHERE rn <= 2",
                "SELECT g, x, s FROM (SELECT *, rank() OVER (PARTITION BY g ORDER BY x) AS rn FROM n) AS q WHERE 2 >= rn",
                "SELECT g, x, rn FROM (SELECT *, dense_rank() OVER (PARTITION BY g ORDER BY x DESC) AS rn FROM n) AS q WHERE rn < 3",
                "SELECT id, g, x FROM (SELECT *, dense_rank() OVER (PARTITION BY g ORDER BY x DESC NULLS LAST) AS rn FROM t) AS q"
                        + " WHERE rn = 2");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void what_is_below_and_above_does_not_matter(int version) throws SQLException {
        assertRecognised(
                version,
                "SELECT q.id, c.name FROM (SELECT *, row_number() OVER (PARTITION BY g ORDER BY x, id) AS rn FROM t) AS q"
                        + " JOIN c ON c.g = q.g WHERE q.rn <= 2",
                "SELECT id, name FROM (SELECT t.id, c.name, row_number() OVER (PARTITION BY c.g ORDER BY t.x, t.id) AS rn"
                        + " FROM t JOIN c ON c.g = t.g) AS q WHERE rn <= 2",
                "SELECT g, count(*) AS n, sum(x) AS s FROM (SELECT *, row_number() OVER (PARTITION BY g ORDER BY x, id) AS rn"
                        + " FROM t) AS q WHERE rn <= 3 GROUP BY g",
                "SELECT g, h FROM (SELECT g, h, row_number() OVER (PARTITION BY g ORDER BY count(*) DESC, h) AS rn FROM t"
                        + " GROUP BY g, h) AS q WHERE rn <= 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void the_missing_index_is_named(int version) throws SQLException {
        TestDatabase database = TestDatabase.on(version);
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, g int, x int)",
                "INSERT INTO t SELECT i, i % 9, i FROM generate_series(1, 500) AS i",
                "ANALYZE t");

        assertThat(database.engine()
                        .explainQuery(
                                "SELECT id FROM (SELECT *, row_number() OVER (PARTITION BY g ORDER BY x, id) AS rn FROM t)"
                                        + " AS q WHERE rn <= 3")
                        .missingIndexes())
                .containsExactly("CREATE INDEX ON \"public\".\"t\" (\"g\", \"x\", \"id\")");
    }
}
