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

/** What goes wrong in naive versions of aggregates, set operations, window functions, DISTINCT ON and LIMIT. */
class SetsAndWindowsTest {

    private static final List<String> TABLES = List.of(
            "CREATE TABLE t (id int PRIMARY KEY, g int, x int, s text, p numeric)",
            "CREATE TABLE l (v int, s text)",
            "CREATE TABLE r (v int, s text)",
            "CREATE AGGREGATE total (int) (sfunc = int4pl, stype = int, initcond = '0')",
            "INSERT INTO t VALUES (1, 1, 10, 'a', 1), (2, 1, 20, 'b', 2), (3, 1, 20, 'b', 2), (4, 2, NULL, NULL, NULL),"
                    + " (5, NULL, 5, 'c', 3), (6, 3, 7, 'd', 4)",
            "INSERT INTO l VALUES (1, 'a'), (1, 'a'), (2, NULL), (NULL, NULL), (3, 'c')",
            "INSERT INTO r VALUES (1, 'a'), (NULL, NULL), (4, 'd')");

    private static Oracle oracle;

    @BeforeAll
    static void start() {
        oracle = new Oracle(TestServer.current());
    }

    @AfterAll
    static void stop() throws SQLException {
        oracle.close();
    }

    /** Refreshes after each of the steps and compares; every refresh that sees a change must be differential. */
    @SafeVarargs
    private static void assertMaintained(String query, List<String>... steps) throws SQLException {
        List<List<String>> cycles = new ArrayList<>();
        for (List<String> step : steps) {
            cycles.add(step);
        }
        for (boolean bulk : List.of(false, true)) {
            Scenario scenario = Scenario.following(query, TABLES, query, cycles, bulk);
            Oracle.Outcome outcome = oracle.play(scenario);
            assertThat(outcome.failure()).as(scenario.script()).isNull();
            assertThat(outcome.differential()).as(scenario.script()).isEqualTo(steps.length);
            if (!bulk) {
                SynchronousPitfalls.lay(oracle, scenario);
            }
        }
    }

    private static List<String> step(String... statements) {
        return List.of(statements);
    }

    @Test
    void sums_are_null_when_the_last_value_leaves_the_group() throws SQLException {
        assertMaintained(
                "SELECT g, sum(x) AS s, avg(x) AS a, count(x) AS c, count(*) AS n FROM t GROUP BY g",
                step("INSERT INTO t VALUES (7, 2, 9, 'x', 1)"),
                step("DELETE FROM t WHERE id = 7"),
                step("UPDATE t SET x = NULL WHERE g = 3"));
    }

    @Test
    void numeric_sums_survive_nan_and_infinity() throws SQLException {
        assertMaintained(
                "SELECT g, sum(p) AS s, avg(p) AS a, sum(x::bigint) AS b FROM t GROUP BY g",
                step("INSERT INTO t VALUES (7, 1, 2147483647, 'x', 'NaN'), (8, 1, 2147483647, 'x', 'Infinity')"),
                step("DELETE FROM t WHERE id = 7"),
                step("DELETE FROM t WHERE id = 8", "INSERT INTO t VALUES (9, 1, 1, 'y', 1e30)"),
                step("DELETE FROM t WHERE id = 9"));
    }

    @Test
    void an_expression_inside_an_aggregate_sees_the_old_row_with_its_old_values() throws SQLException {
        assertMaintained(
                "SELECT g, sum(CASE WHEN s = 'b' THEN x ELSE -x END) AS v FROM t GROUP BY g",
                step("UPDATE t SET s = 'b', x = x + 1 WHERE id = 1"),
                step("UPDATE t SET s = NULL WHERE s = 'b'"));
    }

    @Test
    void an_extreme_leaves_while_an_equal_one_stays_or_a_better_one_comes() throws SQLException {
        assertMaintained(
                "SELECT g, min(x) AS a, max(x) AS b FROM t GROUP BY g",
                step("DELETE FROM t WHERE id = 3"),
                step("DELETE FROM t WHERE id = 2", "INSERT INTO t VALUES (8, 1, 30, 'x', 1)"),
                step("UPDATE t SET x = NULL WHERE g = 1"));
    }

    @Test
    void an_aggregate_without_group_by_is_one_row_over_no_rows() throws SQLException {
        assertMaintained(
                "SELECT count(*) AS c, sum(x) AS s, string_agg(s, ',' ORDER BY id) AS l FROM t",
                step("DELETE FROM t"),
                step("INSERT INTO t VALUES (1, 1, 1, 'z', 1)"),
                step("DELETE FROM t"));
    }

