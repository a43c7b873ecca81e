package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.RefreshMode;
import io.pgstream.test.TestServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Subqueries that refer to the query around them by anything, from anywhere. */
class CorrelatedSubqueryTest {

    private static final List<String> TABLES = List.of(
            "CREATE TABLE t (id int PRIMARY KEY, k int, s text, x numeric, tags text[])",
            "CREATE TABLE n (id int, k int, x numeric)",
            "CREATE TABLE m (id int PRIMARY KEY, k int)",
            "INSERT INTO t VALUES (1, 1, 'a', 1.0, '{a,b}'), (2, NULL, 'b', 1.00, '{}'), (3, 1, NULL, NULL, NULL), (4, 2, 'a', 2, '{b,NULL}')",
            "INSERT INTO n VALUES (1, 1, 1.0), (1, 1, 1.0), (2, NULL, 1.00), (NULL, 2, NULL), (3, 2, 3)",
            "INSERT INTO m VALUES (1, 1), (2, 1), (3, NULL)");

    private static final List<List<String>> CHANGES = List.of(
            List.of("INSERT INTO t VALUES (5, 2, 'c', 1.000, '{c}')", "UPDATE n SET k = 2 WHERE id = 1"),
            List.of("DELETE FROM t WHERE id = 1", "INSERT INTO n VALUES (4, 2, 2.0), (3, NULL, 2.00)", "DELETE FROM m"),
            List.of(
                    "UPDATE t SET s = 'b', k = 3, x = x + 0.0",
                    "DELETE FROM n WHERE k = 2",
                    "INSERT INTO m VALUES (3, 3)"),
            List.of("UPDATE t SET k = NULL WHERE id = 4", "TRUNCATE n"));

