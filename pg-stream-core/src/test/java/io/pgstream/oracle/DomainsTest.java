package io.pgstream.oracle;

import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A domain can refuse NULL, and an outer join, a grouping set or a subquery without a row makes one in a column of it all the same. PostgreSQL stores
 * it as it stores any value that has the type already; only a cast would be refused.
 */
class DomainsTest {

    private static final List<String> TABLES = List.of(
            "CREATE DOMAIN nn AS int NOT NULL",
            "CREATE DOMAIN pos AS numeric CHECK (VALUE IS NOT NULL AND VALUE > 0)",
            "CREATE DOMAIN js AS json NOT NULL",
            "CREATE DOMAIN tx AS text COLLATE \"C\" CHECK (VALUE IS NOT NULL)",
            "CREATE TABLE l (id int PRIMARY KEY, a nn, b pos, j js, t tx)",
            "CREATE TABLE r (id int PRIMARY KEY, a nn, b pos, j js, t tx)",
            "CREATE TABLE g (p nn, c nn)",
            "INSERT INTO g VALUES (1, 2), (2, 3)",
            "INSERT INTO l VALUES (1, 1, 1, '1', 'a'), (2, 2, 2.0, '2', 'b'), (3, 2, 2.00, '2', 'b'), (5, 7, 2, '2', 'b')",
            "INSERT INTO r VALUES (1, 1, 1, '1', 'a'), (3, 3, 3, '1', 'a'), (4, 3, 3, '1', 'a')",
            "CREATE TABLE kept AS SELECT l.id, r.a, r.b, r.j, r.t FROM l LEFT JOIN r USING (id)");

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
        return new Pitfall(oracle, TABLES)
                .cycle(
                        "INSERT INTO l VALUES (4, 4, 4, '1', 'a'), (6, 7, 4, '1', 'a')",
                        "DELETE FROM r WHERE id = 1",
                        "UPDATE l SET b = 2 WHERE id = 3",
                        "UPDATE kept SET id = id + 1",
                        "INSERT INTO g VALUES (3, 4)")
                .cycle(
                        "INSERT INTO r VALUES (2, 2, 2, '1', 'a'), (7, 2, 2, '1', 'a')",
                        "DELETE FROM l WHERE id = 2",
                        "UPDATE kept SET b = 4",
                        "DELETE FROM g WHERE p = 1")
                .cycle(
                        "INSERT INTO kept SELECT l.id, r.a, r.b, r.j, r.t FROM l LEFT JOIN r USING (id)",
                        "DELETE FROM r");
    }

    @Test
    void columns_of_outer_joins_are_null_whatever_their_domain_says() throws SQLException {
        pitfall()
                .maintains(
                        "SELECT l.id, r.a, r.b, r.t, r.j FROM l LEFT JOIN r ON l.a = r.a",
                        "SELECT l.t, r.a, r.b, r.j FROM l FULL JOIN r ON l.a = r.a",
                        "SELECT r.a, count(DISTINCT l.a) AS c, sum(DISTINCT r.b) AS d FROM l LEFT JOIN r USING (id) GROUP BY r.a",
                        "SELECT l.a, min(r.a) AS x, max(r.b) AS y, count(r.t) AS c FROM l LEFT JOIN r USING (id) GROUP BY l.a",
                        "SELECT l.id, r.a, lag(r.a) OVER (PARTITION BY r.a ORDER BY l.id) AS p FROM l LEFT JOIN r USING (id)",
                        "SELECT r.a, r.b FROM l LEFT JOIN r USING (id) EXCEPT SELECT a, b FROM l",
                        "SELECT DISTINCT ON (r.a) r.a, r.t, l.id FROM l LEFT JOIN r USING (id) ORDER BY r.a, l.id",
                        "SELECT r.a, r.b, l.id FROM l LEFT JOIN r USING (id) ORDER BY r.a, l.id LIMIT 3");
    }

    @Test
    void grouping_sets_subqueries_recursions_and_stored_nulls_of_a_domain_are_maintained() throws SQLException {
        pitfall()
                .maintains(
                        "SELECT GROUPING(a) AS gr, a, b, (SELECT count(*) FROM r WHERE r.a = l.a) AS c FROM l GROUP BY ROLLUP (a, b)",
                        "SELECT l.id, (SELECT r.a FROM r WHERE r.id = l.id) AS x, (SELECT r.j FROM r WHERE r.id = l.id + 1) AS y FROM l",
                        "SELECT l.id, (SELECT r.b FROM r WHERE r.a <= l.a ORDER BY r.id LIMIT 1) AS x FROM l",
                        "WITH RECURSIVE w AS (SELECT p, c FROM g UNION SELECT w.p, g.c FROM w JOIN g ON g.p = w.c) SELECT * FROM w",
                        "WITH RECURSIVE w AS (SELECT l.id, r.a, r.b FROM l LEFT JOIN r USING (id) UNION SELECT w.id + 1, w.a, w.b FROM"
                                + " w WHERE w.id < 6) SELECT * FROM w",
                        "SELECT * FROM kept",
                        "SELECT a, b, t, count(*) AS c FROM kept GROUP BY a, b, t",
                        "SELECT l.id, k.a, k.j FROM l LEFT JOIN kept AS k USING (id)",
                        "SELECT l.id FROM l WHERE l.a NOT IN (SELECT k.a FROM kept AS k)");
    }
}