    @Test
    void groups_of_null_vanish_and_reappear_and_rows_move_between_groups() throws SQLException {
        assertMaintained(
                "SELECT g, g IS NULL AS n, count(*) AS c, array_agg(id ORDER BY id) AS ids FROM t GROUP BY g",
                step("DELETE FROM t WHERE g IS NULL", "INSERT INTO t VALUES (9, NULL, 1, 'a', 1)"),
                step("UPDATE t SET g = NULL WHERE g = 1"),
                step("UPDATE t SET g = coalesce(g, 0) + 1"));
    }

    @Test
    void a_group_crosses_its_having_in_both_directions() throws SQLException {
        assertMaintained(
                "SELECT g, sum(x) AS s, count(DISTINCT s) AS d FROM t GROUP BY g HAVING count(DISTINCT s) >= 2",
                step("INSERT INTO t VALUES (7, 3, 1, 'x', 1)"),
                step("UPDATE t SET s = 'a' WHERE g = 1"));
    }

    @Test
    void aggregates_that_cannot_be_undone_are_read_again() throws SQLException {
        assertMaintained(
                "SELECT g, string_agg(DISTINCT s, '-' ORDER BY s DESC) FILTER (WHERE x > 5) AS a,"
                        + " percentile_disc(0.5) WITHIN GROUP (ORDER BY x) AS b, mode() WITHIN GROUP (ORDER BY s) AS c,"
                        + " o.total(x) AS d, json_agg(x ORDER BY id) AS e, bool_and(x > 6) AS f, stddev(x) AS h,"
                        + " rank(9) WITHIN GROUP (ORDER BY x) AS i FROM t GROUP BY g",
                step("UPDATE t SET s = 'q', x = 6 WHERE id = 2"),
                step("DELETE FROM t WHERE id IN (1, 4)"),
                step("INSERT INTO t SELECT i, i % 3, i, 's' || i % 2, i FROM generate_series(20, 40) AS i"));
    }

    @Test
    void an_aggregate_below_a_join_an_aggregate_and_a_window() throws SQLException {
        assertMaintained(
                "SELECT q.c, count(*) AS n, max(q.r) AS m FROM (SELECT a.g, a.c, rank() OVER (ORDER BY a.c, a.g) AS r"
                        + " FROM (SELECT g, count(DISTINCT s) AS c FROM t GROUP BY g) AS a) AS q"
                        + " JOIN l ON l.v = q.c GROUP BY q.c HAVING count(*) > 0",
                step("UPDATE t SET s = 'z' || id"),
                step("DELETE FROM l WHERE v = 1", "UPDATE t SET g = 1"),
                step("INSERT INTO l VALUES (5, 'x'), (1, 'y')"));
    }

    @Test
    void a_value_leaves_one_side_of_a_set_operation_and_returns() throws SQLException {
        for (String operation : List.of("UNION", "INTERSECT", "EXCEPT", "UNION ALL", "INTERSECT ALL", "EXCEPT ALL")) {
            assertMaintained(
                    "SELECT v, s FROM l " + operation + " SELECT v, s FROM r",
                    step("DELETE FROM r WHERE v = 1"),
                    step("INSERT INTO r VALUES (1, 'a'), (1, 'a'), (1, 'a'), (3, 'c')"),
                    step("DELETE FROM l", "INSERT INTO l VALUES (NULL, NULL), (NULL, NULL), (4, 'd')"),
                    step("DELETE FROM r"));
        }
    }

    @Test
    void set_operations_bind_and_nest_as_in_postgresql() throws SQLException {
        assertMaintained(
                "SELECT v FROM l EXCEPT SELECT v FROM r UNION SELECT x FROM t INTERSECT SELECT g * 10 FROM t",
                step("UPDATE t SET x = g * 10"),
                step("INSERT INTO r SELECT v, s FROM l"));
        assertMaintained(
                "SELECT v FROM l UNION ALL (SELECT v FROM l EXCEPT ALL SELECT v FROM r) EXCEPT SELECT g FROM t",
                step("INSERT INTO l SELECT v, s FROM l"),
                step("DELETE FROM r"));
    }

    @Test
    void copies_of_rows_without_a_key_are_counted() throws SQLException {
        for (String query : List.of(
                "SELECT DISTINCT v, s FROM l",
                "SELECT v, s, count(*) OVER (PARTITION BY v) AS c FROM l",
                "SELECT v, s FROM l ORDER BY v, s LIMIT 3")) {
            assertMaintained(
                    query,
                    step("INSERT INTO l VALUES (3, 'c')"),
                    step("DELETE FROM l WHERE ctid IN (SELECT min(ctid) FROM l WHERE v = 3)"),
                    step(
                            "INSERT INTO l VALUES (3, 'c'), (3, 'c')",
                            "UPDATE l SET s = 'x' WHERE ctid IN (SELECT min(ctid) FROM l WHERE v = 3)",
                            "DELETE FROM l WHERE ctid IN (SELECT max(ctid) FROM l WHERE v = 3)"));
        }
    }

