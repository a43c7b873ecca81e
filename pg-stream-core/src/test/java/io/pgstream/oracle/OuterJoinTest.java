package io.pgstream.oracle;

import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Outer joins where other systems lose or invent rows. */
class OuterJoinTest {

    private static final List<String> TABLES = List.of(
            "CREATE TABLE l (id int PRIMARY KEY, k int, v int NOT NULL, s text)",
            "CREATE TABLE r (id int PRIMARY KEY, k int, w int)",
            "CREATE TABLE n (k int, w int, s text)",
            "CREATE INDEX ON l (k)",
            "CREATE INDEX ON r (k)",
            "INSERT INTO l VALUES (1, 1, 1, 'a'), (2, 1, 2, 'b'), (3, 2, 0, 'a'), (4, NULL, 3, NULL), (5, 7, 1, 'c')",
            "INSERT INTO r VALUES (1, 1, 1), (2, 1, NULL), (3, 2, 4), (4, NULL, 5), (5, 9, 2)",
            "INSERT INTO n VALUES (1, 1, 'a'), (1, 1, 'a'), (2, NULL, 'b'), (NULL, 2, 'c'), (8, 3, NULL)");

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
    void the_last_of_several_matches_goes_and_the_first_comes() throws SQLException {
        pitfall()
                .cycle(
                        "DELETE FROM r WHERE id = 1",
                        "DELETE FROM n WHERE ctid IN (SELECT min(ctid) FROM n WHERE k = 1)")
                .cycle("DELETE FROM r WHERE id = 2", "DELETE FROM n WHERE k = 1")
                .cycle("INSERT INTO r VALUES (10, 1, 3), (11, 7, 4)", "INSERT INTO n VALUES (1, 2, 'x'), (7, 7, 'y')")
                .maintains(
                        "SELECT l.id, l.v, r.id AS rid, r.w FROM l LEFT JOIN r ON l.k = r.k",
                        "SELECT l.s, n.s AS t, n.w FROM l LEFT JOIN n ON l.k = n.k",
                        "SELECT l.s, r.w FROM r RIGHT JOIN l ON l.k = r.k");
    }

    @Test
    void a_match_goes_while_its_partner_changes() throws SQLException {
        pitfall()
                .cycle("DELETE FROM r WHERE k = 1", "UPDATE l SET v = v + 1 WHERE k = 1")
                .cycle(
                        "INSERT INTO r VALUES (10, 2, 1), (11, 1, 1)",
                        "UPDATE l SET k = 2 WHERE id = 1",
                        "DELETE FROM l WHERE id = 2")
                .cycle("UPDATE r SET k = 7 WHERE k = 2", "UPDATE l SET k = 2 WHERE k = 7")
                .cycle("DELETE FROM r", "DELETE FROM l WHERE id < 4")
                .maintains(
                        "SELECT l.id, l.v, r.id AS rid FROM l LEFT JOIN r ON l.k = r.k",
                        "SELECT l.v, r.w FROM l LEFT JOIN r ON l.k = r.k AND r.w IS NOT NULL",
                        "SELECT l.v, r.w FROM l FULL JOIN r ON l.k = r.k");
    }

    @Test
    void null_keys_match_nothing() throws SQLException {
        pitfall()
                .cycle("UPDATE l SET k = NULL WHERE id = 1", "UPDATE r SET k = NULL WHERE id = 3")
                .cycle("UPDATE l SET k = 2 WHERE k IS NULL", "INSERT INTO n VALUES (NULL, 1, 'q'), (NULL, 1, 'q')")
                .cycle("UPDATE r SET k = 2 WHERE k IS NULL", "DELETE FROM n WHERE k IS NULL")
                .maintains(
                        "SELECT l.id, r.id AS rid FROM l LEFT JOIN r ON l.k = r.k",
                        "SELECT l.id, r.id AS rid FROM l FULL JOIN r ON l.k = r.k",
                        "SELECT l.s, n.s AS t FROM l FULL JOIN n ON l.k = n.k",
                        "SELECT l.id, n.w FROM l LEFT JOIN n ON l.k IS NOT DISTINCT FROM n.k");
    }

