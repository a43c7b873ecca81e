package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.RefreshMode;
import io.pgstream.UnsupportedQueryException;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WITH RECURSIVE: trees, graphs with and without cycles, several ways to one row, and everything that can be done to their edges. */
class RecursionTest {

    private static final List<String> TABLES = List.of(
            "CREATE TABLE staff (id int PRIMARY KEY, boss int, name text, pay numeric(8,2) NOT NULL)",
            "CREATE INDEX ON staff (boss)",
            "CREATE TABLE edge (s int, d int, w int)",
            "CREATE INDEX ON edge (s)",
            "CREATE TABLE start (id int, label text)",
            "CREATE TABLE wall (k int)",
            "INSERT INTO staff SELECT g, nullif(g / 2, 0), 'n' || g, g FROM generate_series(1, 9) AS g",
            "INSERT INTO edge VALUES (1, 2, 1), (2, 3, 1), (1, 3, 2), (3, 4, 1), (4, 5, 1), (3, 4, 1), (NULL, 1, 1), (5, NULL, 2)",
            "INSERT INTO start VALUES (1, 'a'), (3, 'b'), (3, 'b'), (NULL, 'c')",
            "INSERT INTO wall VALUES (5)");

    private static final String CHART =
            "WITH RECURSIVE r(id, name, depth, path) AS (SELECT id, name, 0, ARRAY[id] FROM staff WHERE boss IS NULL"
                    + " UNION ALL SELECT s.id, s.name, r.depth + 1, r.path || s.id FROM staff s JOIN r ON s.boss = r.id) ";

    private static final String REACH =
            "WITH RECURSIVE r AS (SELECT s, d FROM edge UNION" + " SELECT r.s, e.d FROM r JOIN edge e ON e.s = r.d) ";

    private static final String FROM_START =
            "WITH RECURSIVE r(x) AS (SELECT id FROM start UNION" + " SELECT e.d FROM r JOIN edge e ON e.s = r.x) ";

    private static final String PARTS = "WITH RECURSIVE r(x, depth, amount) AS (SELECT id, 0, 1 FROM start UNION ALL"
            + " SELECT e.d, r.depth + 1, r.amount * e.w FROM r JOIN edge e ON e.s = r.x WHERE r.depth < 5) ";