    @Test
    void a_row_changes_its_partition() throws SQLException {
        assertMaintained(
                "SELECT id, g, rank() OVER (PARTITION BY g ORDER BY x DESC NULLS LAST) AS r,"
                        + " lag(id) OVER (PARTITION BY g ORDER BY x, id) AS before,"
                        + " sum(x) OVER (PARTITION BY s ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS near FROM t",
                step("UPDATE t SET g = 2 WHERE id = 1"),
                step("UPDATE t SET g = NULL WHERE id = 2", "UPDATE t SET s = 'd' WHERE id = 3"),
                step("UPDATE t SET id = id + 100 WHERE id = 5"));
    }

    @Test
    void frames_with_peers_and_without_a_partition() throws SQLException {
        assertMaintained(
                "SELECT id, sum(x) OVER (ORDER BY x GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES) AS a,"
                        + " count(*) OVER (ORDER BY x RANGE BETWEEN 5 PRECEDING AND 5 FOLLOWING) AS b,"
                        + " dense_rank() OVER w AS c, first_value(id) OVER w AS d, count(*) OVER () AS e"
                        + " FROM t WINDOW w AS (ORDER BY x NULLS FIRST, id)",
                step("INSERT INTO t VALUES (7, 1, 11, 'x', 1)"),
                step("DELETE FROM t WHERE id = 1"),
                step("UPDATE t SET x = NULL WHERE id = 6"));
    }

    @Test
    void a_window_function_over_an_aggregate_and_top_rows_of_each_group() throws SQLException {
        assertMaintained(
                "SELECT g, count(*) AS c, rank() OVER (ORDER BY count(*) DESC) AS r, sum(count(*)) OVER () AS s"
                        + " FROM t GROUP BY g",
                step("INSERT INTO t VALUES (7, 2, 1, 'x', 1), (8, 2, 1, 'x', 1), (9, 2, 1, 'x', 1)"),
                step("DELETE FROM t WHERE g = 1"));
        assertMaintained(
                "SELECT * FROM (SELECT id, g, row_number() OVER (PARTITION BY g ORDER BY x DESC NULLS LAST, id) AS n FROM t) AS q"
                        + " WHERE n <= 2",
                step("DELETE FROM t WHERE id = 2"),
                step("INSERT INTO t VALUES (7, 1, 99, 'x', 1), (8, NULL, 99, 'x', 1)"));
    }

    @Test
    void a_row_below_the_cut_rises_when_one_above_goes() throws SQLException {
        for (String slice : List.of("LIMIT 2", "LIMIT 2 OFFSET 1", "OFFSET 2")) {
            assertMaintained(
                    "SELECT id, x FROM t ORDER BY x DESC NULLS LAST, id " + slice,
                    step("DELETE FROM t WHERE id = 2"),
                    step("UPDATE t SET x = 100 WHERE id = 4"),
                    step("INSERT INTO t VALUES (7, 1, -1, 'below', 1)"),
                    step("DELETE FROM t WHERE x > 5"),
                    step("DELETE FROM t"),
                    step("INSERT INTO t VALUES (1, 1, 1, 'a', 1)"));
        }
    }

    @Test
    void ties_at_the_boundary_come_along() throws SQLException {
        assertMaintained(
                "SELECT g, x FROM t ORDER BY x DESC NULLS LAST FETCH FIRST 1 ROW WITH TIES",
                step("INSERT INTO t VALUES (7, 5, 20, 'x', 1)"),
                step("DELETE FROM t WHERE id = 2"),
                step("UPDATE t SET x = 21 WHERE id = 3"),
                step("DELETE FROM t WHERE x >= 20"));
    }

    @Test
    void the_first_row_of_each_group_is_replaced() throws SQLException {
        assertMaintained(
                "SELECT DISTINCT ON (g) g, id, x FROM t ORDER BY g, x DESC NULLS LAST, id",
                step("DELETE FROM t WHERE id = 2"),
                step("UPDATE t SET g = 1 WHERE id IN (5, 6)"),
                step("INSERT INTO t VALUES (7, NULL, 1, 'x', 1), (8, NULL, 2, 'x', 1), (9, 1, 1, 'x', 1)"));
    }

    @Test
    void limits_inside_of_a_query() throws SQLException {
        assertMaintained(
                "SELECT q.g, count(*) AS c, r.s FROM (SELECT g, id FROM t ORDER BY id DESC LIMIT 3) AS q"
                        + " LEFT JOIN r ON r.v = q.g GROUP BY q.g, r.s"
                                .replace("LEFT JOIN r", "JOIN (SELECT DISTINCT ON (v) v, s FROM r ORDER BY v, s) AS r"),
                step("INSERT INTO t VALUES (7, 1, 1, 'x', 1)"),
                step("DELETE FROM r WHERE v = 1", "INSERT INTO r VALUES (3, 'y'), (1, 'z'), (1, 'b')"));
    }

