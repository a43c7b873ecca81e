package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tables without a key to which rows are only added, until one leaves; then again. */
class ArrivalsTest {

    private static final List<String> TABLES = List.of(
            "CREATE TABLE e (k int, x int, s text)",
            "CREATE TABLE n (k int, s text)",
            "INSERT INTO e SELECT i % 4, nullif(i % 3, 0), 's' || i % 2 FROM generate_series(1, 12) AS i",
            "INSERT INTO n VALUES (1, 'a'), (1, 'b'), (2, 'c')");

    private static final List<List<String>> CYCLES = List.of(
            List.of("INSERT INTO e VALUES (1, 1, 'a'), (1, 1, 'a'), (NULL, NULL, NULL)"),
            List.of("INSERT INTO e VALUES (2, 5, 'b')", "INSERT INTO n VALUES (3, 'd')"),
            List.of("INSERT INTO e VALUES (1, 1, 'a')", "UPDATE e SET x = 7 WHERE k = 1 AND s = 'a'"),
            List.of("INSERT INTO e VALUES (3, 2, 'c')"),
            List.of("DELETE FROM n WHERE s = 'b'", "INSERT INTO n VALUES (2, 'e')"),
            List.of("DELETE FROM e WHERE k = 2"),
            List.of("INSERT INTO e SELECT i, i, 's' FROM generate_series(1, 300) AS i"));

    private static Oracle oracle;

    @BeforeAll
    static void start() {
        oracle = new Oracle(TestServer.current());
    }

    @AfterAll
    static void stop() throws SQLException {
        oracle.close();
    }

    @Test
    void rows_are_added_as_they_come_and_taken_out_when_they_go() throws SQLException {
        for (String query : List.of(
                "SELECT k, x, s FROM e",
                "SELECT x + 1 AS y FROM e WHERE s <> 'b'",
                "SELECT e.x, n.s FROM e JOIN n ON n.k = e.k",
                "SELECT k, s FROM e UNION ALL SELECT k, s FROM n UNION ALL SELECT x, s FROM e WHERE x > 1",
                "SELECT e.k, i FROM e, generate_series(1, e.x) AS i",
                "SELECT e.x FROM e WHERE EXISTS (SELECT FROM n WHERE n.k = e.k)",
                "SELECT e.x, n.s FROM e LEFT JOIN n ON n.k = e.k",
                "SELECT e.x, c.n FROM e JOIN (SELECT k, count(*) AS n FROM n GROUP BY k) AS c ON c.k = e.k")) {
            Scenario scenario = Scenario.following(query, TABLES, query, CYCLES, false);
            Oracle.Outcome outcome = oracle.play(scenario);
            assertThat(outcome.failure()).as(scenario.script()).isNull();
            assertThat(outcome.differential()).as(scenario.script()).isGreaterThanOrEqualTo(4);
        }
    }
}