    private static Pitfall pitfall(Oracle oracle) {
        return new Pitfall(oracle, TABLES);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void an_organisation_is_followed_through_hiring_leaving_and_moving_subtrees(int version) throws SQLException {
        try (Oracle oracle = new Oracle(TestServer.of(version))) {
            pitfall(oracle)
                    .cycle(
                            "INSERT INTO staff VALUES (10, 3, 'x', 1), (11, 10, 'y', 1)",
                            "DELETE FROM staff WHERE id = 9")
                    .cycle("UPDATE staff SET boss = 3 WHERE id = 2")
                    .cycle("UPDATE staff SET name = 'z' || name WHERE id IN (1, 4)", "DELETE FROM staff WHERE id = 5")
                    .cycle("INSERT INTO staff VALUES (5, 1, 'again', 1)", "UPDATE staff SET pay = pay + 1")
                    .cycle("DELETE FROM staff WHERE id = 1")
                    .cycle("TRUNCATE staff", "INSERT INTO staff VALUES (1, NULL, 'a', 2), (2, 1, 'b', 3)")
                    .cycle("UPDATE staff SET boss = 1 WHERE id = 2", "INSERT INTO staff VALUES (3, 2, 'c', 1)")
                    .maintains(
                            CHART + "SELECT * FROM r",
                            CHART + "SELECT depth, count(*) AS c, max(path) AS m FROM r GROUP BY depth",
                            CHART + "SELECT r.id, s.pay FROM r JOIN staff s ON s.id = ANY (r.path) WHERE r.depth > 1",
                            CHART + "SELECT a.id, b.id AS below FROM r a JOIN r b ON b.path @> a.path",
                            CHART + "SELECT id, rank() OVER (PARTITION BY depth ORDER BY id) AS k FROM r",
                            CHART + "SELECT id, depth FROM r ORDER BY depth DESC, id LIMIT 3",
                            CHART + "SELECT s.id FROM staff s WHERE NOT EXISTS (SELECT 1 FROM r WHERE r.id = s.id)");
        }
    }

    /** Two edges that change places: what both sides derive adds up to nothing, and all of it has to go. */
    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_subtree_that_becomes_a_cycle_of_its_own_goes(int version) throws SQLException {
        try (Oracle oracle = new Oracle(TestServer.of(version))) {
            pitfall(oracle)
                    .cycle("UPDATE staff SET boss = 5 - id WHERE id IN (2, 3)")
                    .cycle("UPDATE staff SET boss = 1 WHERE id = 3")
                    .cycle("UPDATE staff SET boss = 9 WHERE id = 2")
                    .cycle("UPDATE staff SET boss = id WHERE id = 4")
                    .cycle("UPDATE staff SET boss = 1 WHERE id IN (2, 4)")
                    .maintains(CHART + "SELECT * FROM r", CHART + "SELECT count(*) AS c FROM r");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void reachability_is_exact_on_cycles(int version) throws SQLException {
        try (Oracle oracle = new Oracle(TestServer.of(version))) {
            pitfall(oracle)
                    .cycle("INSERT INTO edge VALUES (5, 1, 1)")
                    .cycle("DELETE FROM edge WHERE s = 1 AND d = 2")
                    .cycle("DELETE FROM edge WHERE s = 1 AND d = 3", "INSERT INTO wall VALUES (3), (NULL)")
                    .cycle("DELETE FROM start WHERE id = 1")
                    .cycle("DELETE FROM edge WHERE ctid = (SELECT min(ctid) FROM edge WHERE s = 3)")
                    .cycle("UPDATE edge SET s = d, d = s")
                    .cycle("INSERT INTO edge VALUES (4, 4, 4), (NULL, NULL, 1)", "DELETE FROM start")
                    .cycle("INSERT INTO start VALUES (4, 'x'), (NULL, NULL)", "UPDATE edge SET w = 9")
                    .cycle("TRUNCATE edge")
                    .cycle("INSERT INTO edge SELECT i, i + 1, 1 FROM generate_series(1, 20) AS i")
                    .maintains(
                            REACH + "SELECT * FROM r",
                            REACH + "SELECT r.s, count(*) AS c FROM r GROUP BY r.s",
                            REACH + "SELECT a.s, b.d FROM r a JOIN r b ON a.d = b.s WHERE a.s = b.d",
                            FROM_START + "SELECT * FROM r",
                            FROM_START + "SELECT start.label, r.x FROM r LEFT JOIN start ON start.id = r.x",
                            "WITH RECURSIVE r(x) AS (SELECT id FROM start UNION SELECT e.d FROM r JOIN edge e ON e.s = r.x"
                                    + " WHERE NOT EXISTS (SELECT 1 FROM wall WHERE wall.k = e.d)) SELECT * FROM r",
                            "WITH RECURSIVE r(x, depth) AS (SELECT id, 0 FROM start UNION SELECT e.d, depth + 1 FROM r"
                                    + " JOIN edge e ON e.s = r.x WHERE depth < 6) SELECT x, min(depth) AS m FROM r GROUP BY x",
                            "WITH RECURSIVE r(x) AS (SELECT id FROM start UNION SELECT DISTINCT e.d FROM r JOIN edge e ON e.s = r.x)"
                                    + " SELECT * FROM r");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void each_way_to_a_part_counts(int version) throws SQLException {
        try (Oracle oracle = new Oracle(TestServer.of(version))) {
            pitfall(oracle)
                    .cycle("INSERT INTO edge VALUES (1, 4, 3), (1, 2, 1)")
                    .cycle("DELETE FROM edge WHERE ctid = (SELECT min(ctid) FROM edge WHERE s = 1 AND d = 2)")
                    .cycle("UPDATE edge SET w = w + 1 WHERE s = 3", "DELETE FROM start WHERE id = 3")
                    .cycle("INSERT INTO edge VALUES (4, 1, 2)", "UPDATE start SET label = 'z'")
                    .cycle("DELETE FROM edge WHERE s = 2", "UPDATE edge SET d = 2 WHERE d = 3")
                    .cycle("INSERT INTO start VALUES (2, 'x'), (2, 'x')", "DELETE FROM edge WHERE s = 4")
                    .maintains(
                            PARTS + "SELECT * FROM r",
                            PARTS + "SELECT x, sum(amount) AS s, count(*) AS c FROM r GROUP BY x",
                            "WITH RECURSIVE r(x, path) AS (SELECT id, ARRAY[id] FROM start UNION ALL SELECT e.d, path || e.d"
                                    + " FROM r JOIN edge e ON e.s = r.x WHERE e.d <> ALL (path)) SELECT * FROM r",
                            "WITH RECURSIVE r(x, n) AS (SELECT id, 0 FROM start UNION ALL SELECT e.d, n + 1"
                                    + " FROM r LEFT JOIN edge e ON e.s = r.x WHERE n < 3) SELECT * FROM r",
                            "WITH RECURSIVE r(x, t) AS (SELECT id, 0::bigint FROM start UNION ALL SELECT e.d, t + e.w + s.id"
                                    + " FROM r JOIN edge e ON e.s = r.x JOIN staff s ON s.id = e.d WHERE t < 20) SELECT * FROM r");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void recursive_queries_read_one_another_and_other_queries(int version) throws SQLException {
        try (Oracle oracle = new Oracle(TestServer.of(version))) {
            pitfall(oracle)
                    .cycle("INSERT INTO edge VALUES (2, 7, 1), (7, 1, 0)")
                    .cycle("DELETE FROM edge WHERE d = 3", "UPDATE staff SET boss = 2 WHERE id = 7")
                    .cycle("DELETE FROM start WHERE id = 1", "INSERT INTO start VALUES (6, 'q')")
                    .cycle("UPDATE edge SET w = 1 - w WHERE w < 2")
                    .maintains(
                            "WITH RECURSIVE a(x) AS (SELECT y FROM c), c(y) AS (SELECT id FROM start UNION"
                                    + " SELECT e.d FROM c JOIN edge e ON e.s = c.y) SELECT x FROM a",
                            "WITH RECURSIVE q AS (SELECT s, d FROM edge WHERE w > 0), r AS (SELECT s, d FROM q UNION"
                                    + " SELECT r.s, q.d FROM r JOIN q ON q.s = r.d) SELECT * FROM r",
                            "WITH RECURSIVE r(x) AS (SELECT id FROM start UNION SELECT e.d FROM r JOIN edge e ON e.s = r.x),"
                                    + " u(y) AS (SELECT x FROM r UNION SELECT s.boss FROM u JOIN staff s ON s.id = u.y)"
                                    + " SELECT u.y, (SELECT count(*) FROM r WHERE r.x = u.y) AS c FROM u",
                            "WITH RECURSIVE r(x, k) AS (SELECT id, label FROM start UNION SELECT e.d, q.m FROM r JOIN edge e ON e.s = r.x"
                                    + " JOIN (SELECT id, max(label) AS m FROM start GROUP BY id) q ON q.id = e.d) SELECT * FROM r",
                            "SELECT id FROM staff WHERE id IN (WITH RECURSIVE r(x) AS (SELECT d FROM edge WHERE s = 1 UNION"
                                    + " SELECT e.d FROM r JOIN edge e ON e.s = r.x) SELECT x FROM r)");
        }
    }

    /** These look at several rows of one step at once, or put rows in whatever was found: no row of theirs has an effect of its own. */
    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void steps_that_are_not_linear_are_computed_again(int version) throws SQLException {
        try (Oracle oracle = new Oracle(TestServer.of(version))) {
            pitfall(oracle)
                    .cycle("INSERT INTO edge VALUES (1, 4, 3), (1, 2, 1)")
                    .cycle("DELETE FROM edge WHERE d = 2", "INSERT INTO wall VALUES (1), (2)")
                    .cycle("DELETE FROM start WHERE id = 3", "UPDATE edge SET w = 7 WHERE s = 4")
                    .maintains(
                            "WITH RECURSIVE r(x, c) AS (SELECT id, 1 FROM start UNION ALL SELECT DISTINCT e.d, c + 1"
                                    + " FROM r JOIN edge e ON e.s = r.x WHERE c < 4) SELECT * FROM r",
                            "WITH RECURSIVE r(x, c, k) AS (SELECT id, 1, 0::bigint FROM start UNION ALL"
                                    + " SELECT e.d, c + 1, count(*) OVER (PARTITION BY e.d) FROM r JOIN edge e ON e.s = r.x WHERE c < 3)"
                                    + " SELECT c, sum(k) AS s FROM r GROUP BY c",
                            "WITH RECURSIVE r(x) AS (SELECT id FROM start UNION (SELECT e.d FROM r JOIN edge e ON e.s = r.x UNION SELECT k FROM wall))"
                                    + " SELECT * FROM r",
                            "WITH RECURSIVE r(x) AS (SELECT id FROM start UNION (WITH RECURSIVE q(y) AS (SELECT e.d FROM r JOIN edge e ON e.s = r.x"
                                    + " UNION SELECT s.id FROM q JOIN staff s ON s.boss = q.y) SELECT y FROM q)) SELECT * FROM r");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void random_graphs_under_random_changes(int version) throws SQLException {
        Random random = new Random(version);
        try (Oracle oracle = new Oracle(TestServer.of(version))) {
            Pitfall pitfall = pitfall(oracle);
            for (int i = 0; i < 12; i++) {
                List<String> changes = new ArrayList<>();
                for (int k = random.nextInt(5); k >= 0; k--) {
                    changes.add(change(random));
                }
                pitfall.cycle(changes.toArray(String[]::new));
            }
            pitfall.maintains(
                    REACH + "SELECT * FROM r",
                    FROM_START + "SELECT start.label, r.x FROM r JOIN start ON start.id = r.x",
                    PARTS + "SELECT x, sum(amount) AS s, count(*) AS c FROM r GROUP BY x");
        }
    }

    private static String change(Random random) {
        int a = random.nextInt(7);
        int b = random.nextInt(7);
        return switch (random.nextInt(7)) {
            case 0, 1, 2 -> "INSERT INTO edge VALUES (" + a + ", " + b + ", 1)";
            case 3 -> "DELETE FROM edge WHERE s = " + a + " AND d >= " + b;
            case 4 -> "UPDATE edge SET d = " + b + " WHERE s = " + a;
            case 5 -> "UPDATE start SET id = " + b + " WHERE id = " + a;
            default -> "DELETE FROM edge WHERE s = " + a;
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void subqueries_are_asked_for_the_rows_of_a_recursion(int version) throws SQLException {
        try (Oracle oracle = new Oracle(TestServer.of(version))) {
            pitfall(oracle)
                    .cycle("INSERT INTO staff VALUES (10, 3, 'x', 1)", "INSERT INTO start VALUES (9, 'd')")
                    .cycle("DELETE FROM staff WHERE id = 4", "UPDATE start SET id = id + 1")
                    .cycle("UPDATE staff SET boss = 2 WHERE id = 3")
                    .maintains(
                            CHART + "SELECT r.id, (SELECT count(*) FROM start t WHERE t.id < r.depth) AS n FROM r",
                            CHART + "SELECT t.id, (SELECT max(r.id) FROM r WHERE r.depth < t.id) AS m FROM start t",
                            FROM_START + "SELECT r.x, l.id FROM r LEFT JOIN LATERAL (SELECT s.id FROM staff s"
                                    + " WHERE s.id > r.x ORDER BY s.id LIMIT 1) AS l ON true");
        }
    }

    @Test
    void search_and_cycle_are_followed_through_new_and_broken_cycles_on_15() throws SQLException {
        searchAndCycle(15);
    }

    @Test
    void search_and_cycle_are_followed_through_new_and_broken_cycles_on_18() throws SQLException {
        searchAndCycle(18);
    }

    private static void searchAndCycle(int version) throws SQLException {
        String walk =
                "WITH RECURSIVE r(x) AS (SELECT id FROM start UNION ALL SELECT e.d FROM edge e JOIN r q ON e.s = q.x) ";
        String distinct = walk.replace("UNION ALL", "UNION");
        String pairs = "WITH RECURSIVE r AS (SELECT s, d FROM edge WHERE s = 1 UNION ALL SELECT e.s, e.d FROM edge e, r"
                + " WHERE e.s = r.d) CYCLE s, d SET again USING way ";
        String chart = "WITH RECURSIVE r AS (SELECT id, boss FROM staff WHERE boss IS NULL UNION ALL"
                + " SELECT s.id, s.boss FROM staff s JOIN r ON s.boss = r.id) ";
        try (Oracle oracle = new Oracle(TestServer.of(version))) {
            pitfall(oracle)
                    .cycle("INSERT INTO edge (s, d) VALUES (1, 2), (2, 1), (2, NULL)", "DELETE FROM staff WHERE id = 9")
                    .cycle("DELETE FROM edge WHERE s = 2 AND d = 1", "UPDATE staff SET boss = 3 WHERE id = 2")
                    .cycle("DELETE FROM edge WHERE d IS NULL", "INSERT INTO start (id) VALUES (2)")
                    .maintains(
                            walk + "CYCLE x SET c USING p SELECT x, c, cardinality(p) AS n FROM r",
                            distinct + "CYCLE x SET c TO 'yes' DEFAULT 'no' USING p SELECT x FROM r WHERE c = 'no'",
                            pairs + "SELECT s, d, again FROM r",
                            chart + "SEARCH DEPTH FIRST BY id SET o SELECT id, rank() OVER (ORDER BY o) AS k FROM r",
                            chart + "SEARCH DEPTH FIRST BY boss, id SET o SELECT id FROM r ORDER BY o",
                            chart + "SEARCH BREADTH FIRST BY boss, id SET o SELECT id, o::text AS t FROM r",
                            chart + "SEARCH BREADTH FIRST BY id SET o CYCLE id SET c USING p SELECT id, c FROM r"
                                    + " ORDER BY o DESC LIMIT 3");
        }
    }

    @Test
    void paths_that_are_values_are_refused_by_name() throws SQLException {
        try (Oracle oracle = new Oracle(TestServer.current())) {
            oracle.reset();
            TABLES.forEach(oracle::run);
            for (String clause : List.of("CYCLE x SET c USING p", "SEARCH DEPTH FIRST BY x SET p")) {
                String query = "WITH RECURSIVE r(x) AS (SELECT id FROM start UNION ALL SELECT e.d FROM r JOIN edge e"
                        + " ON e.s = r.x) " + clause + " SELECT x, p::text AS p FROM r";
                assertThatThrownBy(() ->
                                oracle.create(new Scenario.StreamTable("st", query, RefreshMode.DIFFERENTIAL, false)))
                        .isInstanceOf(UnsupportedQueryException.class)
                        .hasMessageContaining(clause.substring(0, clause.indexOf(' ')));
            }
        }
    }
}
