package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Stream tables are made of the text that PostgreSQL prints, which does not say all that its tree does. */
class PrintedQueryTest {

    private static final List<String> TABLES = List.of(
            "CREATE EXTENSION citext",
            "CREATE TABLE c (id int PRIMARY KEY, a citext, b citext, x xid, m money)",
            "CREATE VIEW v AS SELECT id, NULLIF(a, b) AS n, a IS DISTINCT FROM b AS d FROM c",
            "INSERT INTO c VALUES (1, 'A', 'a', '7', 1), (2, 'a', 'b', '7', 2), (3, NULL, 'B', '8', 1), (4, 'b', NULL, NULL, NULL)");

    private static final List<List<String>> CHANGES = List.of(
            List.of(
                    "INSERT INTO c VALUES (5, 'B', 'b', '8', 1), (6, 'c', 'C', '9', 3)",
                    "UPDATE c SET b = 'x' WHERE id = 1"),
            List.of("DELETE FROM c WHERE id = 2", "UPDATE c SET a = upper(a), x = '7', m = NULL WHERE id > 3"));

    private static Oracle oracle;

    @BeforeAll
    static void start() {
        oracle = new Oracle(TestServer.current());
    }

    @AfterAll
    static void stop() throws SQLException {
        oracle.close();
    }

    private static void assertMaintained(RefreshMode mode, List<String> queries) throws SQLException {
        List<Scenario.StreamTable> tables = IntStream.range(0, queries.size())
                .mapToObj(i -> new Scenario.StreamTable("st" + i, queries.get(i), mode, false))
                .toList();
        Scenario scenario = new Scenario("printed", TABLES, tables, CHANGES, false);
        assertThat(oracle.play(scenario).failure()).as(scenario.script()).isNull();
    }

    /** The equality of citext is not PostgreSQL's own, and nothing of what is printed here names it. */
    @Test
    void comparisons_that_are_printed_without_their_operator_keep_it() throws SQLException {
        List<String> queries = List.of(
                "SELECT id, NULLIF(a, b)::text AS n, a IS DISTINCT FROM b AS d FROM c",
                "SELECT id, CASE a WHEN b THEN 1 WHEN 'a' THEN 2 END AS k FROM c",
                "SELECT NULLIF(a, b) AS n, count(*) AS rows FROM c GROUP BY NULLIF(a, b)",
                "SELECT l.id, r.id AS other FROM c AS l JOIN (SELECT id, b AS a FROM c) AS r USING (a)",
                "SELECT v.id, v.n::text AS n, v.d FROM v",
                "SELECT c.id, (SELECT count(*) FROM v WHERE v.n = c.a) AS matches FROM c");
        assertMaintained(RefreshMode.DIFFERENTIAL, queries);
        assertMaintained(RefreshMode.FULL, queries);
        assertMaintained(RefreshMode.IMMEDIATE, queries.subList(0, 2));
    }

    /** Groups are found by {@code IS NOT DISTINCT FROM}, which looks for the equality of a type under the path. */
    @Test
    void values_are_compared_by_the_operators_of_their_type_wherever_these_are() throws SQLException {
        List<String> tables = List.of(
                "CREATE SCHEMA \"o apart\"",
                "CREATE EXTENSION citext SCHEMA \"o apart\"",
                "CREATE TABLE c (id int PRIMARY KEY, a \"o apart\".citext, b \"o apart\".citext NOT NULL, g int)",
                "CREATE TABLE k (a \"o apart\".citext PRIMARY KEY, v int)",
                "INSERT INTO c VALUES (1, 'A', 'a', 1), (2, 'a', 'A', 2), (3, NULL, 'B', 1), (4, 'b', 'b', 2)",
                "INSERT INTO k VALUES ('a', 1), ('B', 2)");
        List<String> queries = List.of(
                "SELECT count(*) AS rows, max(id) AS last FROM c GROUP BY a",
                "SELECT DISTINCT lower(a::text) AS a, lower(b::text) AS b FROM (SELECT DISTINCT a, b FROM c) AS q",
                "SELECT id, rank() OVER (PARTITION BY a ORDER BY id) AS place FROM c",
                "SELECT lower(a::text) AS a FROM (SELECT a FROM c EXCEPT ALL SELECT b FROM c WHERE g = 1) AS q",
                "SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY b ORDER BY id) AS n FROM c) AS q WHERE n = 1",
                "SELECT id FROM c WHERE a IN (SELECT a FROM k)",
                "SELECT a, v FROM k",
                "SELECT a, b FROM c");
        List<List<String>> changes = List.of(
                List.of(
                        "INSERT INTO c VALUES (5, 'a', 'B', 1), (6, 'B', 'A', 2)",
                        "UPDATE k SET a = 'A', v = 3 WHERE v = 1"),
                List.of("DELETE FROM c WHERE id IN (1, 4)", "UPDATE c SET a = upper(a::text), b = 'b' WHERE g = 1"));
        try (Oracle other = new Oracle(TestServer.current())) {
            for (RefreshMode mode : List.of(RefreshMode.DIFFERENTIAL, RefreshMode.FULL, RefreshMode.IMMEDIATE)) {
                List<Scenario.StreamTable> streams = IntStream.range(0, queries.size())
                        .mapToObj(i -> new Scenario.StreamTable("st" + i, queries.get(i), mode, false))
                        .toList();
                Scenario scenario = new Scenario("apart", tables, streams, changes, false);
                assertThat(other.play(scenario).failure()).as(scenario.script()).isNull();
                other.sql("DROP SCHEMA \"o apart\" CASCADE");
            }
        }
    }

