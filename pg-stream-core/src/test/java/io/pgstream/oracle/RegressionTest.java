package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the random oracle found, each in its smallest form. */
class RegressionTest {

    private static final List<String> TABLES = List.of(
            "CREATE TABLE t (id int PRIMARY KEY, k int, s text, tags text[], j jsonb)",
            "CREATE TABLE n (id int, k int)",
            "INSERT INTO t VALUES (1, 1, 'a', '{a,b}', '{\"a\": {\"b\": 1}}'), (2, NULL, 'b', '{}', NULL), (3, 1,"
                    + " NULL, NULL, '{}')",
            "INSERT INTO n VALUES (1, 1), (1, 1), (2, NULL), (NULL, 2)");

    private static final List<List<String>> CHANGES = List.of(
            List.of(
                    "INSERT INTO t VALUES (4, 2, 'a', '{x,a}', '{\"a\": {\"b\": 2}}')",
                    "UPDATE n SET k = 2 WHERE id = 1"),
            List.of("DELETE FROM t WHERE id = 1", "INSERT INTO n VALUES (4, 2), (3, NULL)"),
            List.of("UPDATE t SET s = 'b', k = 5, tags = '{b}'", "DELETE FROM n WHERE k = 2"));

    private static Oracle oracle;

    @BeforeAll
    static void start() {
        oracle = new Oracle(TestServer.current());
    }

    @AfterAll
    static void stop() throws SQLException {
        oracle.close();
    }

    private static void assertMaintained(String query) throws SQLException {
        for (boolean bulk : List.of(false, true)) {
            Scenario scenario = Scenario.following(query, TABLES, query, CHANGES, bulk);
            assertThat(oracle.play(scenario).failure()).as(scenario.script()).isNull();
            if (!bulk) {
                SynchronousPitfalls.lay(oracle, scenario);
            }
        }
    }

    /** JSqlParser prints the operands of IS DISTINCT FROM without visiting them. */
    @Test
    void columns_inside_is_distinct_from_are_found() throws SQLException {
        assertMaintained("SELECT t.id, n.id AS m FROM t, n WHERE t.k IS NOT DISTINCT FROM n.k");
        assertMaintained("SELECT t.id, t.k IS DISTINCT FROM n.k AS x FROM t JOIN n ON n.id = t.id");
    }

    /** What looks for whole rows read from one quoted name to the next, with a frame of the stack for each character. */
    @Test
    void a_long_query_between_two_quoted_names_is_understood() throws SQLException {
        String longText = "x".repeat(20_000);
        assertMaintained("SELECT t.id AS \"first id\" FROM t WHERE t.s <> '" + longText
                + "' AND t.id IN (SELECT n.id AS \"other id\" FROM n)");
    }

    /** An equality with a function called ANY is not one. */
    @Test
    void equal_to_any_element_of_an_array_is_one_operator() throws SQLException {
        assertMaintained("SELECT t.id FROM t WHERE t.s = ANY (t.tags)");
        assertMaintained("SELECT t.id, n.id AS m FROM t JOIN n ON t.k = ANY (ARRAY[n.k, n.id])");
    }

    /** A key that is NOT NULL is NULL in the grouping sets that it is not in, also for a subquery above. */
    @Test
    void a_subquery_above_grouping_sets_sees_that_a_key_is_null() throws SQLException {
        assertMaintained("SELECT t.id, count(*) AS rows, (SELECT count(*) FROM n WHERE n.id <> t.id) AS others"
                + " FROM t GROUP BY ROLLUP (t.id)");
        assertMaintained("SELECT t.id, (SELECT count(*) FROM n WHERE n.k IS NOT DISTINCT FROM t.id) AS same,"
                + " (SELECT max(x.k) FROM (SELECT n.k, row_number() OVER (ORDER BY n.k, n.id) AS r FROM n"
                + " WHERE t.id IS NULL OR n.id >= t.id) AS x WHERE x.r < 3) AS most FROM t GROUP BY CUBE (t.id)");
        assertMaintained("SELECT t.id, sum(t.k) AS k FROM t GROUP BY GROUPING SETS ((t.id), ())"
                + " HAVING EXISTS (SELECT FROM n WHERE t.id IS NULL OR n.id = t.id)");
    }

