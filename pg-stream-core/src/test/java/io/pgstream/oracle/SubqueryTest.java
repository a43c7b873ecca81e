package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.RefreshFailedException;
import io.pgstream.RefreshMode;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Subqueries where other systems lose or invent rows. */
class SubqueryTest {

    private static final List<String> TABLES = List.of(
            "CREATE TABLE l (id int PRIMARY KEY, k int, v int NOT NULL, s text)",
            "CREATE TABLE r (id int PRIMARY KEY, k int, w int)",
            "CREATE TABLE n (k int, w int, s text)",
            "CREATE INDEX ON l (k)",
            "CREATE INDEX ON r (k)",
            "INSERT INTO l VALUES (1, 1, 1, 'a'), (2, 1, 2, 'b'), (3, 2, 0, 'a'), (4, NULL, 3, NULL), (5, 7, 1, 'c')",
            "INSERT INTO r VALUES (1, 1, 1), (2, 1, NULL), (3, 2, 4), (4, NULL, 5), (5, 9, 2)",
            "INSERT INTO n VALUES (1, 1, 'a'), (1, 1, 'a'), (2, 2, 'b')");

    private static Oracle oracle;

    @BeforeAll
    static void start() {
        oracle = new Oracle(TestServer.current());
    }

    @AfterAll
    static void stop() throws SQLException {
        oracle.close();
    }

    private static Pitfall pitfall() {
        return new Pitfall(oracle, TABLES);
    }

    @Test
    void a_threshold_comes_and_goes_and_moves_past_rows_that_are_equal_to_it() throws SQLException {
        new Pitfall(
                        oracle,
                        List.of(
                                "CREATE TABLE b (id int PRIMARY KEY, x numeric, y numeric(8,2) NOT NULL, f float8, d date)",
                                "CREATE INDEX ON b (y)",
                                "INSERT INTO b VALUES (1, 1, 1, 1, '2026-01-01'), (2, 2, 2, 2, '2026-01-02'),"
                                        + " (3, 3, 3, 3, NULL), (4, NULL, 2, NULL, '2026-01-03')"))
                .cycle("INSERT INTO b VALUES (5, 2, 2, 2, '2026-01-02'), (6, 10, 9, 8, '2026-02-01')")
                .cycle("UPDATE b SET x = 1.5, y = y + 1, f = 'NaN' WHERE id IN (1, 3)", "DELETE FROM b WHERE id = 6")
                .cycle("DELETE FROM b")
                .cycle("INSERT INTO b VALUES (7, NULL, 1, NULL, NULL)")
                .cycle("INSERT INTO b VALUES (8, 'NaN', 4, 'Infinity', 'infinity'), (9, 1, 4, 1, '2026-01-01')")
                .cycle("UPDATE b SET x = 4, f = 0, y = 4", "DELETE FROM b WHERE id = 8")
                .maintains(
                        "SELECT b.id FROM b WHERE b.x > (SELECT avg(c.x) FROM b c)",
                        "SELECT b.id FROM b WHERE b.x <= (SELECT avg(c.x) FROM b c WHERE c.y < 4)",
                        "SELECT b.id, b.y FROM b WHERE b.y >= (SELECT avg(c.y) FROM b c)",
                        "SELECT b.id, b.y FROM b WHERE b.y < (SELECT max(c.x) FROM b c)",
                        "SELECT b.id FROM b WHERE (SELECT max(c.f) FROM b c) > b.f AND b.y < 3",
                        "SELECT b.id FROM b WHERE b.d < (SELECT max(c.d) FROM b c WHERE c.x > 1)",
                        "SELECT b.id FROM b WHERE b.y > 0 AND b.x >= (SELECT sum(c.y) / 3 FROM b c)",
                        "SELECT g.y, g.s FROM (SELECT b.y, sum(b.x) AS s FROM b GROUP BY b.y) AS g"
                                + " WHERE g.s > (SELECT sum(c.x) * 0.3 FROM b c)",
                        "SELECT g.y, g.s FROM (SELECT b.y, sum(b.y) AS s FROM b GROUP BY b.y) AS g"
                                + " WHERE NOT (g.s < (SELECT sum(c.x) * 0.3 FROM b c))",
                        "SELECT b.y, sum(b.y) AS s FROM b GROUP BY b.y ORDER BY sum(b.y) DESC, b.y LIMIT 2",
                        "SELECT b.y, avg(b.x) AS s FROM b GROUP BY b.y ORDER BY avg(b.x) NULLS FIRST, b.y DESC LIMIT 2 OFFSET 1",
                        "SELECT b.y, 1 / (sum(b.x) - 2) AS s FROM b WHERE b.x < 'NaN' GROUP BY b.y HAVING sum(b.x) <> 2"
                                + " ORDER BY 1 / (sum(b.x) - 2), b.y LIMIT 2");
    }