    @Test
    void a_group_is_renamed_while_a_member_is_deleted() throws SQLException {
        pitfall()
                .cycle("UPDATE l SET s = 'z' WHERE s = 'a'", "DELETE FROM r WHERE id = 3")
                .cycle("UPDATE l SET s = 'b' WHERE id = 1", "DELETE FROM r WHERE k = 1", "DELETE FROM n WHERE k = 1")
                .cycle("UPDATE l SET s = NULL", "INSERT INTO r VALUES (10, 7, 1)")
                .maintains(
                        "SELECT l.s, count(*) AS c, count(r.id) AS m, sum(r.w) AS w FROM l LEFT JOIN r ON r.k = l.k"
                                + " GROUP BY l.s",
                        "SELECT l.s, max(n.w) AS w, count(n.s) AS c FROM l LEFT JOIN n ON n.k = l.k GROUP BY l.s"
                                + " HAVING count(*) > 0");
    }

    @Test
    void a_full_join_is_grouped_by_its_merged_key() throws SQLException {
        pitfall()
                .cycle("UPDATE l SET k = 9 WHERE id = 5", "DELETE FROM r WHERE k = 1")
                .cycle("UPDATE r SET k = 3 WHERE k = 9", "INSERT INTO n VALUES (NULL, 5, 'd'), (5, NULL, 'd')")
                .cycle("UPDATE l SET k = 3 WHERE k = 9", "UPDATE n SET k = coalesce(k, 0) + 1")
                .cycle("DELETE FROM l")
                .maintains(
                        "SELECT coalesce(l.k, r.k) AS k, sum(r.w) AS w, sum(l.v) AS v, count(*) AS c"
                                + " FROM l FULL JOIN r ON l.k = r.k GROUP BY coalesce(l.k, r.k)",
                        "SELECT k, l.v, n.w FROM l FULL JOIN n USING (k)",
                        "SELECT k, s, sum(v) AS v, sum(w) AS w FROM l NATURAL FULL JOIN n GROUP BY k, s",
                        "SELECT k, l.id, r.id AS r, n.w FROM l FULL JOIN n USING (k) LEFT JOIN r USING (k)");
    }

    @Test
    void any_condition_can_stand_in_on() throws SQLException {
        pitfall()
                .cycle("DELETE FROM r WHERE id = 1", "UPDATE l SET v = v + 2 WHERE id = 3")
                .cycle("INSERT INTO r VALUES (10, 1, 4), (11, 2, NULL)", "UPDATE l SET s = 'A' WHERE s = 'a'")
                .cycle("DELETE FROM n", "UPDATE r SET w = 1", "DELETE FROM l WHERE id = 2")
                .cycle("INSERT INTO n VALUES (1, 1, 'a')", "DELETE FROM r")
                .maintains(
                        "SELECT l.id, r.id AS rid FROM l LEFT JOIN r ON r.id = l.id",
                        "SELECT l.id, r.id AS rid FROM l LEFT JOIN r USING (k, id)",
                        "SELECT l.id, n.w FROM l NATURAL LEFT JOIN n",
                        "SELECT l.id, r.id AS rid FROM l LEFT JOIN r ON r.k = l.k AND l.v > 1 AND r.w = 4",
                        "SELECT l.id, n.w FROM l LEFT JOIN n ON upper(n.s) = upper(l.s) AND n.k = 1",
                        "SELECT l.id, r.id AS rid FROM l LEFT JOIN r ON r.k = l.k OR r.w = l.v",
                        "SELECT l.id, r.id AS rid FROM l LEFT JOIN r ON r.w BETWEEN l.v AND l.v + 2",
                        "SELECT l.id, r.id AS rid FROM l LEFT JOIN r ON r.k = l.k AND r.w <> l.v",
                        "SELECT l.id, n.w FROM l LEFT JOIN n ON true",
                        "SELECT l.id, n.w FROM l LEFT JOIN n ON l.v = 1",
                        "SELECT l.id, n.w FROM l FULL JOIN n ON l.k = n.k AND l.v > 1 AND n.w IS NOT NULL");
    }

