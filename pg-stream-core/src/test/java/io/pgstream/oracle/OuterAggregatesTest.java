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

/** Aggregates that stand in a subquery and are those of the query around it. */
class OuterAggregatesTest {

    private static final List<String> TABLES = List.of(
            "CREATE TABLE t (id int PRIMARY KEY, k int, v int, s text, f float8, z numeric)",
            "INSERT INTO t SELECT i, nullif(i % 4, 3), nullif(i % 6, 2), nullif('s' || i % 3, 's1'), i * 0.1, i % 3"
                    + " FROM generate_series(1, 20) AS i",
            "CREATE TABLE u (k int, w int, s text, z numeric)",
            "INSERT INTO u SELECT nullif(i % 5, 4), nullif(i % 3, 0), nullif('s' || i % 4, 's3'), (ARRAY[1.0, 1.00, NULL, 3])[1 + i % 4]"
                    + " FROM generate_series(1, 18) AS i",
            "INSERT INTO u SELECT * FROM u WHERE w = 1");

    private static Pitfall pitfall(Oracle oracle) {
        return new Pitfall(oracle, TABLES)
                .cycle("UPDATE t SET v = v + 1 WHERE id % 3 = 0", "UPDATE u SET z = 1.000, w = w + 1 WHERE z = 1")
                .cycle("UPDATE t SET k = v, v = k", "INSERT INTO u SELECT * FROM u")
                .cycle(
                        "DELETE FROM t WHERE k = 1",
                        "UPDATE u SET k = w, w = k",
                        "INSERT INTO t VALUES (50, 7, NULL, 'x', 1, 2)")
                .cycle("DELETE FROM u WHERE w = 1")
                .cycle("DELETE FROM t")
                .cycle(
                        "INSERT INTO t SELECT i, i % 2, i % 3, 'q', 0, 1.50 FROM generate_series(1, 8) AS i",
                        "DELETE FROM u");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_subquery_aggregates_the_group_around_it(int version) throws SQLException {
        try (Oracle oracle = new Oracle(TestServer.of(version))) {
            pitfall(oracle)
                    .maintains(
                            "SELECT k, (SELECT max(w) FROM u WHERE u.w = count(t.id)) AS m FROM t GROUP BY k",
                            "SELECT k, (SELECT count(*) FROM u WHERE u.z > avg(t.v)) AS m FROM t GROUP BY k",
                            "SELECT k, (SELECT sum(u.w * max(t.v)) FROM u) AS x FROM t GROUP BY k",
                            "SELECT k, ARRAY(SELECT u.w FROM u WHERE u.w <= max(t.v) ORDER BY 1) AS a FROM t GROUP BY k",
                            "SELECT k, max(v) - min(v) AS d, (SELECT count(*) FROM t AS x WHERE x.k = t.k AND x.v = max(t.v)) AS n"
                                    + " FROM t GROUP BY k",
                            "SELECT k + 1 AS k, (SELECT count(*) FROM u WHERE u.w < max(t.v)) AS n FROM t GROUP BY k + 1",
                            "SELECT k, s, (SELECT count(*) FROM u WHERE u.w < count(t.id)) AS n FROM t GROUP BY ROLLUP (k, s)",
                            "SELECT k, rank() OVER (ORDER BY (SELECT count(*) FROM u WHERE u.w < sum(t.v)), k) AS r FROM t GROUP BY k",
                            "SELECT k, (SELECT count(*) FROM u WHERE u.z < sum(t.z)) AS n, (SELECT count(*) FROM u WHERE u.z = sum(t.z)) AS e"
                                    + " FROM t GROUP BY k");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_condition_on_groups_aggregates_them_in_a_subquery(int version) throws SQLException {
        try (Oracle oracle = new Oracle(TestServer.of(version))) {
            pitfall(oracle)
                    .maintains(
                            "SELECT k FROM t GROUP BY k HAVING NOT EXISTS (SELECT FROM u WHERE u.k = t.k AND u.w > max(t.v))",
                            "SELECT k, sum(v) AS v FROM t GROUP BY k HAVING sum(v) > (SELECT avg(w) FROM u WHERE u.k = t.k)"
                                    + " AND EXISTS (SELECT FROM u WHERE u.w < min(t.v))",
                            "SELECT k, max(v) IN (SELECT w FROM u WHERE w < count(t.v)) AS i FROM t GROUP BY k");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void the_query_around_is_grouped_by_such_an_aggregate_alone(int version) throws SQLException {
        try (Oracle oracle = new Oracle(TestServer.of(version))) {
            pitfall(oracle)
                    .maintains(
                            "SELECT (SELECT max(o.id)) AS m FROM t AS o",
                            "SELECT (SELECT count(*) FROM u WHERE u.w > max(t.v)) AS n FROM t",
                            "SELECT id, (SELECT (SELECT max(b.v) FROM t AS b WHERE b.k < max(u.w)) FROM u WHERE u.k = t.k) AS q FROM t");
        }
    }

    @Test
    void what_two_computations_could_make_different_is_refreshed_fully() throws SQLException {
        try (Oracle oracle = new Oracle(TestServer.current())) {
            oracle.reset();
            for (String statement : TABLES) {
                oracle.sql(statement);
            }
            for (String call :
                    List.of("sum(t.f)", "max(t.z)", "count(DISTINCT t.v)", "count(t.v) FILTER (WHERE t.v > 1)")) {
                String query = "SELECT k, (SELECT count(*) FROM u WHERE u.w < " + call + ") AS n FROM t GROUP BY k";
                Scenario.StreamTable table = new Scenario.StreamTable("st", query, RefreshMode.DIFFERENTIAL, false);
                assertThatThrownBy(() -> oracle.create(table))
                        .as(query)
                        .isInstanceOf(UnsupportedQueryException.class)
                        .hasMessageContaining("aggregates columns of the query around it");
            }
        }
    }
}