    @Test
    void the_last_duplicate_goes_while_outer_rows_change() throws SQLException {
        pitfall()
                .cycle(
                        "DELETE FROM n WHERE ctid IN (SELECT min(ctid) FROM n WHERE k = 1)",
                        "UPDATE l SET v = 5 WHERE id = 1")
                .cycle(
                        "DELETE FROM n WHERE k = 1",
                        "INSERT INTO l VALUES (10, 1, 1, 'z')",
                        "DELETE FROM l WHERE id = 2")
                .cycle("INSERT INTO n VALUES (1, 3, 'x'), (7, 3, 'x')", "UPDATE l SET k = 7 WHERE id = 3")
                .cycle("DELETE FROM n")
                .maintains(
                        "SELECT l.id, l.v FROM l WHERE EXISTS (SELECT 1 FROM n WHERE n.k = l.k)",
                        "SELECT l.s, l.v FROM l WHERE NOT EXISTS (SELECT 1 FROM n WHERE n.k = l.k)",
                        "SELECT n.s FROM n WHERE EXISTS (SELECT 1 FROM l WHERE n.k = l.k AND l.v <> n.w)",
                        "SELECT l.id FROM l WHERE NOT EXISTS (SELECT 1 FROM n WHERE n.w > l.v)",
                        "SELECT l.id FROM l WHERE EXISTS (SELECT 1 FROM n)",
                        "SELECT a.s FROM n a WHERE EXISTS (SELECT 1 FROM n b WHERE b.k = a.k AND b.w = a.w)",
                        "SELECT l.id FROM l WHERE EXISTS (SELECT 1 FROM r WHERE r.k = l.k AND NOT EXISTS"
                                + " (SELECT 1 FROM n WHERE n.k = r.k))");
    }

    @Test
    void a_null_enters_and_leaves_what_not_in_looks_at() throws SQLException {
        pitfall()
                .cycle("INSERT INTO n VALUES (NULL, 1, 'x')", "UPDATE l SET v = 2 WHERE id = 1")
                .cycle("INSERT INTO n VALUES (NULL, NULL, 'y')", "UPDATE l SET k = NULL WHERE id = 1")
                .cycle("DELETE FROM n WHERE k IS NULL", "UPDATE l SET k = 8 WHERE id = 4")
                .cycle("DELETE FROM n", "UPDATE l SET k = NULL WHERE id = 3")
                .cycle("INSERT INTO n VALUES (8, NULL, 'b')")
                .maintains(
                        "SELECT l.id FROM l WHERE l.k NOT IN (SELECT n.k FROM n)",
                        "SELECT l.id FROM l WHERE l.v NOT IN (SELECT n.k FROM n)",
                        "SELECT l.id FROM l WHERE l.k NOT IN (SELECT r.id FROM r)",
                        "SELECT l.id, l.k NOT IN (SELECT n.k FROM n) AS x, l.k IN (SELECT n.k FROM n) AS y FROM l",
                        "SELECT l.id FROM l WHERE (l.k, l.v) NOT IN (SELECT n.k, n.w FROM n)",
                        "SELECT l.id, (l.k, l.v) IN (SELECT n.k, n.w FROM n) AS x FROM l",
                        "SELECT l.id, l.k NOT IN (SELECT n.k FROM n WHERE n.w = l.v) AS x FROM l");
    }

    @Test
    void any_and_all_know_nulls_and_the_empty_set() throws SQLException {
        pitfall()
                .cycle("INSERT INTO n VALUES (3, NULL, 'x')", "UPDATE l SET k = 0 WHERE id = 1")
                .cycle("DELETE FROM n", "UPDATE l SET k = NULL WHERE id = 2")
                .cycle("INSERT INTO n VALUES (NULL, 0, 'x'), (1, 2, 'z')", "INSERT INTO l VALUES (10, NULL, 9, 'q')")
                .cycle("DELETE FROM n WHERE k IS NULL")
                .maintains(
                        "SELECT l.id FROM l WHERE l.v > ALL (SELECT n.w FROM n)",
                        "SELECT l.id, l.k >= ALL (SELECT n.w FROM n) AS x, l.k < ANY (SELECT n.w FROM n) AS y FROM l",
                        "SELECT l.id FROM l WHERE l.k = ANY (SELECT n.k FROM n) OR l.k <> ALL (SELECT n.w FROM n)",
                        "SELECT l.id, l.k <> ALL (SELECT n.k FROM n WHERE n.w = l.v) AS x FROM l",
                        "SELECT l.id FROM l WHERE NOT (l.k <> ALL (SELECT n.k FROM n))",
                        "SELECT l.id, l.k = ALL (SELECT n.k FROM n) AS x, l.k <> ANY (SELECT n.k FROM n) AS y FROM l",
                        "SELECT l.id FROM l WHERE (l.k, l.v) < ANY (SELECT n.k, n.w FROM n)");
    }