    @Test
    void columns_inside_a_chain_of_json_operators_are_found() throws SQLException {
        assertMaintained("SELECT t.id, t.j -> 'a' ->> 'b' AS b, n.k FROM t JOIN n ON n.id = t.id");
    }

    /** Its table changes nothing that the delta could start with. */
    @Test
    void a_with_query_that_nobody_reads_is_not_captured() throws SQLException {
        assertMaintained("WITH w AS (SELECT k FROM n) SELECT count(t.k) AS c FROM t");
    }

    /** PostgreSQL reads GROUP BY 1 as a position, and refuses GROUP BY false. */
    @Test
    void rows_are_consolidated_by_constants_too() throws SQLException {
        assertMaintained("SELECT false AS a, t.k FROM t");
        assertMaintained("SELECT 2 AS a, 'x' AS b, NULL AS c, -1 AS d, t.s FROM t");
        assertMaintained("SELECT 1.5 AS a, true AS b, n.k, t.s FROM t JOIN n ON n.id = t.id");
    }

    /** An order is dropped, but not the rows that a function in it makes. */
    @Test
    void a_function_that_returns_sets_makes_rows_in_order_by_too() throws SQLException {
        assertMaintained("SELECT t.id, t.s FROM t ORDER BY t.s, generate_series(1, t.k) DESC");
        assertMaintained(
                "SELECT t.id, unnest(t.tags) AS tag FROM t ORDER BY t.id, unnest(t.tags), generate_series(1, 3)");
        assertMaintained("SELECT n.k, count(*) AS c FROM n GROUP BY n.k ORDER BY generate_series(1, 2), n.k");
        assertMaintained("SELECT DISTINCT ON (t.k) t.k, t.id, unnest(t.tags) AS tag FROM t ORDER BY t.k, t.id, tag");
    }

    /** JSqlParser does not read GROUPING behind CASE, which is how totals get their names. */
    @Test
    void a_case_of_what_a_row_is_grouped_by_is_understood() throws SQLException {
        assertMaintained(
                "SELECT CASE grouping(t.s) WHEN 1 THEN 'total' ELSE t.s END AS s, CASE grouping(t.k, t.s || 'x')"
                        + " WHEN 1 THEN 'k' WHEN 3 THEN 'all' END AS level, count(*) AS c FROM t GROUP BY GROUPING SETS ((t.s), ROLLUP (t.k, t.s || 'x'))");
    }

    /** The side that is kept gives the value, and both the type: PostgreSQL prints such a column without its table. */
    @Test
    void sides_of_using_have_the_type_that_they_share() throws SQLException {
        String wide = "(SELECT id::bigint AS id, k::float8 AS k, 'w' AS w FROM n) AS w";
        assertMaintained("SELECT id, n.k, w.w FROM n LEFT JOIN " + wide + " USING (id)");
        assertMaintained("SELECT id, k, w.w FROM " + wide + " RIGHT JOIN n USING (id, k)");
        assertMaintained("SELECT k::text AS x, id / 2 AS half, count(t.s) AS c FROM t LEFT JOIN " + wide
                + " USING (k, id) LEFT JOIN (SELECT id FROM n) AS o USING (id) GROUP BY k, id");
        assertMaintained("SELECT k, w.w, n.id FROM n LEFT JOIN (t JOIN " + wide + " USING (k)) USING (k)");
    }

