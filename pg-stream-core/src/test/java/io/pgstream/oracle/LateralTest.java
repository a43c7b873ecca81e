package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.test.TestServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FROM items that are computed from other items, or from nothing at all. */
class LateralTest {

    private static final List<String> TABLES = List.of(
            "CREATE TYPE pair AS (a int, b text)",
            "CREATE FUNCTION pairs(int) RETURNS SETOF pair IMMUTABLE LANGUAGE sql AS $$SELECT i, 'p' || i FROM generate_series(1, $1) i$$",
            "CREATE FUNCTION \"Some Rows\"(int) RETURNS SETOF int IMMUTABLE LANGUAGE sql AS 'SELECT generate_series(1, $1)'",
            "CREATE FUNCTION series(low int, VARIADIC \"More\" int[] DEFAULT '{}') RETURNS SETOF int IMMUTABLE LANGUAGE sql"
                    + " AS 'SELECT low UNION ALL SELECT unnest($2)'",
            "CREATE TABLE t (id int PRIMARY KEY, k int, s text, tags text[], nums int[], j jsonb)",
            "CREATE TABLE n (id int, k int)",
            "CREATE INDEX ON n (id)",
            "INSERT INTO t VALUES (1, 1, 'a b', '{a,b}', '{1,1,2}', '{\"a\": [1, 2, {\"b\": 3}]}'), (2, NULL, 'b', '{}', NULL, NULL),"
                    + " (3, 1, NULL, NULL, '{3,NULL}', '{}'), (6, 2, 'x y z', '{x,a}', '{1}', '{\"a\": [5]}')",
            "INSERT INTO n VALUES (1, 1), (1, 1), (2, NULL), (NULL, 2), (6, 3), (3, 0)");

    private static final List<List<String>> CHANGES = List.of(
            List.of(
                    "INSERT INTO t VALUES (4, 2, 'a c d', '{x,a,a}', '{4,5}', '{\"a\": [{\"b\": 2}, {\"b\": 2}]}')",
                    "UPDATE n SET k = 2 WHERE id = 1"),
            List.of("DELETE FROM t WHERE id = 1", "INSERT INTO n VALUES (4, 2), (3, NULL)"),
            List.of("UPDATE t SET s = 'b d', k = 3, tags = '{b}', nums = nums || 2", "DELETE FROM n WHERE k = 2"),
            List.of("TRUNCATE n"));

