package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.RefreshMode;
import io.pgstream.UnsupportedQueryException;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Windows and limits without an ORDER BY of their own, whose rows are in an order all the same, or are all the same. */
class GivenOrderTest {

    private static final List<String> TABLES = List.of(
            "CREATE TABLE t (id int PRIMARY KEY, k int, v int, z numeric)",
            "INSERT INTO t SELECT i, nullif(i % 4, 3), nullif(i % 6, 2), 1 + i % 3 FROM generate_series(1, 30) AS i",
            "CREATE TABLE u (k int, w bigint, s text, z numeric)",
            "INSERT INTO u SELECT nullif(i % 5, 4), nullif(i % 3, 0), 's' || i % 4, 1.0 FROM generate_series(1, 20) AS i");

    private static Pitfall pitfall(Oracle oracle) {
        return new Pitfall(oracle, TABLES)
                .cycle(
                        "UPDATE t SET v = (v * 7 + id) % 11 WHERE id % 3 = 0",
                        "DELETE FROM u WHERE k = 1", "INSERT INTO t VALUES (100, 1, -1, 1), (101, NULL, 50, 2)")
                .cycle("DELETE FROM t WHERE id IN (1, 5, 9, 13)", "UPDATE u SET k = 1 WHERE k IS NULL")
                .cycle(
                        "UPDATE t SET k = v, v = k",
                        "INSERT INTO u SELECT * FROM u",
                        "UPDATE u SET w = NULL WHERE w = 1")
                .cycle("DELETE FROM u", "UPDATE t SET id = id + 1000 WHERE id % 2 = 0");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_window_takes_the_order_of_a_subquery(int version) throws SQLException {
        try (Oracle oracle = new Oracle(TestServer.of(version))) {
            pitfall(oracle)
                    .maintains(
                            "SELECT row_number() OVER () AS n, id FROM (SELECT id FROM t ORDER BY v NULLS LAST, id) AS x",
                            "SELECT id, lag(v) OVER () AS p, ntile(3) OVER () AS n, rank() OVER () AS r, count(*) OVER () AS c,"
                                    + " last_value(id) OVER () AS l FROM (SELECT id, v FROM t ORDER BY v DESC, id) AS x",
                            "SELECT id, sum(v) OVER (ROWS UNBOUNDED PRECEDING) AS s FROM (SELECT id, v FROM t ORDER BY id) AS x"
                                    + " WHERE v > 0",
                            "SELECT k, id, row_number() OVER (PARTITION BY k) AS n FROM (SELECT id, k FROM t ORDER BY k, v, id) AS x",
                            "SELECT row_number() OVER () AS n, q.k FROM (SELECT k FROM t UNION ALL SELECT k FROM u ORDER BY 1) AS q",
                            "SELECT DISTINCT ON (q.k) q.k, q.id FROM (SELECT k, id FROM t ORDER BY k, v DESC, id) AS q WHERE q.id > 2",
                            "WITH q AS (SELECT id, v FROM t ORDER BY v NULLS FIRST, id) SELECT row_number() OVER () AS n, q.id FROM q",
                            "SELECT first_value(id) OVER () AS f, array_agg(id) OVER () AS a, v"
                                    + " FROM (SELECT id, v FROM t ORDER BY v, id DESC LIMIT 7) AS x WHERE v > 0");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_limit_takes_the_order_of_a_subquery(int version) throws SQLException {
        try (Oracle oracle = new Oracle(TestServer.of(version))) {
            pitfall(oracle)
                    .maintains(
                            "SELECT * FROM (SELECT id, v FROM t ORDER BY v DESC NULLS LAST, id) AS x LIMIT 3 OFFSET 1",
                            "SELECT id FROM (SELECT id FROM t ORDER BY v NULLS FIRST, id) AS x WHERE id > 4 LIMIT 5",
                            "SELECT row_number() OVER () AS n, id FROM (SELECT id FROM t ORDER BY v, id) AS x LIMIT 4",
                            "SELECT id, (SELECT x.s FROM (SELECT s, w FROM u WHERE u.k = t.k ORDER BY w DESC NULLS LAST, s) AS x"
                                    + " LIMIT 1) AS s FROM t");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_limit_needs_no_order_among_rows_that_are_the_same(int version) throws SQLException {
        try (Oracle oracle = new Oracle(TestServer.of(version))) {
            pitfall(oracle)
                    .maintains(
                            "SELECT count(*) AS n, max(v) AS m FROM t LIMIT 1 OFFSET 0",
                            "SELECT u.w, (SELECT avg(v) FROM t WHERE t.k = u.w LIMIT 5) AS a FROM u",
                            "SELECT id, (SELECT 1 FROM u WHERE u.k = t.k LIMIT 1) AS one FROM t",
                            "SELECT id, (SELECT true FROM u WHERE u.w > t.k LIMIT 1) IS NOT NULL AS has FROM t",
                            "SELECT id, (SELECT u.w FROM u WHERE u.w = t.k LIMIT 1) AS same FROM t",
                            "SELECT t.id, x.k FROM t LEFT JOIN LATERAL (SELECT u.k FROM u WHERE u.k = t.k LIMIT 1) AS x ON true",
                            "SELECT t.id FROM t JOIN LATERAL (SELECT DISTINCT u.k FROM u WHERE u.k = t.k LIMIT 1) AS x ON true",
                            "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.k = t.k OFFSET 2)",
                            "SELECT k, v FROM t WHERE k = 1 AND v = k LIMIT 2");
        }
    }

    /** The parser takes it for the limit of the last query. */
    @Test
    void a_limit_behind_a_set_operation_is_that_of_all_of_it() throws SQLException {
        try (Oracle oracle = new Oracle(TestServer.current())) {
            pitfall(oracle)
                    .maintains(
                            "SELECT max(k) AS k FROM (SELECT k FROM t UNION ALL SELECT count(*)::int FROM u ORDER BY 1 LIMIT 1) AS q",
                            "SELECT k FROM t UNION ALL (SELECT count(*)::int FROM u LIMIT 1)",
                            "SELECT 1 AS k FROM t EXCEPT ALL (SELECT 1 FROM t LIMIT 5)",
                            "SELECT q.k FROM (SELECT k FROM t UNION SELECT v FROM t ORDER BY 1 DESC NULLS LAST) AS q LIMIT 3");
            assertRefused(
                    oracle,
                    "SELECT k FROM t UNION ALL SELECT count(*)::int FROM u LIMIT 1",
                    "SELECT 1 AS k FROM t EXCEPT ALL SELECT 1 FROM t LIMIT 5",
                    "SELECT k FROM t EXCEPT ALL SELECT k FROM (SELECT k FROM u ORDER BY k) AS q LIMIT 2",
                    "SELECT id, (SELECT k FROM u WHERE u.k = t.k UNION SELECT 1 FROM u LIMIT 1) AS k FROM t");
        }
    }

    @Test
    void equal_rows_that_look_different_are_not_the_same() throws SQLException {
        try (Oracle oracle = new Oracle(TestServer.current())) {
            oracle.reset();
            for (String statement : TABLES) {
                oracle.sql(statement);
            }
            assertRefused(
                    oracle,
                    "SELECT z FROM u WHERE z = 1 LIMIT 1",
                    "SELECT t.id, x.z FROM t, LATERAL (SELECT u.z FROM u WHERE u.z = t.z LIMIT 1) AS x",
                    "SELECT t.id, x.w FROM t, LATERAL (SELECT u.w FROM u WHERE u.k = t.k LIMIT 1) AS x",
                    "SELECT w FROM u WHERE k = 1 LIMIT 1");
        }
    }

    private static void assertRefused(Oracle oracle, String... queries) {
        for (String query : queries) {
            Scenario.StreamTable table = new Scenario.StreamTable("refused", query, RefreshMode.DIFFERENTIAL, false);
            assertThatThrownBy(() -> oracle.create(table))
                    .as(query)
                    .isInstanceOf(UnsupportedQueryException.class)
                    .hasMessageContaining("without ORDER BY");
        }
    }
}
