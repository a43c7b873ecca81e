package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A delta has rows that never were in a result, such as an old row beside the new number of all rows, which other rows of it take back. A
 * division by 0 in one of them would be an error that the query does not have.
 */
class DivisionTest {

    private static Oracle oracle;

    @BeforeAll
    static void start() {
        oracle = new Oracle(TestServer.current());
    }

    @AfterAll
    static void stop() throws SQLException {
        oracle.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT k, count(*) * 1.0 / (SELECT count(*) FROM d) AS share FROM d GROUP BY k",
                "SELECT k FROM d GROUP BY k HAVING count(*) * 1.0 / (SELECT count(*) FROM d) > 0.3",
                "SELECT k, sum(v % (SELECT count(*) FROM d)) AS s FROM d GROUP BY k",
                "SELECT id, 10 / (SELECT sum(v) FROM d AS o WHERE o.v > 0) AS x FROM d WHERE v > 0",
                "SELECT d.id, o.id AS other FROM d, d AS o WHERE d.v / o.v = 1 AND d.k = o.k AND o.v > 0",
                "SELECT d.id, o.id AS other FROM d JOIN d AS o ON d.v / nullif(d.k, 0) = o.v % (o.k + 1)",
                "SELECT d.id, mod(d.v, t.n) AS x FROM d CROSS JOIN (SELECT count(*) AS n FROM d) AS t",
                // Reads nothing of its table.
                "SELECT 1 AS one FROM d HAVING 1 < 2"
            })
    void what_passes_by_is_not_divided(String query) throws SQLException {
        Scenario scenario = Scenario.following(
                query,
                List.of(
                        "CREATE TABLE d (id int PRIMARY KEY, k int, v bigint)",
                        "INSERT INTO d VALUES (1, 1, 2), (2, 1, 3), (3, 2, 4)"),
                query,
                List.of(
                        List.of("DELETE FROM d"),
                        List.of("INSERT INTO d VALUES (4, 1, 5)"),
                        List.of("INSERT INTO d VALUES (5, 1, 1), (6, 2, 2)", "UPDATE d SET v = 3 WHERE id = 4"),
                        List.of("UPDATE d SET k = 2, v = v + 1"),
                        List.of("DELETE FROM d WHERE id > 0", "INSERT INTO d VALUES (7, 3, 9)")),
                false);
        for (RefreshMode mode : List.of(RefreshMode.DIFFERENTIAL, RefreshMode.IMMEDIATE, RefreshMode.ON_COMMIT)) {
            Scenario of = scenario.withStreamTables(List.of(new Scenario.StreamTable("st", query, mode, false)));
            assertThat(oracle.play(of).failure()).as(of.script()).isNull();
        }
    }
}