    /** Two equal rows to delete must not find the same row of the table. */
    @Test
    void groups_whose_key_is_projected_away_are_told_apart() throws SQLException {
        assertMaintained("SELECT count(*) AS c FROM t GROUP BY t.k, t.s");
        assertMaintained("SELECT t.k FROM t JOIN n ON n.k = t.k GROUP BY t.k, t.s HAVING min(n.id) IS NOT NULL");
    }

    /** A scalar aggregate of which nothing is read is still one row. */
    @Test
    void an_aggregate_without_columns_is_joined() throws SQLException {
        assertMaintained("SELECT t.id FROM t, (SELECT count(*) AS c FROM n) AS x");
        assertMaintained("SELECT t.id FROM t, (SELECT count(*) AS c FROM n HAVING count(*) > 4) AS x");
    }

    /** The argument of count(*) was taken for a row, while the expression was compared with the keys. */
    @Test
    void rows_are_counted_beside_a_key_that_is_an_expression() throws SQLException {
        assertMaintained(
                "SELECT upper(t.s) AS s, 2 * count(*) + coalesce(max(t.k), 0) AS c FROM t GROUP BY upper(t.s)");
        assertMaintained("SELECT t.k + 1 AS k, count(*) AS c FROM t GROUP BY t.k + 1 HAVING count(*) > 1");
    }

    /** It was doubled like the operator, so that a full refresh wrote other values. */
    @Test
    void a_question_mark_in_quotes_is_a_question_mark() throws SQLException {
        assertMaintained("SELECT t.id, t.s || '?' AS q, t.j ? 'a' AS \"has ?\" FROM t WHERE length('u?') < 3");
    }

    /** Rows that differ only in their looks found the same row of the table, and the delta did not fit. */
    @Test
    void equal_rows_that_look_different_are_taken_out_one_by_one() throws SQLException {
        for (String query : List.of(
                "SELECT x, k, j, f FROM looks", "SELECT DISTINCT x::text AS y, k FROM (SELECT x, k FROM looks) AS q")) {
            Scenario scenario = Scenario.following(
                    query,
                    List.of(
                            "CREATE TABLE looks (id int, k int, x numeric, j json, f float8)",
                            "INSERT INTO looks VALUES (1, 0, 1, '{}', 0), (2, 0, 1.0, '{}', '-0'), (3, 0, 1.00, '{}',"
                                    + " 0), (4, 0, 1.0, '{}', 0), (5, 0, 1.0, '{}', 0), (6, 0, 1, NULL, NULL)"),
                    query,
                    List.of(
                            List.of("DELETE FROM looks WHERE id = 2"),
                            List.of("DELETE FROM looks WHERE id IN (3, 4)"),
                            List.of("UPDATE looks SET x = 1.000"),
                            List.of("UPDATE looks SET k = 1"),
                            List.of("DELETE FROM looks")),
                    false);
            assertThat(oracle.play(scenario).failure()).as(scenario.script()).isNull();
            SynchronousPitfalls.lay(oracle, scenario);
        }
    }