    /** Numbers of books have a hash of 32 bits only, of which there is none of rows. */
    @Test
    void a_type_without_a_hash_of_64_bits_is_compared_by_its_order() throws SQLException {
        List<String> tables = List.of(
                "CREATE EXTENSION isn",
                "CREATE TABLE b (id int PRIMARY KEY, n isbn, g int)",
                "INSERT INTO b VALUES (1, '0-393-04002-X', 1), (2, '0-393-04002-X', 2), (3, NULL, 1)");
        List<Scenario.StreamTable> streams = List.of(
                new Scenario.StreamTable("st0", "SELECT n, g % 1 AS g FROM b", RefreshMode.DIFFERENTIAL, false),
                new Scenario.StreamTable(
                        "st1", "SELECT n, count(*) AS c FROM b GROUP BY n", RefreshMode.DIFFERENTIAL, false));
        Scenario scenario = new Scenario(
                "isn",
                tables,
                streams,
                List.of(
                        List.of("INSERT INTO b VALUES (4, '1-56619-909-3', 1), (5, NULL, 2)"),
                        List.of("DELETE FROM b WHERE id IN (1, 3)")),
                false);
        assertThat(oracle.play(scenario).failure()).as(scenario.script()).isNull();
    }

    /** Two decimals are one floating-point number: one of them can go, and there still is a match. */
    @Test
    void casts_that_are_not_printed_are_made() throws SQLException {
        List<String> tables = List.of(
                "CREATE TABLE l (id int PRIMARY KEY, f float8, g real, n bigint)",
                "CREATE TABLE r (id int PRIMARY KEY, f numeric, n int)",
                "INSERT INTO l VALUES (1, 0.1, 0.5, 1), (2, 0.2, 0.25, 2), (3, NULL, NULL, 3)",
                "INSERT INTO r VALUES (1, 0.1, 1), (2, 0.1 + 1e-20, 2)," + " (3, 0.5, 1), (4, 0.5 + 1e-20, 3)");
        List<String> queries = List.of(
                "SELECT id FROM l WHERE f IN (SELECT f FROM r)",
                "SELECT id FROM l WHERE f + 0 NOT IN (SELECT f FROM r WHERE n > 0)",
                "SELECT id, g = ANY (SELECT f + 0 FROM r) AS found FROM l",
                "SELECT id FROM l WHERE (f, n) IN (SELECT f, n FROM r)",
                "SELECT id FROM l WHERE n IN (SELECT n FROM r)",
                "SELECT l.id, r.k FROM l LEFT JOIN (SELECT f, id AS k FROM r) AS r USING (f)");
        List<List<String>> changes = List.of(
                List.of("DELETE FROM r WHERE id IN (1, 3)"),
                List.of("INSERT INTO r VALUES (5, 0.2, 2), (6, 0.2 - 1e-20, 2)", "UPDATE l SET n = 2 WHERE id = 1"),
                List.of("DELETE FROM r WHERE id IN (2, 4, 6)"));
        List<Scenario.StreamTable> streams = IntStream.range(0, queries.size())
                .mapToObj(i -> new Scenario.StreamTable("st" + i, queries.get(i), RefreshMode.DIFFERENTIAL, false))
                .toList();
        Scenario scenario = new Scenario("casts", tables, streams, changes, false);
        Oracle.Outcome outcome = oracle.play(scenario);
        assertThat(outcome.failure()).as(scenario.script()).isNull();
        assertThat(outcome.full()).isZero();
    }

    /** Grouping hashes all columns or sorts by all; xid can only be hashed, and money only be sorted. */
    @Test
    void types_that_are_grouped_in_different_ways_are_beside_each_other() throws SQLException {
        List<String> queries = List.of(
                "SELECT x, m FROM c UNION ALL SELECT x, m FROM c WHERE id > 2",
                "SELECT x, m, row_number() OVER (PARTITION BY b ORDER BY id) AS place FROM c",
                "SELECT l.m, r.x FROM c AS l LEFT JOIN c AS r ON r.id = l.id + 1",
                "SELECT x, m FROM c AS o WHERE EXISTS (SELECT FROM c AS i WHERE i.id > o.id)");
        assertMaintained(RefreshMode.DIFFERENTIAL, queries);
        assertMaintained(
                RefreshMode.AUTO,
                List.of("SELECT x, m FROM c AS o WHERE m > ALL (SELECT i.m FROM c AS i WHERE i.x = o.x)"));
    }

    /** Nothing is read for HAVING by itself, so that nothing of WHERE can fail. */
    @Test
    void having_without_aggregates_is_one_row() throws SQLException {
        assertMaintained(
                RefreshMode.DIFFERENTIAL,
                List.of(
                        "SELECT 1 AS one FROM c WHERE 1 / (id - 1) = 1 HAVING 1 < 2",
                        "SELECT 1 AS one FROM c HAVING (SELECT count(*) FROM c AS i) > 4"));
    }

    /** What looks for whole rows began anew at each digit. */
    @Test
    void a_number_of_many_digits_is_understood() throws SQLException {
        assertMaintained(
                RefreshMode.DIFFERENTIAL,
                List.of("SELECT id FROM c WHERE id < " + "9".repeat(50_000) + " AND id IN (SELECT id FROM c)"));
    }
}