    @Test
    void existence_is_a_value_like_any_other() throws SQLException {
        pitfall()
                .cycle("DELETE FROM n WHERE k = 1", "INSERT INTO r VALUES (10, 7, 1)")
                .cycle("INSERT INTO n VALUES (1, NULL, 'a'), (1, NULL, 'a')", "UPDATE l SET v = 3 WHERE v = 1")
                .cycle("DELETE FROM r WHERE k = 1", "DELETE FROM n WHERE k = 2", "UPDATE l SET k = 1 WHERE k = 2")
                .maintains(
                        "SELECT l.s FROM l WHERE EXISTS (SELECT 1 FROM n WHERE n.k = l.k) OR l.v = 3",
                        "SELECT l.s FROM l WHERE l.k IN (SELECT n.k FROM n) OR l.v IN (SELECT r.w FROM r)",
                        "SELECT l.s FROM l WHERE NOT (l.v = 1 AND EXISTS (SELECT 1 FROM n WHERE n.k = l.k))",
                        "SELECT l.id, CASE WHEN EXISTS (SELECT 1 FROM n WHERE n.k = l.k) THEN 'n'"
                                + " WHEN l.k IN (SELECT r.k FROM r) THEN 'r' END AS x FROM l",
                        "SELECT n.s, coalesce(n.w IN (SELECT r.w FROM r), n.k = 1) AS x FROM n",
                        "SELECT upper(concat(EXISTS (SELECT 1 FROM r WHERE r.k = n.k), n.s)) AS x FROM n",
                        "SELECT e, count(*) AS c FROM (SELECT EXISTS (SELECT 1 FROM n WHERE n.k = l.k) AS e FROM l) q"
                                + " GROUP BY e",
                        "SELECT l.k, count(*) FILTER (WHERE l.v IN (SELECT n.w FROM n)) AS c FROM l GROUP BY l.k"
                                + " HAVING EXISTS (SELECT 1 FROM r WHERE r.k = l.k) OR count(*) > 1");
    }

    @Test
    void a_value_and_the_row_around_it_change_together() throws SQLException {
        pitfall()
                .cycle("UPDATE r SET w = 6 WHERE id = 1", "UPDATE l SET v = 6 WHERE id = 1")
                .cycle("DELETE FROM r", "UPDATE l SET k = 1 WHERE id = 3")
                .cycle("INSERT INTO r VALUES (1, 1, 3), (7, 7, 4)", "INSERT INTO l VALUES (10, 7, 2, NULL)")
                .maintains(
                        "SELECT l.id, (SELECT max(r.w) FROM r) AS m FROM l WHERE l.v >= (SELECT avg(r.k) FROM r)",
                        "SELECT l.id, (SELECT max(r.w) FROM r WHERE r.k = l.k) AS m FROM l",
                        "SELECT l.id, (SELECT r.w FROM r WHERE r.id = l.k) AS m FROM l",
                        "SELECT l.id, (SELECT r.w + 1 FROM r WHERE r.id = l.k AND r.w > 3) AS m FROM l",
                        "SELECT l.id FROM l WHERE l.v < (SELECT sum(r.w) FROM r WHERE r.k = l.k)",
                        "SELECT l.k, sum((SELECT max(r.w) FROM r WHERE r.k = l.k)) AS m FROM l GROUP BY l.k",
                        "SELECT l.k, (SELECT max(r.w) FROM r WHERE r.k = l.k) AS m, count(*) AS c FROM l GROUP BY l.k"
                                + " HAVING count(*) >= (SELECT count(*) FROM r WHERE r.w IS NULL)");
    }

    @Test
    void a_count_without_a_match_is_zero_and_a_sum_is_null() throws SQLException {
        pitfall()
                .cycle("DELETE FROM n WHERE k = 1", "UPDATE l SET k = NULL WHERE id = 3")
                .cycle("INSERT INTO n VALUES (7, NULL, 'a'), (NULL, 3, 'b')", "INSERT INTO l VALUES (10, 9, 9, 'x')")
                .cycle("DELETE FROM n", "UPDATE l SET k = 7 WHERE k IS NULL")
                .maintains(
                        "SELECT l.id, (SELECT count(*) FROM n WHERE n.k = l.k) AS c, (SELECT sum(w) FROM n WHERE n.k = l.k)"
                                + " AS w FROM l",
                        "SELECT l.id, (SELECT count(n.w) + 1 FROM n WHERE k = n.k AND n.k = l.k) AS c FROM l",
                        "SELECT l.id, (SELECT coalesce(sum(n.w), -1) FROM n WHERE n.k = l.k AND n.w = l.v) AS c FROM l",
                        "SELECT l.id, (SELECT count(*) FROM n WHERE n.k = l.k HAVING count(*) <> 1) AS c FROM l",
                        "SELECT l.id FROM l WHERE (SELECT count(*) FROM n WHERE n.k = l.k) = 0",
                        "SELECT l.id, (SELECT count(*) FROM n JOIN r ON r.k = n.k WHERE n.k = l.k) AS c FROM l");
    }