    /** Of several that are equal, the one goes that looks like the one that left. */
    @Test
    void a_row_that_leaves_is_the_one_that_looks_like_it() throws SQLException {
        oracle.reset();
        oracle.sql("CREATE TABLE looks (id int, x numeric); INSERT INTO looks VALUES (1, 1), (2, 1.0), (3, 1.00)");
        Scenario.StreamTable table =
                new Scenario.StreamTable("st", "SELECT x FROM looks", RefreshMode.DIFFERENTIAL, false);
        oracle.create(table);
        oracle.sql("DELETE FROM looks WHERE id = 2");

        assertThat(oracle.refresh(table).outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        assertThat(oracle.rows("SELECT 1 FROM st WHERE x::text IN ('1', '1.00')"))
                .isEqualTo(2);
    }

    /** They have an order and no hash, and PostgreSQL does no FULL JOIN by IS NOT DISTINCT FROM. */
    @Test
    void keys_of_types_without_a_hash_are_refreshed_fully_too() throws SQLException {
        for (String type : List.of("bit varying", "money", "tsvector")) {
            String query = "SELECT x, count(*) AS c FROM odd GROUP BY x";
            String[] values = type.equals("bit varying") ? new String[] {"B'1'", "B'01'"} : new String[] {"'1'", "'2'"};
            Scenario scenario = Scenario.following(
                    type,
                    List.of(
                            "CREATE TABLE odd (id int, x " + type + ")",
                            "INSERT INTO odd VALUES (1, " + values[0] + "), (2, NULL), (3, " + values[1] + ")"),
                    query,
                    List.of(
                            List.of(Oracle.FULLY, "INSERT INTO odd SELECT id + 10, x FROM odd WHERE id > 1"),
                            List.of("DELETE FROM odd WHERE id IN (1, 2)"),
                            List.of(
                                    Oracle.FULLY,
                                    "UPDATE odd SET x = NULL WHERE id = 3",
                                    "DELETE FROM odd WHERE id = 13")),
                    false);
            assertThat(oracle.play(scenario).failure()).as(scenario.script()).isNull();
            SynchronousPitfalls.lay(oracle, scenario);
        }
    }

    /** Where the row source could not be typed, it was no query that could be refused, but a broken tree. */
    @Test
    void a_lateral_subquery_refers_past_the_join_that_it_is_in() throws SQLException {
        assertMaintained("SELECT t.id, f.x, f.y FROM t, n AS a CROSS JOIN LATERAL (SELECT b.id AS x, upper('a b') AS y"
                + " FROM n AS b WHERE b.k = t.k) AS f WHERE t.id = a.id");
        assertMaintained("SELECT t.id, f.x, f.y FROM t, n AS a CROSS JOIN LATERAL (SELECT b.id AS x, upper(t.s) AS y"
                + " FROM n AS b WHERE b.k = a.k) AS f WHERE t.id = a.id");
    }

    @Test
    void a_subquery_can_select_nothing() throws SQLException {
        assertMaintained("SELECT t.id FROM t WHERE EXISTS (SELECT FROM n WHERE n.k = t.k)");
        assertMaintained("SELECT t.id, EXISTS (SELECT WHERE t.k > 1) AS e FROM t"
                + " WHERE NOT EXISTS (SELECT FROM n GROUP BY n.k HAVING count(*) > t.k)");
        assertMaintained("SELECT count(*) AS c FROM (SELECT FROM n) AS q");
    }

    /** They were compared by their text, and could be no key. */
    @Test
    void composite_values_are_grouped_and_joined() throws SQLException {
        List<String> queries = List.of(
                "SELECT p, count(*) AS c FROM c1 GROUP BY p",
                "SELECT c1.id, c2.k FROM c1 LEFT JOIN c2 USING (p)",
                "SELECT p FROM c1 EXCEPT ALL SELECT p FROM c2",
                "SELECT id, (SELECT count(*) FROM c2 WHERE c2.p = c1.p) AS c FROM c1 WHERE p NOT IN (SELECT p FROM c2)",
                "SELECT p, o, row_number() OVER (PARTITION BY p ORDER BY id) AS r FROM c1");
        List<Scenario.StreamTable> tables = new ArrayList<>();
        for (String query : queries) {
            tables.add(new Scenario.StreamTable("st" + tables.size(), query, RefreshMode.DIFFERENTIAL, false));
        }
        Scenario scenario = new Scenario(
                "composite",
                List.of(
                        "CREATE TYPE pair AS (a int, b text)",
                        "CREATE TYPE odd AS (a int, b json)",
                        "CREATE TABLE c1 (id int PRIMARY KEY, p pair, o odd)",
                        "CREATE TABLE c2 (p pair, k int)",
                        "INSERT INTO c1 VALUES (1, ROW(1, 'a'), ROW(1, '{}')), (2, ROW(NULL, NULL), NULL), (3, NULL,"
                                + " ROW(2, '{}')), (4, ROW(1, 'a'), ROW(1, '{}'))",
                        "INSERT INTO c2 VALUES (ROW(1, 'a'), 1), (NULL, 1), (NULL, 1), (ROW(1, NULL), 3)"),
                tables,
                List.of(
                        List.of("INSERT INTO c1 VALUES (5, ROW(1, NULL), ROW(1, '{}'))", "DELETE FROM c2 WHERE k = 1"),
                        List.of("UPDATE c1 SET p = ROW(NULL, NULL) WHERE id IN (1, 3)"),
                        List.of("INSERT INTO c2 VALUES (ROW(NULL, NULL), 7)", "UPDATE c1 SET p = NULL WHERE p IS NULL"),
                        List.of("DELETE FROM c1 WHERE id < 4", "UPDATE c1 SET o = ROW(3, '[1]')")),
                false);
        assertThat(oracle.play(scenario).failure()).as(scenario.script()).isNull();
        SynchronousPitfalls.lay(oracle, scenario);
    }

    /** A pattern that repeats an alternative goes one frame deeper with each character. */
    @Test
    void a_long_text_in_a_query_costs_no_stack() throws SQLException {
        assertMaintained("SELECT t.id FROM t WHERE t.s <> '" + "it''s ".repeat(3_000) + "' -- " + "x".repeat(20_000));
    }

    /** PostgreSQL prints a constant with its type where it sorts: it was taken for another value than the selected one. */
    @Test
    void rows_of_distinct_are_sorted_by_what_is_selected() throws SQLException {
        for (String value : List.of("false", "2.5", "'a'", "NULL", "k::text", "(SELECT max(n.id) FROM n)")) {
            String query = "SELECT DISTINCT " + value + " AS v, k FROM t ORDER BY v DESC, ";
            assertMaintained(query + "k");
            assertMaintained(query + "k::int LIMIT 2");
        }
    }

    /** A domain brings its collation along, and text of it was taken for text of which equal values look alike. */
    @Test
    void a_domain_whose_collation_takes_different_texts_for_equal_is_told_from_text() throws SQLException {
        List<String> queries = List.of(
                "SELECT id, (SELECT count(*) FROM c2 WHERE c2.s::text COLLATE \"C\" >= c1.x::text COLLATE \"C\") AS c FROM c1",
                "SELECT c1.id, c2.id AS other FROM c1, c2 WHERE c1.x = c2.x AND c2.x::text COLLATE \"C\" = c2.s",
                "SELECT c1.id FROM c1 WHERE c1.x = ANY (SELECT c2.s FROM c2 WHERE c2.id >= c1.id)",
                "SELECT x, count(*) AS c FROM c1 GROUP BY x",
                "SELECT id, x::text COLLATE \"C\" AS x FROM c1 WHERE x IN (SELECT DISTINCT x FROM c2)",
                "SELECT x FROM c1 EXCEPT ALL SELECT x FROM c2");
        List<Scenario.StreamTable> tables = new ArrayList<>();
        for (String query : queries) {
            tables.add(new Scenario.StreamTable("st" + tables.size(), query, RefreshMode.DIFFERENTIAL, false));
        }
        Scenario scenario = new Scenario(
                "caseless",
                List.of(
                        "CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                        "CREATE DOMAIN caseless AS text COLLATE caseless",
                        "CREATE TABLE c1 (id int PRIMARY KEY, x caseless)",
                        "CREATE TABLE c2 (id int, x caseless, s text)",
                        "INSERT INTO c1 VALUES (1, 'a'), (2, 'A'), (3, 'b'), (4, NULL), (5, 'A')",
                        "INSERT INTO c2 VALUES (1, 'A', 'a'), (2, 'a', 'A'), (3, 'B', 'Z'), (9, 'a', 'a')"),
                tables,
                List.of(
                        List.of("UPDATE c1 SET x = 'A' WHERE id = 1", "INSERT INTO c2 VALUES (7, 'b', 'b')"),
                        List.of("DELETE FROM c1 WHERE id = 2", "UPDATE c2 SET s = 'a' WHERE id = 2"),
                        List.of("UPDATE c1 SET x = 'B' WHERE id = 3", "UPDATE c2 SET x = 'a'"),
                        List.of("INSERT INTO c1 VALUES (6, 'a')", "DELETE FROM c2 WHERE id < 3")),
                false);
        assertThat(oracle.play(scenario).failure()).as(scenario.script()).isNull();
        SynchronousPitfalls.lay(oracle, scenario);
    }

    /** Images of rows can only be compared of the same types, and the value of an expression over a domain is of its base type. */
    @Test
    void a_domain_is_compared_with_what_was_computed_of_it() throws SQLException {
        Scenario scenario = new Scenario(
                "domain",
                List.of(
                        "CREATE DOMAIN handle AS varchar(20)",
                        "CREATE TABLE m (id int PRIMARY KEY, thread int, author handle)",
                        "CREATE TABLE g (thread int, v int)",
                        "INSERT INTO m SELECT i, i % 3, 'a' || i FROM generate_series(1, 20) AS i",
                        "INSERT INTO g SELECT i % 4, i FROM generate_series(1, 20) AS i"),
                List.of(new Scenario.StreamTable(
                        "st",
                        "SELECT q.thread, q.n, x.* FROM (SELECT thread AS th, thread, count(*) AS n FROM g GROUP BY thread) AS q"
                                + " LEFT JOIN m AS x (id, tt, author) ON q.thread = x.tt",
                        RefreshMode.DIFFERENTIAL,
                        false)),
                List.of(
                        List.of("UPDATE m SET author = 'bob' WHERE id > 10"),
                        List.of("DELETE FROM g WHERE thread = 1", "UPDATE m SET author = NULL WHERE id = 3")),
                false);
        assertThat(oracle.play(scenario).failure()).as(scenario.script()).isNull();
        SynchronousPitfalls.lay(oracle, scenario);
    }

    /** Equal values of an enumeration look the same. */
    @Test
    void a_subquery_refers_to_a_key_that_is_an_enumeration() throws SQLException {
        String query =
                "SELECT a.role, a.roles, (SELECT count(*) FROM w WHERE w.role = a.role) AS c FROM w AS a GROUP BY a.role, a.roles";
        Scenario scenario = Scenario.following(
                "enumeration",
                List.of(
                        "CREATE TYPE role AS ENUM ('reader', 'writer')",
                        "CREATE TABLE w (id int PRIMARY KEY, role role, roles role[])",
                        "INSERT INTO w VALUES (1, 'reader', '{reader}'), (2, NULL, NULL), (3, 'reader', '{}')"),
                query,
                List.of(List.of(
                        "INSERT INTO w VALUES (4, 'writer', NULL)", "UPDATE w SET role = 'reader' WHERE id = 2")),
                false);
        assertThat(oracle.play(scenario).failure()).as(scenario.script()).isNull();
    }

    /** The text of PostgreSQL's text of the query sorts by the column once: the plan must not be another one. */
    @Test
    void a_limit_in_the_order_of_one_column_by_two_names_has_one_plan() throws SQLException {
        String query =
                "SELECT t.id, count(*) OVER (PARTITION BY t.k) AS peers FROM t JOIN (SELECT n.k AS a, n.k AS b FROM n"
                        + " ORDER BY a, b DESC FETCH FIRST 2 ROWS WITH TIES) AS f ON true";
        // By what their tables are, one has rows to spare and the other has not.
        for (String more : List.of("CREATE TABLE a ()", "CREATE TABLE b ()")) {
            List<String> tables = new ArrayList<>(TABLES);
            tables.add(more);
            Scenario scenario = Scenario.following(query, tables, query, CHANGES, false);
            assertThat(oracle.play(scenario).failure()).as(scenario.script()).isNull();
        }
    }
}