    @Test
    void grouping_sets_are_rolled_up() throws SQLException {
        assertMaintained(
                "SELECT g, s, count(*) AS c, sum(x) AS v, GROUPING(g, s) AS m FROM t GROUP BY ROLLUP (g, s)"
                        + " HAVING count(*) > 1 OR GROUPING(g, s) = 3",
                step("UPDATE t SET g = NULL WHERE id = 1"),
                step("DELETE FROM t"),
                step("INSERT INTO t VALUES (1, NULL, 1, NULL, 1), (2, NULL, 2, NULL, 1)"));
        assertMaintained(
                "SELECT g, upper(s) AS u, count(*) AS c, rank() OVER (ORDER BY count(*), g, upper(s)) AS r FROM t"
                        + " GROUP BY GROUPING SETS (CUBE (g, upper(s)), (g), ())",
                step("INSERT INTO t VALUES (7, 2, 1, 'A', 1)"),
                step("DELETE FROM t WHERE g = 1"));
    }

    /** A btree index takes less than 3 kB, and every later refresh would fail. */
    @Test
    void rows_that_are_too_long_for_an_index_can_be_distinct() throws SQLException {
        String text = "(SELECT string_agg(md5(i::text), '') FROM generate_series(1, 400) AS i)";
        for (String query : List.of("SELECT DISTINCT s FROM l", "SELECT s, v FROM l UNION SELECT s, v FROM r")) {
            assertMaintained(
                    query,
                    step("INSERT INTO l VALUES (7, " + text + "), (7, " + text + ")"),
                    step("DELETE FROM l WHERE v = 7"));
        }
    }

    /** The changes were compared under the default collation, so that other rows passed than in the table. */
    @Test
    void changes_have_the_collation_of_their_column() throws SQLException {
        String sorted = "(SELECT v, s COLLATE \"und-x-icu\" AS s FROM l)";
        assertMaintained(
                "SELECT q.s, q.v FROM (SELECT max(s) AS s, v FROM " + sorted + " AS o GROUP BY v) AS q WHERE q.s < 'b'",
                step("INSERT INTO l VALUES (7, 'a'), (7, 'B'), (8, 'A'), (9, 'Z')"),
                step("DELETE FROM l WHERE s = 'B'"));
        Scenario scenario = new Scenario(
                "a column with a collation",
                List.of(
                        "CREATE TABLE c (id int, s text COLLATE \"und-x-icu\")",
                        "INSERT INTO c VALUES (1, 'a'), (2, 'B')"),
                List.of(new Scenario.StreamTable(
                        "st", "SELECT id, s FROM c WHERE s < 'b'", RefreshMode.DIFFERENTIAL, false)),
                List.of(step("INSERT INTO c VALUES (3, 'A'), (4, 'Z'), (5, 'a')"), step("DELETE FROM c WHERE id < 4")),
                false);
        assertThat(oracle.play(scenario).failure()).as(scenario.script()).isNull();
    }

    /** Such a join stands above the windows, and all others below. */
    @Test
    void what_a_window_function_computes_is_looked_for_in_a_subquery() throws SQLException {
        List<List<String>> steps = List.of(
                step("INSERT INTO t VALUES (7, 1, 4, 'x', 1)", "DELETE FROM r WHERE v IS NULL"),
                step("INSERT INTO r VALUES (35, 'y'), (2, 'z')", "UPDATE t SET x = x + 1 WHERE id = 1"),
                step("DELETE FROM t WHERE id = 2", "DELETE FROM r WHERE v = 4"));
        for (String query : List.of(
                "SELECT id, sum(x) OVER (PARTITION BY g) IN (SELECT v FROM r) AS found FROM t",
                "SELECT id, rank() OVER (ORDER BY id) NOT IN (SELECT v FROM r WHERE r.s = t.s) AS missing FROM t",
                "SELECT g, sum(count(*)) OVER (ORDER BY g) = ANY (SELECT v FROM r) AS found FROM t GROUP BY g",
                "SELECT id, rank() OVER (ORDER BY id) IN (SELECT v FROM r) AS f FROM t ORDER BY 2 NULLS LAST, id LIMIT 4",
                "SELECT EXISTS (SELECT FROM r WHERE r.v = t.g) AS f, count(*) AS n, max(x) IN (SELECT v FROM r) AS m FROM t"
                        + " GROUP BY EXISTS (SELECT FROM r WHERE r.v = t.g) HAVING count(*) > (SELECT min(v) - 1 FROM r)")) {
            Scenario scenario = Scenario.following(query, TABLES, query, steps, false);
            Oracle.Outcome outcome = oracle.play(scenario);
            assertThat(outcome.failure()).as(scenario.script()).isNull();
            assertThat(outcome.full()).as(scenario.script()).isZero();
        }
    }
}