    /** A key is grouped by what compares it; 1.0 and 1.00 are equal, and their texts are not. */
    @Test
    void equal_is_not_always_the_same() throws SQLException {
        new Pitfall(
                        oracle,
                        List.of(
                                "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                                "CREATE TABLE l (id int PRIMARY KEY, n numeric, s text, c text COLLATE ci)",
                                "CREATE TABLE r (id int PRIMARY KEY, n numeric, s text, c text COLLATE ci)",
                                "INSERT INTO l VALUES (1, 1.0, 'a', 'a'), (2, 1.00, 'A', 'A'), (3, 2, 'b', NULL)",
                                "INSERT INTO r VALUES (1, 1, 'a', 'a'), (2, 1, '1.0', 'B'), (3, 1, '1.00', 'c')"))
                .cycle("DELETE FROM r WHERE id = 2")
                .cycle("DELETE FROM r WHERE id = 1", "INSERT INTO r VALUES (4, 1.0, 'A', 'A')")
                .cycle(
                        "INSERT INTO r VALUES (5, 1.000, '1.0', 'A'), (6, 2, 'a', 'b')",
                        "UPDATE l SET s = 'B' WHERE id = 3")
                .cycle("DELETE FROM r WHERE id IN (4, 3)")
                .maintains(
                        "SELECT l.id FROM l WHERE EXISTS (SELECT 1 FROM r WHERE r.n = l.n AND r.s = l.n::text || '')",
                        "SELECT l.id FROM l WHERE EXISTS (SELECT 1 FROM r WHERE r.n = l.n AND r.s <> l.n::text)",
                        "SELECT l.id, r.id AS rid FROM l LEFT JOIN r ON l.c = r.s",
                        "SELECT l.id FROM l WHERE NOT EXISTS (SELECT 1 FROM r WHERE l.s = r.c)",
                        "SELECT l.id FROM l WHERE EXISTS (SELECT 1 FROM r WHERE l.s COLLATE ci = r.s)",
                        "SELECT l.id FROM l WHERE l.c IN (SELECT r.s FROM r)");
    }

    @Test
    void what_equalities_do_not_correlate_is_computed_for_the_rows_that_ask() throws SQLException {
        pitfall()
                .cycle("INSERT INTO n VALUES (0, 9, 'x'), (3, 1, NULL)", "UPDATE l SET k = 3 WHERE id = 1")
                .cycle("DELETE FROM n WHERE k = 0", "DELETE FROM l WHERE id = 2")
                .cycle("DELETE FROM n", "INSERT INTO l VALUES (11, 2, 2, 'd')")
                .cycle("INSERT INTO n VALUES (2, 5, 'b'), (NULL, 6, 'c')")
                .maintains(
                        "SELECT l.id, (SELECT n.w FROM n ORDER BY 1 LIMIT 1) AS w FROM l",
                        "SELECT l.id, (SELECT max(n.w) FROM n WHERE n.k < l.k) AS w FROM l",
                        "SELECT l.id, ARRAY(SELECT n.w FROM n ORDER BY 1) AS w FROM l",
                        "SELECT l.id FROM l WHERE EXISTS (SELECT 1 FROM r WHERE EXISTS"
                                + " (SELECT 1 FROM n WHERE n.k = l.k))",
                        "SELECT l.k IN (SELECT n.k FROM n) AS x FROM l GROUP BY l.k IN (SELECT n.k FROM n)");
    }

    @Test
    void a_second_row_of_a_value_is_the_error_that_it_is_in_sql() {
        assertThatThrownBy(() -> {
                    oracle.reset();
                    TABLES.forEach(oracle::run);
                    String query = "SELECT l.id, (SELECT n.w FROM n WHERE n.k = l.k) AS w FROM l";
                    oracle.create(new Scenario.StreamTable("st", query, RefreshMode.DIFFERENTIAL, false));
                })
                .isInstanceOf(RefreshFailedException.class)
                .hasMessageContaining("more than one row");
    }
}
