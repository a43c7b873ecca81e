package io.pgstream.oracle;

import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Joins by keys where several tables change at once: what the changed keys tell must be neither too much nor too little. */
class JoinKeysTest {

    private static final List<String> TABLES = List.of(
            "CREATE TABLE o (id int PRIMARY KEY, c int, d int NOT NULL, p text)",
            "CREATE TABLE l (o int, n int, q numeric, s int)",
            "CREATE TABLE c (id int PRIMARY KEY, g text, r int)",
            "CREATE TABLE a (x int, y int, z int, PRIMARY KEY (x, y))",
            "CREATE INDEX ON l (o)",
            "CREATE INDEX ON o (c)",
            "INSERT INTO o SELECT i, i % 7, i % 10, 'p' || i % 3 FROM generate_series(1, 40) AS i",
            "INSERT INTO l SELECT i % 40, i % 4, i * 1.5, i % 5 FROM generate_series(1, 160) AS i",
            "INSERT INTO l VALUES (3, 1, 1.0, 1), (3, 1, 1.0, 1), (NULL, 1, 2, 1), (99, 1, 2, 2)",
            "INSERT INTO c SELECT i, CASE WHEN i % 2 = 0 THEN 'even' ELSE 'odd' END, i FROM generate_series(0, 8) AS i",
            "INSERT INTO a SELECT i % 5, i / 5, i FROM generate_series(0, 24) AS i",
            "ANALYZE");

    private static final String[] QUERIES = {
        "SELECT l.o, l.n, l.q, o.p FROM l JOIN o ON o.id = l.o",
        "SELECT l.o, l.q, o.p FROM l JOIN o ON o.id = l.o AND o.d < 5",
        "SELECT o.p, count(*) AS n, sum(l.q) AS q FROM l JOIN o ON o.id = l.o JOIN c ON c.id = o.c AND c.g = 'odd'"
                + " GROUP BY o.p",
        "SELECT l.q, o.d, c.g, a.z FROM l, o, c, a WHERE l.o = o.id AND o.c = c.id AND a.x = l.n AND a.y = l.s",
        "SELECT o.id, l.q FROM o LEFT JOIN l ON l.o = o.id AND o.d > 3 AND l.n <> 2",
        "SELECT l.n, o.p, o.d FROM l LEFT JOIN o ON o.id = l.o AND l.n IN (SELECT c.r FROM c)",
        "SELECT x.id, y.id AS y, z.id AS z FROM o x JOIN o y ON y.id = x.d JOIN o z ON z.id = x.d",
        "SELECT l.q, o.p FROM l, o WHERE (l.o = o.id AND l.n = 1 AND o.d < 3) OR (l.o = o.id AND l.n = 2 AND o.d > 6)",
        "SELECT l.q, o.p FROM l, o WHERE l.o = o.id AND ((l.n = 1 AND o.d < 3) OR (l.q > 100 AND o.p = 'p1') OR o.d = 4)",
        "SELECT o.id, o.p FROM o WHERE o.d = 2 AND EXISTS (SELECT 1 FROM l WHERE l.o = o.id AND l.q > 20)",
        "SELECT o.id, o.p FROM o WHERE o.d = 2 AND NOT EXISTS (SELECT 1 FROM l WHERE l.o = o.id AND l.q > 20)",
        "SELECT o.id, o.d FROM o WHERE o.d > (SELECT avg(c.r) FROM c)",
        "SELECT o.id, o.d FROM o WHERE NOT (o.d * 2 > (SELECT sum(l.n) FROM l WHERE l.s = 1) / 9)",
        "SELECT o.p, count(*) AS n FROM o, l WHERE l.o = o.id AND o.id IN (SELECT l.o FROM l GROUP BY l.o HAVING sum(l.q) > 390)"
                + " GROUP BY o.p",
    };

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
    void both_sides_come_go_and_change_in_one_cycle() throws SQLException {
        new Pitfall(oracle, TABLES)
                .cycle(
                        "INSERT INTO o VALUES (50, 1, 1, 'p1'), (99, 2, 2, 'p2')",
                        "INSERT INTO l VALUES (50, 1, 5, 1), (50, 2, 200, 2), (51, 1, 1, 1)",
                        "DELETE FROM l WHERE o = 4",
                        "DELETE FROM o WHERE id IN (4, 5)",
                        "UPDATE o SET d = 9 - d WHERE id % 6 = 0",
                        "UPDATE l SET q = q + 1, n = n + 1 WHERE o % 3 = 0")
                .cycle(
                        "UPDATE o SET p = p WHERE id < 20",
                        "UPDATE l SET s = s WHERE o < 10",
                        "UPDATE c SET g = 'odd' WHERE id < 4",
                        "UPDATE c SET r = r + 3",
                        "UPDATE a SET z = -z WHERE x = 1")
                .cycle(
                        "UPDATE o SET id = id + 100 WHERE id BETWEEN 10 AND 15",
                        "UPDATE l SET o = o + 100 WHERE o BETWEEN 12 AND 17",
                        "INSERT INTO o VALUES (12, 3, 3, 'p0')",
                        "DELETE FROM a WHERE y = 2",
                        "INSERT INTO a VALUES (0, 2, 7), (9, 9, 9)",
                        "DELETE FROM c WHERE id = 3")
                .cycle(
                        "DELETE FROM o WHERE id = 20",
                        "INSERT INTO o VALUES (20, 1, 1, 'back')",
                        "INSERT INTO l VALUES (20, 1, 7.50, 1)",
                        "DELETE FROM o WHERE id = 21",
                        "INSERT INTO o SELECT 21, c, 2, p FROM o WHERE id = 22",
                        "UPDATE l SET q = q * 1.00 WHERE o = 22",
                        "INSERT INTO c VALUES (3, 'odd', 90)")
                .cycle("DELETE FROM c", "DELETE FROM l WHERE o % 2 = 0")
                .cycle("INSERT INTO c VALUES (1, 'odd', 1), (2, 'odd', NULL)", "DELETE FROM o WHERE d < 5")
                .maintains(QUERIES);
    }

    @Test
    void only_one_side_changes() throws SQLException {
        new Pitfall(oracle, TABLES)
                .cycle("UPDATE l SET q = q + 100 WHERE n = 1", "DELETE FROM l WHERE n = 3")
                .cycle("UPDATE o SET d = (d + 5) % 10", "DELETE FROM o WHERE id > 35")
                .cycle("UPDATE c SET r = 0, g = 'odd'")
                .cycle("INSERT INTO a VALUES (0, 7, 1)", "UPDATE a SET y = y + 10 WHERE x = 2")
                .maintains(QUERIES);
    }
}
