package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Equal values that look different: 1.0 and 1.00, a day and 24 hours, 0 and -0, 'a' and 'A'. A group shows one of those that it has,
 * and none that it has no more; rows that differ in nothing else are followed, without a full refresh.
 */
class LooksTest {

    private static final List<String> TABLES = List.of(
            "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
            "CREATE TABLE m (k int, i interval, n numeric, s text COLLATE loose, f float8, j jsonb)",
            "INSERT INTO m VALUES (1, '1 day', 1.0, 'a', 0, '1.0'), (2, '24:00:00', 1.00, 'A', '-0', '1.00'),"
                    + " (1, '24:00:00', 1.00, 'A', '-0', '1.00'), (2, '1 day', 1.0, 'a', 0, '1.0'), (3, '2 days', 2,"
                    + " 'b', 1, '2')",
            "CREATE TABLE p (n numeric PRIMARY KEY, f float8 UNIQUE, x int)",
            "CREATE TABLE l (n numeric REFERENCES p ON UPDATE CASCADE, i int PRIMARY KEY)",
            "INSERT INTO p VALUES (1.0, 0, 1), (2, 1, 2)",
            "INSERT INTO l VALUES (1, 1), (2, 2), (2.0, 3)");

    /** After each of them all equal values look the same, so that the result is no matter of chance. */
    private static final List<List<String>> CHANGES = List.of(
            List.of("DELETE FROM m WHERE i::text = '24:00:00'", "UPDATE l SET n = 2.00"),
            List.of(
                    "UPDATE m SET i = '24:00:00', n = 1.00, s = 'A', f = '-0', j = '1.00' WHERE n = 1",
                    "UPDATE p SET n = 1.000, f = '-0' WHERE n = 1"),
            List.of("INSERT INTO m VALUES (4, '24:00:00', 1.00, 'A', '-0', '1.00')", "DELETE FROM l WHERE i = 2"),
            List.of(
                    "INSERT INTO m VALUES (5, '3 days', 3.00, 'C', 3, '3.00'), (6, '72:00:00', 3.0, 'c', 3, '3.0')",
                    "DELETE FROM m WHERE n::text = '3.00'",
                    "UPDATE p SET f = 0, x = 5 WHERE x = 1"),
            List.of(
                    "UPDATE m SET k = k + 1",
                    "INSERT INTO l VALUES (1.000, 7), (1.000, 8)",
                    "DELETE FROM l WHERE i = 1"),
            List.of(
                    "DELETE FROM m WHERE k = 5",
                    "INSERT INTO m VALUES (5, '1 day', 1.0, 'a', 0, '1.0')",
                    "UPDATE m SET i = '1 day', n = 1.0, s = 'a', f = 0, j = '1.0' WHERE n = 1"));

    private static final List<String> QUERIES = List.of(
            "SELECT q.i, x.k FROM (SELECT m.i, count(*) AS c FROM m GROUP BY m.i) AS q JOIN m AS x ON q.c = x.k",
            "SELECT q.s::text COLLATE \"C\" AS t, x.k FROM (SELECT s, count(*) AS c FROM m GROUP BY s) AS q JOIN m AS x ON q.c = x.k",
            "SELECT x.k, q.n::text FROM m AS x LEFT JOIN (SELECT n, count(*) AS c FROM m GROUP BY n) AS q ON q.c = x.k",
            "SELECT n::text AS t, count(*) FROM (SELECT DISTINCT n, k FROM m) AS q GROUP BY n",
            "SELECT n, n::text AS t, count(*) FROM m GROUP BY n",
            "SELECT i::text AS t, count(*), sum(k) FROM m GROUP BY i",
            "SELECT f::text AS t, count(*), max(k) FROM m GROUP BY f",
            "SELECT j::text AS t, f::text AS u, count(*), max(k) FROM m GROUP BY f, j",
            "SELECT n::text, sum(k) FROM m GROUP BY ROLLUP (n)",
            "SELECT n::text FROM (SELECT n FROM m UNION SELECT k + 100 FROM m) AS q",
            "SELECT n::text FROM (SELECT n FROM m INTERSECT SELECT n FROM m) AS q",
            "SELECT n::text, r FROM (SELECT n, rank() OVER (ORDER BY n) AS r FROM (SELECT DISTINCT n FROM m) AS d) AS q",
            "SELECT k, n, n::text AS t, sum(k) OVER (PARTITION BY n) AS s FROM m",
            "SELECT n, n::text AS t FROM m ORDER BY n, n::text, k LIMIT 2",
            "SELECT max(n)::text, min(i)::text FROM m",
            "WITH RECURSIVE r AS (SELECT n FROM m UNION SELECT n + 1 FROM r WHERE n < 4) SELECT n::text FROM r WHERE n < 2",
            "WITH RECURSIVE r AS (SELECT n FROM m UNION ALL SELECT n + 1 FROM r WHERE n < 4) SELECT n::text FROM r",
            "SELECT n, n::text AS t, f::text AS u FROM p",
            "SELECT p.n, p.n::text AS t, p.f::text AS f, l.i, l.n::text AS ln FROM p LEFT JOIN l USING (n)",
            "SELECT p.n, p.n::text AS t, count(l.i) FROM p LEFT JOIN l USING (n) GROUP BY p.n",
            "SELECT n::text FROM p WHERE EXISTS (SELECT FROM l WHERE l.n = p.n)",
            "SELECT o.k, (SELECT count(*) FROM m AS x WHERE x.s = o.s AND x.k < o.k) AS c FROM m AS o");

    private static Oracle oracle;

    @BeforeAll
    static void start() {
        oracle = new Oracle(TestServer.current());
    }

    @AfterAll
    static void stop() throws SQLException {
        oracle.close();
    }

    private static Scenario scenario(RefreshMode mode) {
        List<Scenario.StreamTable> tables = new ArrayList<>();
        for (String query : QUERIES) {
            tables.add(new Scenario.StreamTable("st" + tables.size(), query, mode, false));
        }
        return new Scenario("looks", TABLES, tables, CHANGES, false);
    }

    @Test
    void what_looks_different_is_followed_by_its_changes() throws SQLException {
        Oracle.Outcome outcome = oracle.play(scenario(RefreshMode.DIFFERENTIAL));
        assertThat(outcome.failure()).isNull();
        assertThat(outcome.full()).isZero();
    }

    /** What looks different within a transaction is a matter of chance until its end. */
    @Test
    void writers_follow_it_too() throws SQLException {
        assertThat(oracle.play(scenario(RefreshMode.ON_COMMIT)
                                .withCycles(CHANGES.stream()
                                        .map(cycle -> List.of("BEGIN;" + String.join(";", cycle) + ";COMMIT"))
                                        .toList()))
                        .failure())
                .isNull();
    }
}