    @Test
    void outer_joins_are_nested_on_both_sides() throws SQLException {
        pitfall()
                .cycle("DELETE FROM r WHERE k = 1", "DELETE FROM n WHERE k = 1", "UPDATE l SET k = 2 WHERE id = 1")
                .cycle("INSERT INTO r VALUES (10, 1, 1)", "INSERT INTO n VALUES (1, 1, 'z')", "UPDATE l SET k = 1")
                .cycle("DELETE FROM l WHERE id = 3", "UPDATE n SET k = 2", "UPDATE r SET k = 2 WHERE id = 10")
                .maintains(
                        "SELECT l.id, r.w, n.s FROM l LEFT JOIN r ON l.k = r.k LEFT JOIN n ON n.k = r.w",
                        "SELECT l.id, r.id AS rid, n.s FROM l LEFT JOIN (r JOIN n ON n.k = r.k) ON l.k = r.k",
                        "SELECT l.id, r.id AS rid, n.s FROM l RIGHT JOIN (r LEFT JOIN n ON n.w = r.w) ON l.k = r.k",
                        "SELECT l.id, q.c FROM l LEFT JOIN (SELECT k, count(*) AS c FROM n GROUP BY k) AS q ON q.k = l.k",
                        "SELECT l.id, q.c FROM l LEFT JOIN (SELECT k, coalesce(w, 7) AS c FROM n) AS q ON q.k = l.k",
                        "SELECT a.id, b.id AS b, c.id AS c FROM l a LEFT JOIN l b ON a.v = b.k LEFT JOIN l c ON c.id = b.v",
                        "SELECT x.c, count(*) AS n FROM (SELECT l.k, count(r.id) AS c FROM l LEFT JOIN r ON r.k = l.k"
                                + " GROUP BY l.k) AS x GROUP BY x.c",
                        "SELECT l.id, r.id AS rid FROM l LEFT JOIN r ON l.k = r.k JOIN n ON n.k = l.k AND n.w = r.w",
                        "SELECT l.id FROM l LEFT JOIN r ON l.k = r.k WHERE r.id IS NULL",
                        "SELECT count(*) AS c FROM l FULL JOIN r ON l.k = r.k FULL JOIN n ON n.k = r.k");
    }

    /** Marks of one input are taken before its rows meet many others, and full joins keep one side where a condition above wants it. */
    @Test
    void subqueries_look_at_one_side_of_joins_that_multiply_rows() throws SQLException {
        pitfall()
                .cycle(
                        "DELETE FROM n WHERE k = 2",
                        "UPDATE l SET k = 2 WHERE id = 1",
                        "INSERT INTO r VALUES (10, 7, 2)")
                .cycle("INSERT INTO n VALUES (NULL, NULL, 'x'), (1, 5, 'y')", "DELETE FROM l WHERE id = 3")
                .cycle("DELETE FROM n", "UPDATE r SET k = 1 WHERE id > 2", "UPDATE l SET v = 1")
                .cycle("INSERT INTO n VALUES (1, 1, 'a'), (7, 1, 'a'), (7, 1, 'a')", "UPDATE l SET k = 1 WHERE id = 4")
                .maintains(
                        "SELECT l.k, r.w, n.s FROM l JOIN r ON r.k = l.k JOIN n ON n.w = l.v"
                                + " WHERE l.v NOT IN (SELECT w FROM n)",
                        "SELECT l.k, n.s, count(*) AS c FROM l JOIN n ON n.k = l.k"
                                + " WHERE NOT EXISTS (SELECT FROM r WHERE r.w = l.v) GROUP BY l.k, n.s",
                        "SELECT l.id, n.s FROM l LEFT JOIN n ON n.k = l.k WHERE l.v IN (SELECT w FROM n)",
                        "SELECT l.k, n.w, r.w AS z FROM l FULL JOIN n ON n.k = l.k JOIN r ON r.k = l.k"
                                + " WHERE l.v NOT IN (SELECT w FROM n) AND EXISTS (SELECT FROM l AS e WHERE e.k = r.w)",
                        "SELECT l.k, n.w, r.w AS z FROM l FULL JOIN n ON n.k = l.k JOIN r ON r.k = n.k",
                        "SELECT l.k, n.w FROM l FULL JOIN n ON n.k = l.k WHERE n.w > 0",
                        "SELECT l.k, n.w FROM l FULL JOIN n ON n.k = l.k WHERE n.w > 0 AND l.v > 0",
                        "SELECT a.k, b.s FROM n AS a JOIN n AS b ON b.k = a.k"
                                + " WHERE a.w NOT IN (SELECT v FROM l) OR (a.k = 1 AND EXISTS (SELECT FROM r WHERE r.k = a.w))");
    }
}
