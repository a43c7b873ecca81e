package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Set operations, VALUES and recursions that are limited by, sorted within or computed for other rows. */
class ComputedRowsTest {

    private static final List<String> TABLES = List.of(
            "CREATE TABLE t (id int PRIMARY KEY, g int, x int, s text)",
            "CREATE TABLE n (id int, k int, seats int)",
            "CREATE TABLE e (a int, b int)",
            "CREATE TABLE cfg (name text PRIMARY KEY, v int)",
            "INSERT INTO t SELECT i, i % 3, i * 2 % 7, chr(97 + i % 4) FROM generate_series(1, 12) AS i",
            "INSERT INTO n VALUES (1, 1, 2), (1, 1, 1), (2, NULL, 3), (NULL, 2, 1), (3, 4, 2)",
            "INSERT INTO e VALUES (1, 2), (2, 3), (3, 4), (1, 3), (4, 1)",
            "INSERT INTO cfg VALUES ('top', 3), ('skip', 1)");

    private static final List<String> QUERIES = List.of(
            "SELECT id AS \"a b\", g + 1 FROM t UNION SELECT id, k FROM n ORDER BY 1, 2 LIMIT (SELECT v FROM cfg WHERE name = 'top')",
            "SELECT id, g FROM t UNION ALL SELECT id, k FROM n ORDER BY id, 2 LIMIT (SELECT v FROM cfg WHERE name = 'top')"
                    + " OFFSET (SELECT v FROM cfg WHERE name = 'skip')",
            "SELECT id FROM t EXCEPT SELECT id FROM n ORDER BY 1 DESC FETCH FIRST (SELECT v FROM cfg WHERE name = 'top')"
                    + " ROWS WITH TIES",
            "SELECT n.id, q.id AS i FROM n, LATERAL (SELECT id FROM t UNION ALL SELECT id FROM n AS m ORDER BY 1 LIMIT n.seats) AS q",
            "SELECT id, ARRAY(VALUES (g), (x) ORDER BY 1) AS a, ARRAY(VALUES (g), (x) ORDER BY 1 DESC LIMIT 1) AS b FROM t",
            "SELECT t.id, q.v FROM t, LATERAL (VALUES (t.g) UNION VALUES (t.x)) AS q (v)",
            "SELECT t.id, q.v FROM t, LATERAL (VALUES (t.g) UNION ALL SELECT k FROM n WHERE n.id = t.id) AS q (v)",
            "SELECT t.id, q.v FROM t, LATERAL (VALUES (t.g), (t.x) EXCEPT VALUES (1)) AS q (v)",
            "SELECT t.id, q.b FROM t, LATERAL (WITH RECURSIVE r AS (SELECT b FROM e WHERE a = t.g UNION SELECT e.b FROM r"
                    + " JOIN e ON e.a = r.b) SELECT b FROM r) AS q",
            "SELECT id, (WITH RECURSIVE r AS (SELECT b FROM e WHERE a = t.g UNION SELECT e.b FROM r JOIN e ON e.a = r.b"
                    + " WHERE e.b <> t.x) SELECT count(*) FROM r) AS c FROM t",
            "SELECT t.id, q.b FROM t LEFT JOIN LATERAL (WITH RECURSIVE r AS (SELECT b, 1 AS d FROM e WHERE a = t.g UNION ALL"
                    + " SELECT e.b, r.d + 1 FROM (SELECT * FROM r WHERE d < t.x) AS r JOIN e ON e.a = r.b WHERE r.d < 3)"
                    + " SELECT b FROM r) AS q ON true",
            "SELECT t.id, q.i FROM t, LATERAL (WITH RECURSIVE r (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < t.g)"
                    + " SELECT i FROM r) AS q",
            // The row of a function or of VALUES as a value; XMLTABLE and JSON_TABLE have names without an alias.
            "SELECT t.id, to_jsonb(q) AS q, q.n FROM t, unnest(ARRAY[t.g, t.x]) WITH ORDINALITY AS q (v, n) WHERE q.v < 5",
            "SELECT t.g, jsonb_agg(q ORDER BY q.n, t.id) AS q, count(q) AS c FROM t, unnest(ARRAY[t.g, t.x]) WITH ORDINALITY AS q (v, n)"
                    + " GROUP BY t.g",
            "SELECT n.id, to_jsonb(v) AS v FROM n JOIN (VALUES (1, 'x'), (2, NULL)) AS v (k, name) ON v.k = n.k",
            "SELECT n.id, to_jsonb(v) AS v, count(v) OVER (PARTITION BY n.k) AS c FROM (VALUES (1, 'x'), (7, NULL)) AS v (k, name)"
                    + " FULL JOIN n ON v.k = n.k",
            "SELECT t.id, w, xmltable.w || 'y' AS y FROM t, XMLTABLE('/r/x' PASSING xmlelement(name r, xmlelement(name x, t.s))"
                    + " COLUMNS w text PATH '.')",
            "SELECT t.id, w FROM t LEFT JOIN XMLTABLE('/r/x' PASSING xmlelement(name r, xmlelement(name x, t.s))"
                    + " COLUMNS w text PATH '.') ON xmltable.w <> 'b'");

    private static final List<List<String>> CHANGES = List.of(
            List.of(
                    "UPDATE cfg SET v = v + 1",
                    "INSERT INTO t VALUES (20, 1, 9, 'z'), (21, NULL, NULL, NULL)",
                    "UPDATE n SET seats = seats + 1, id = 2 WHERE id = 1"),
            List.of(
                    "DELETE FROM e WHERE a = 2",
                    "INSERT INTO e VALUES (2, 5), (2, 4)",
                    "UPDATE t SET x = x + 1, g = 2 WHERE id % 2 = 0"),
            List.of(
                    "DELETE FROM t WHERE id > 6",
                    "UPDATE cfg SET v = 2 WHERE name = 'top'",
                    "DELETE FROM n WHERE k IS NULL",
                    "INSERT INTO e VALUES (2, 3)"));

    @Test
    void rows_that_depend_on_other_rows_are_maintained() throws SQLException {
        List<Scenario.StreamTable> tables = new ArrayList<>();
        for (String query : QUERIES) {
            tables.add(new Scenario.StreamTable("st" + tables.size(), query, RefreshMode.DIFFERENTIAL, false));
        }
        try (Oracle oracle = new Oracle(TestServer.current())) {
            Oracle.Outcome outcome = oracle.play(new Scenario("computed", TABLES, tables, CHANGES, false));
            assertThat(outcome.failure()).isNull();
            assertThat(outcome.full()).isZero();
        }
    }
}