    private static void assertMaintained(int version, String... queries) throws Exception {
        List<Scenario.StreamTable> tables = new ArrayList<>();
        for (String query : queries) {
            tables.add(new Scenario.StreamTable("st" + tables.size(), query, RefreshMode.DIFFERENTIAL, false));
        }
        try (Oracle oracle = new Oracle(TestServer.of(version))) {
            for (boolean bulk : List.of(false, true)) {
                Scenario scenario = new Scenario("laterals", TABLES, tables, CHANGES, bulk);
                assertThat(oracle.play(scenario).failure())
                        .as(scenario.script())
                        .isNull();
            }
            SynchronousPitfalls.lay(oracle, new Scenario("laterals", TABLES, tables, CHANGES, false));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void functions_in_from_are_maintained(int version) throws Exception {
        assertMaintained(
                version,
                "SELECT t.id, g FROM t, generate_series(1, t.k) AS g",
                "SELECT t.id, tag FROM t CROSS JOIN LATERAL unnest(t.tags) AS tag",
                "SELECT t.id, u.tag, u.o FROM t, unnest(t.tags) WITH ORDINALITY AS u(tag, o)",
                "SELECT u.tag FROM t, unnest(t.tags) AS u(tag) WHERE t.k = 1 AND u.tag <> 'b'",
                "SELECT t.id, e.value ->> 'b' AS b FROM t, jsonb_array_elements(t.j -> 'a') AS e WHERE jsonb_typeof(e.value) = 'object'",
                "SELECT t.id, e.key, e.value FROM t, jsonb_each(t.j) AS e",
                "SELECT t.id, m.parts[1] AS a FROM t, regexp_matches(t.s, '([a-z])', 'g') AS m(parts)",
                "SELECT t.id, r.* FROM t, ROWS FROM (unnest(t.tags), generate_series(1, t.k), pairs(2)) WITH ORDINALITY AS r(a, b, c, d, o)",
                "SELECT t.id, x.a, x.b FROM t, jsonb_to_recordset(t.j -> 'a') AS x(a int, b numeric(5,1)) WHERE t.id <> 1 AND t.id <> 6",
                "SELECT t.id, x.a, x.\"the B\" FROM t, ROWS FROM (jsonb_to_record(t.j) AS (a jsonb, \"the B\" varchar(3))) AS x",
                "SELECT t.id, p.a, p.b FROM t, pairs(t.k) AS p",
                "SELECT t.id, x FROM t, jsonb_path_query(t.j, 'strict $.a[*].b', silent => true) AS x",
                "SELECT t.id, x FROM t, series(t.k, VARIADIC t.nums) AS x",
                "SELECT t.id, x FROM t LEFT JOIN LATERAL series(low => t.id, VARIADIC \"More\" => ARRAY[t.k, 2]) AS x ON x > 1",
                "SELECT t.id, p FROM t, \"Some Rows\"(t.k) AS p",
                "SELECT t.id, w FROM t, regexp_split_to_table(t.s, '\\s+') w, string_to_table(t.s, ' ') x WHERE w = x",
                "SELECT t.id, a.x, b.y FROM t, unnest(t.nums) AS a(x), generate_series(a.x, t.k) AS b(y)",
                "SELECT count(*) AS c, sum(x) AS s, min(x) AS m FROM t, unnest(t.nums) AS u(x)",
                "SELECT x, count(*) AS c, max(t.k) AS m FROM t, unnest(t.nums) AS u(x) GROUP BY x HAVING count(*) > 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_comma_before_joins_of_laterals_is_no_obstacle(int version) throws Exception {
        assertMaintained(
                version,
                "SELECT t.id, a.c, b.m FROM t, LATERAL (SELECT count(*) AS c FROM n WHERE n.id = t.id) AS a"
                        + " CROSS JOIN LATERAL (SELECT max(n.k) AS m FROM n WHERE n.id = t.k) AS b",
                "SELECT t.id, a.c, b.x FROM t, LATERAL (SELECT count(*) AS c FROM n WHERE n.id = t.id) AS a"
                        + " LEFT JOIN (VALUES (1, 2), (2, 3)) AS b(c, x) ON b.c = a.c, n WHERE n.k = t.k",
                "SELECT t.id, a.k, b.m, v.x FROM t, LATERAL (SELECT n.k FROM n WHERE n.id = t.id) AS a"
                        + " JOIN LATERAL (SELECT max(n.k) AS m FROM n WHERE n.id = a.k) AS b ON true"
                        + " LEFT JOIN (VALUES (1, 'x')) AS v(k, x) ON v.k = a.k",
                "SELECT t.id, u.x, b.m FROM t, LATERAL unnest(t.nums) AS u(x)"
                        + " CROSS JOIN LATERAL (SELECT max(n.k) AS m FROM n WHERE n.id = u.x) AS b");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void functions_join_with_tables(int version) throws Exception {
        assertMaintained(
                version,
                "SELECT t.id, x, n.k FROM t, unnest(t.nums) AS u(x) JOIN n ON n.id = u.x",
                "SELECT t.id, x, n.k FROM (t JOIN n USING (id)), unnest(t.nums) AS u(x) WHERE u.x <> n.k",
                "SELECT t.id, x, n.k FROM t JOIN n ON n.k = t.k CROSS JOIN LATERAL generate_series(n.k, t.id) AS u(x)",
                "SELECT t.id, g, n.k FROM t LEFT JOIN n ON n.id = t.id, generate_series(1, coalesce(n.k, 1)) AS g",
                "SELECT a.id, b.id AS b, x FROM t a JOIN t b ON a.k = b.k, unnest(a.nums || b.nums) AS x",
                "SELECT t.id, g FROM t JOIN generate_series(1, 3) AS g ON g = t.k",
                "SELECT t.id, g FROM t LEFT JOIN generate_series(1, 2) AS g ON g = t.k",
                "SELECT t.id, g FROM t RIGHT JOIN generate_series(1, 9) AS g ON g = t.k",
                "SELECT t.id, g FROM t FULL JOIN generate_series(1, 9) AS g ON g = t.k",
                "SELECT q.x, n.k FROM (SELECT t.id + 1 AS y, x FROM t, unnest(t.nums) AS u(x)) q JOIN n ON n.id = q.y");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_left_join_keeps_rows_for_which_a_function_has_none(int version) throws Exception {
        assertMaintained(
                version,
                "SELECT t.id, x FROM t LEFT JOIN LATERAL unnest(t.nums) AS u(x) ON true",
                "SELECT t.id, x, o FROM t LEFT JOIN LATERAL unnest(t.nums) WITH ORDINALITY AS u(x, o) ON true",
                "SELECT t.id, x FROM t LEFT JOIN LATERAL unnest(t.nums) AS u(x) ON u.x > t.k",
                "SELECT t.id, x FROM t LEFT JOIN LATERAL unnest(t.nums) AS u(x) ON true WHERE u.x IS NULL AND t.id > 1",
                "SELECT t.id, n.k, x FROM t JOIN n ON n.id = t.id LEFT JOIN LATERAL generate_series(1, n.k) AS u(x) ON x <> 1",
                "SELECT t.id, n.k, x FROM t LEFT JOIN n ON n.id = t.id LEFT JOIN LATERAL generate_series(1, n.k) AS u(x) ON true",
                "SELECT t.id, count(x) AS c, sum(x) AS s FROM t LEFT JOIN LATERAL unnest(t.nums) AS u(x) ON true GROUP BY t.id");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void values_are_a_source_of_rows(int version) throws Exception {
        assertMaintained(
                version,
                "SELECT t.id, v.label FROM t JOIN (VALUES (1, 'one'), (2, 'two'), (1, 'uno')) AS v(k, label) ON v.k = t.k",
                "SELECT t.id, v.column2 FROM t LEFT JOIN (VALUES (1, 'one'), (2, NULL)) AS v ON v.column1 = t.k",
                "SELECT t.id, v.name, v.value FROM t, LATERAL (VALUES ('k', t.k), ('id', t.id), ('sum', t.k + t.id)) AS v(name, value)",
                "SELECT k AS c FROM t UNION ALL VALUES (1), (1), (NULL)",
                "VALUES (1, 'a'::text) UNION ALL SELECT id, s FROM t",
                "WITH v(a, b) AS (VALUES (1, 'x'), (2, 'y')), w(c) AS (SELECT id FROM t) SELECT w.c, v.b FROM v JOIN w ON v.a = w.c",
                "SELECT 'all' AS s, 0 AS c UNION ALL SELECT s, k FROM t",
                "SELECT t.id, o.one FROM t CROSS JOIN (SELECT 1 AS one, 'x?' AS two) AS o",
                "SELECT t.id, o.one FROM t LEFT JOIN (SELECT 1 AS one) AS o ON t.k = o.one");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void subqueries_with_lateral_become_joins(int version) throws Exception {
        assertMaintained(
                version,
                "SELECT t.id, q.k FROM t, LATERAL (SELECT n.k FROM n WHERE n.id = t.id) AS q",
                "SELECT t.id, q.total, q.s FROM t CROSS JOIN LATERAL (SELECT n.k + t.k AS total, t.s FROM n WHERE n.id >= t.id AND n.k = 2) AS q",
                "SELECT t.id, q.k FROM t JOIN LATERAL (SELECT n.k FROM n WHERE n.id = t.id) AS q ON q.k = t.k",
                "SELECT t.id, q.k FROM t LEFT JOIN LATERAL (SELECT n.k FROM n WHERE n.id = t.id) AS q ON true",
                "SELECT t.id, q.k FROM t LEFT JOIN LATERAL (SELECT n.k + 1 AS k FROM n WHERE n.id = t.id) AS q ON q.k > 2",
                "SELECT t.id, q.k, r.id AS r FROM t, LATERAL (SELECT n.k FROM n WHERE n.id = t.id) AS q,"
                        + " LATERAL (SELECT m.id FROM n m WHERE m.k = q.k) AS r",
                "SELECT t.id, q.c FROM t, LATERAL (SELECT count(*) AS c FROM n) AS q",
                "SELECT t.id, q.doubled FROM t, LATERAL (SELECT t.k * 2 AS doubled) AS q WHERE q.doubled > 2",
                "SELECT t.id, q.k FROM t, LATERAL (SELECT n.k FROM n JOIN t u ON u.id = n.id WHERE u.k = t.k) AS q");
    }

    @Test
    void json_table_is_maintained() throws Exception {
        assertMaintained(
                17,
                "SELECT t.id, x.* FROM t, JSON_TABLE(t.j, '$.a[*]' COLUMNS (o FOR ORDINALITY, b int PATH '$.b' DEFAULT 7 ON EMPTY, q jsonb PATH '$')) AS x",
                "SELECT t.id, x.* FROM t LEFT JOIN LATERAL JSON_TABLE(t.j, '$' PASSING t.k AS k COLUMNS (\"the k\" text PATH '$k', NESTED PATH '$.a[*]' AS p COLUMNS (b int PATH '$.b'))) AS x ON true");
    }

    @Test
    void what_depends_on_more_than_the_row_is_refreshed_fully_and_says_why() throws Exception {
        List<String> reasons = new ArrayList<>();
        try (Oracle oracle = new Oracle(TestServer.current())) {
            oracle.reset();
            TABLES.forEach(oracle::run);
            for (String query : List.of(
                    "SELECT t.id, q.k FROM t, LATERAL (SELECT n.k FROM n WHERE n.id = t.id LIMIT 1) AS q",
                    "SELECT t.id, g FROM t, generate_series(1, (random() * 3)::int) AS g")) {
                try {
                    oracle.create(new Scenario.StreamTable("st", query, RefreshMode.DIFFERENTIAL, false));
                } catch (io.pgstream.UnsupportedQueryException e) {
                    reasons.add(String.valueOf(e.getMessage()));
                }
            }
        }
        assertThat(reasons).hasSize(2);
        assertThat(reasons.get(1)).contains("random");
    }
}