    private static void assertMaintained(int version, String... queries) throws Exception {
        List<Scenario.StreamTable> tables = new ArrayList<>();
        for (String query : queries) {
            tables.add(new Scenario.StreamTable("st" + tables.size(), query, RefreshMode.DIFFERENTIAL, false));
        }
        try (Oracle oracle = new Oracle(TestServer.of(version))) {
            for (boolean bulk : List.of(false, true)) {
                Scenario scenario = new Scenario("correlated", TABLES, tables, CHANGES, bulk);
                assertThat(oracle.play(scenario).failure())
                        .as(scenario.script())
                        .isNull();
            }
            SynchronousPitfalls.lay(oracle, new Scenario("correlated", TABLES, tables, CHANGES, false));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void by_other_comparisons_than_equality(int version) throws Exception {
        assertMaintained(
                version,
                "SELECT t.id, (SELECT count(*) FROM n WHERE n.k < t.k) AS c FROM t",
                "SELECT t.id, (SELECT sum(n.id) FROM n WHERE n.k IS NOT DISTINCT FROM t.k AND n.id <> t.id) AS c FROM t",
                "SELECT t.id, (SELECT count(*) FROM n WHERE n.k = t.k OR t.k IS NULL HAVING count(*) <> 2) AS c FROM t",
                "SELECT t.id, (SELECT string_agg(n.id::text, ',' ORDER BY n.id) FROM n WHERE n.k >= t.k) AS c FROM t",
                "SELECT t.k, count(*) AS c, (SELECT count(*) FROM n WHERE n.k > t.k) AS d FROM t GROUP BY t.k");
    }

    /** Values that are equal need not look the same. */
    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void equal_values_with_different_texts_are_told_apart(int version) throws Exception {
        assertMaintained(
                version,
                "SELECT t.id, (SELECT count(*) FROM n WHERE n.x::text = t.x::text) AS c FROM t",
                "SELECT t.id, q.c FROM t, LATERAL (SELECT count(*) || t.x::text AS c FROM n WHERE n.x = t.x) AS q");
    }

    /** Which of 1.0 and 1.00 a group shows does not matter to what only compares it. */
    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void group_keys_that_can_look_different_are_compared(int version) throws Exception {
        assertMaintained(
                version,
                "SELECT q.x, q.c, (SELECT count(*) FROM n WHERE n.x <> q.x) AS d FROM (SELECT x, count(*) AS c FROM t GROUP BY x) AS q",
                "SELECT x, (SELECT string_agg(n.id::text, ',' ORDER BY n.id) FROM n WHERE n.x <= t.x OR t.x IS NULL) AS d FROM t GROUP BY x",
                "SELECT q.x, l.id, l.r FROM (SELECT x FROM t UNION SELECT x FROM n) AS q LEFT JOIN LATERAL"
                        + " (SELECT n.id, row_number() OVER (ORDER BY n.id) AS r FROM n WHERE n.x > q.x ORDER BY n.id LIMIT 2) AS l ON true",
                "SELECT q.x FROM (SELECT DISTINCT x FROM t) AS q WHERE (SELECT count(DISTINCT n.x) FROM n WHERE n.x >= q.x) < 3");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void keys_without_a_hash_are_met_by_their_text(int version) throws Exception {
        assertMaintained(
                version,
                "SELECT q.id, q.b, (SELECT count(*) FROM n WHERE n.x::int::bit(4)::varbit <> q.b) AS d"
                        + " FROM (SELECT id, x::int::bit(4)::varbit AS b FROM t) AS q",
                "SELECT q.id, l.id AS other FROM (SELECT id, x::int::bit(4) AS b FROM t) AS q LEFT JOIN LATERAL"
                        + " (SELECT n.id FROM n WHERE n.x::int::bit(4) > q.b ORDER BY n.id LIMIT 2) AS l ON true");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void over_several_levels(int version) throws Exception {
        assertMaintained(
                version,
                "SELECT t.id FROM t WHERE NOT EXISTS (SELECT 1 FROM m WHERE NOT EXISTS (SELECT 1 FROM n WHERE n.id = t.id AND n.k = m.k))",
                "SELECT t.id, (SELECT max((SELECT count(*) FROM n WHERE n.k = m.k AND n.id >= t.id)) FROM m WHERE m.id <> t.id) AS c FROM t",
                "SELECT t.id FROM t WHERE t.k IN (SELECT m.k FROM m WHERE m.id IN (SELECT n.id FROM n WHERE n.k = t.k))",
                "SELECT t.id, (SELECT count(*) FROM (SELECT n.k FROM n WHERE n.id <= t.id EXCEPT SELECT m.k FROM m WHERE m.id > t.id) AS q) AS c FROM t",
                "SELECT t.id, (SELECT count(*) FROM m LEFT JOIN n ON n.k = t.k AND n.id = m.id WHERE m.id <> t.id) AS c FROM t",
                "SELECT t.id FROM t WHERE EXISTS (SELECT m.id FROM m LEFT JOIN n ON n.k = t.k WHERE m.id = n.id)",
                "SELECT t.id, q.c FROM t LEFT JOIN LATERAL (SELECT DISTINCT 2 AS c FROM n WHERE EXISTS (SELECT m.k FROM m LEFT JOIN n o ON n.k = o.k WHERE t.id = m.id)) AS q ON true");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void below_groups_limits_windows_and_sets(int version) throws Exception {
        assertMaintained(
                version,
                "SELECT t.id, q.k FROM t, LATERAL (SELECT n.k FROM n WHERE n.id <= t.id ORDER BY n.k NULLS FIRST LIMIT 2) AS q",
                "SELECT t.id, q.k, q.c FROM t LEFT JOIN LATERAL (SELECT n.k, count(*) AS c FROM n WHERE n.id = t.id GROUP BY n.k) AS q ON q.c > 1",
                "SELECT t.id, q.c, q.s FROM t CROSS JOIN LATERAL (SELECT count(*) AS c, sum(n.k) AS s FROM n WHERE n.k = t.k) AS q",
                "SELECT t.id, q.k FROM t LEFT JOIN LATERAL (SELECT DISTINCT n.k FROM n WHERE n.id = t.id) AS q ON true",
                "SELECT t.id, q.r FROM t, LATERAL (SELECT rank() OVER (ORDER BY n.k) AS r FROM n WHERE n.id >= t.id) AS q",
                "SELECT t.id, q.k FROM t, LATERAL (SELECT n.k FROM n WHERE n.id = t.id UNION SELECT t.k) AS q",
                "SELECT t.id, q.id AS m FROM t, LATERAL (SELECT m.id FROM m WHERE m.id = t.k LIMIT 1) AS q",
                "SELECT t.id, q.c FROM t, LATERAL (SELECT count(*) AS c FROM unnest(t.tags) AS u(x) WHERE u.x <> 'a') AS q",
                "SELECT t.id, ARRAY(SELECT n.id FROM n WHERE n.k = t.k ORDER BY n.id) AS a FROM t",
                "SELECT t.id, (SELECT max(u) FROM unnest(t.tags) AS u) AS a FROM t");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void in_on_and_group_by(int version) throws Exception {
        assertMaintained(
                version,
                "SELECT t.id, n.id AS n FROM t LEFT JOIN n ON n.k = t.k AND n.id > (SELECT min(m.id) FROM m)",
                "SELECT t.id, n.id AS n FROM t LEFT JOIN n ON n.k = t.k AND EXISTS (SELECT 1 FROM m WHERE m.id = n.id)",
                "SELECT t.id, n.id AS n FROM t LEFT JOIN n ON n.k = t.k AND t.id IN (SELECT m.id FROM m)",
                "SELECT n.k, t.id FROM n LEFT JOIN t ON n.k = t.k AND EXISTS (SELECT 1 FROM m WHERE m.id >= n.id AND m.k < t.id)",
                "SELECT t.id, n.id AS n FROM t JOIN n ON n.k = t.k AND n.id NOT IN (SELECT m.id FROM m WHERE m.k <> t.k)",
                "SELECT (SELECT count(*) FROM m WHERE m.k = t.k) AS ms, count(*) AS c FROM t GROUP BY 1",
                "SELECT EXISTS (SELECT 1 FROM n WHERE n.id = t.id) AS e, sum(t.id) AS c FROM t GROUP BY 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void sets_in_select_step_together(int version) throws Exception {
        assertMaintained(
                version,
                "SELECT id, unnest(tags) AS tag, generate_series(1, k) AS g FROM t",
                "SELECT unnest(tags) AS tag, count(*) AS c FROM t GROUP BY 1",
                "SELECT DISTINCT ON (tag) unnest(tags) AS tag, id FROM t ORDER BY tag, id",
                "SELECT k, generate_series(1, count(*)) AS g, sum(id) AS s FROM t GROUP BY k",
                "SELECT id FROM t WHERE 'b' IN (SELECT unnest(u.tags) FROM t u WHERE u.k = t.k)",
                "SELECT id, generate_series(1, generate_series(1, 2)) AS g, row_number() OVER (ORDER BY id) AS r FROM t");
    }

    @Test
    void a_second_row_of_a_value_is_the_error_that_the_query_has() throws Exception {
        try (Oracle oracle = new Oracle(TestServer.current())) {
            oracle.reset();
            TABLES.forEach(oracle::run);
            oracle.run("DELETE FROM n WHERE ctid = (SELECT min(ctid) FROM n WHERE id = 1)");
            Scenario.StreamTable table = new Scenario.StreamTable(
                    "st",
                    "SELECT t.id, (SELECT n.k FROM n WHERE n.id = t.id) AS k FROM t",
                    RefreshMode.DIFFERENTIAL,
                    false);
            oracle.create(table);
            Scenario unchanged =
                    new Scenario("one row", List.of(), List.of(table), List.of(List.of("UPDATE n SET k = 7")), false);
            assertThat(oracle.change(unchanged).failure()).isNull();
            oracle.run("INSERT INTO n VALUES (2, 5)");
            assertThatThrownBy(() -> oracle.rows(table.query())).hasMessageContaining("more than one row");
            assertThatThrownBy(() -> oracle.refresh(table)).hasStackTraceContaining("more than one row");
            oracle.run("DELETE FROM n WHERE k = 5");
            assertThat(oracle.change(unchanged).failure()).isNull();
        }
    }
}
