package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries that read the clock: rows come and go as time passes, also when nobody writes, and when the clock is set back. */
class ClockTest {

    private static final List<String> TABLES = List.of(
            "CREATE TABLE e (id int PRIMARY KEY, at timestamptz, d date, k int, v int NOT NULL)",
            "CREATE TABLE c (k int PRIMARY KEY, since timestamp, name text)",
            "CREATE INDEX ON e (at)",
            "INSERT INTO e SELECT i, timestamptz '2024-03-05 00:00+00' + i * interval '1 hour', date '2024-03-01' + i % 9,"
                    + " nullif(i % 4, 0), i FROM generate_series(-30, 60) AS i",
            "INSERT INTO e VALUES (100, NULL, NULL, 1, 1), (101, 'infinity', 'infinity', 2, 2)",
            "INSERT INTO c SELECT i, timestamp '2024-03-04' + i * interval '9 hours', 'c' || i FROM generate_series(1, 8) AS i");

    private static final List<List<String>> CYCLES = List.of(
            List.of(TestClock.move("1 hour")),
            List.of(
                    TestClock.move("90 minutes"),
                    "INSERT INTO e VALUES (200, '2024-03-05 13:30+00', '2024-03-05', 1, 9)"),
            List.of("DELETE FROM e WHERE id % 3 = 0"),
            List.of(TestClock.move("-5 hours"), "UPDATE e SET at = at + interval '2 hours' WHERE id % 5 = 1"),
            List.of(TestClock.move("14 hours"), "DELETE FROM c WHERE k = 2", "UPDATE c SET k = k + 20 WHERE k = 1"),
            List.of(TestClock.move("3 days")),
            List.of(TestClock.move("-3 days"), "INSERT INTO c VALUES (2, '2024-03-05', 'new')"),
            List.of(TestClock.move("40 days")));

    private static final int MOVED_BY_TIME = 4;

    @AfterEach
    void stop() {
        TestClock.stop();
    }

    private static void assertMaintained(int version, String... queries) throws SQLException {
        assertMaintained(version, MOVED_BY_TIME, queries);
    }

    /** The same of what seldom changes. */
    private static void assertSeldomMoved(int version, String... queries) throws SQLException {
        assertMaintained(version, 1, queries);
    }

    private static void assertMaintained(int version, int moved, String... queries) throws SQLException {
        TestClock.use();
        List<String> setup = new ArrayList<>(TestClock.setup("'2024-03-05 12:00:00+00'"));
        setup.addAll(TABLES);
        try (Oracle oracle = new Oracle(TestServer.of(version))) {
            for (String query : queries) {
                for (boolean bulk : List.of(false, true)) {
                    Scenario scenario = Scenario.following(query, setup, query, CYCLES, bulk);
                    Oracle.Outcome outcome = oracle.play(scenario);
                    assertThat(outcome.failure()).as(scenario.script()).isNull();
                    assertThat(outcome.differential()).as(scenario.script()).isGreaterThan(moved);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void rows_enter_and_leave_a_window_of_time(int version) throws SQLException {
        assertMaintained(
                version,
                "SELECT id, at FROM e WHERE at > now() - interval '6 hours' AND at <= now()",
                "SELECT id FROM e WHERE at BETWEEN now() - interval '6 hours' AND LOCALTIMESTAMP + interval '1 hour'",
                "SELECT id FROM e WHERE d = CURRENT_DATE OR d = CURRENT_DATE - 1",
                "SELECT id FROM e WHERE NOT (at::date = CURRENT_DATE AND v > 3)",
                "SELECT id FROM e WHERE extract(day FROM at) = extract(day FROM CURRENT_TIMESTAMP)",
                "SELECT id FROM e WHERE tstzrange(at, at + interval '5 hours') @> now() AND at < 'infinity'");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void time_moves_rows_below_and_above_joins(int version) throws SQLException {
        assertMaintained(
                version,
                "SELECT e.id, c.name FROM e JOIN c ON c.k = e.k WHERE e.at > now() AND c.since < now()",
                "SELECT e.id, c.name FROM e JOIN c ON c.k = e.k AND e.at + (c.since - timestamp '2024-03-04') > now()",
                "SELECT e.id, c.name FROM e LEFT JOIN c ON c.k = e.k AND c.since < now() AND e.at < now()",
                "SELECT c.k FROM c WHERE NOT EXISTS (SELECT 1 FROM e WHERE e.k = c.k AND e.at > now())",
                "SELECT e.id FROM e WHERE e.k NOT IN (SELECT c.k FROM c WHERE c.since > now())");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void time_moves_what_is_aggregated(int version) throws SQLException {
        assertMaintained(
                version,
                "SELECT k, count(*) AS n, sum(v) AS s, max(at) AS m FROM e WHERE at < now() GROUP BY k",
                "SELECT k, count(*) FILTER (WHERE at > now()) AS future, count(*) AS n FROM e GROUP BY k",
                "SELECT at > now() AS future, count(*) AS n FROM e GROUP BY 1",
                "SELECT k FROM e GROUP BY k HAVING max(v) > 7 AND max(at) > now()",
                "SELECT DISTINCT ON (k) k, id FROM e WHERE at <= now() ORDER BY k, at DESC, id",
                "SELECT id, row_number() OVER (PARTITION BY k ORDER BY at, id) AS r FROM e WHERE at > now()");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_value_of_each_row_is_computed_again_where_it_turns(int version) throws SQLException {
        assertMaintained(
                version,
                "SELECT id, CASE WHEN at > now() - interval '2 hours' THEN 'new' ELSE 'old' END AS age FROM e",
                "SELECT id, CURRENT_DATE - d AS days FROM e WHERE d < 'infinity'",
                "SELECT CURRENT_DATE AS d, k, sum(v) AS s FROM e GROUP BY k");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void time_that_has_passed_is_compared_with_a_constant(int version) throws SQLException {
        assertSeldomMoved(
                version,
                "SELECT id, CASE WHEN isfinite(at) THEN now() - at > interval '1 month 3 hours' END AS old FROM e",
                "SELECT k, since - LOCALTIMESTAMP > interval '-1 year -12:00' AS late, LOCALTIMESTAMP - since < '1 day' AS new FROM c",
                "SELECT k FROM c WHERE extract(epoch FROM LOCALTIMESTAMP - since) >= 43200.5");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void time_moves_what_is_aggregated_again_for_each_group(int version) throws SQLException {
        assertMaintained(
                version,
                "SELECT k, count(DISTINCT d) FILTER (WHERE at > now() - interval '1 day') AS n, count(DISTINCT v) AS m FROM e GROUP BY k",
                "SELECT string_agg(id::text, ',' ORDER BY id) FILTER (WHERE v > 3 AND (at > now() OR d = CURRENT_DATE)) AS ids FROM e",
                "SELECT k, array_agg(CASE WHEN at > now() THEN 'future' ELSE 'past' END ORDER BY id) AS a FROM e GROUP BY k");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void time_moves_what_window_functions_read(int version) throws SQLException {
        assertMaintained(
                version,
                "SELECT id, k, count(*) FILTER (WHERE at > now() - interval '1 day') OVER (PARTITION BY k) AS n FROM e",
                "SELECT id, sum(CASE WHEN d < CURRENT_DATE THEN v ELSE 0 END) OVER (PARTITION BY k ORDER BY id) AS s FROM e");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void an_age_turns_at_midnight(int version) throws SQLException {
        assertSeldomMoved(
                version,
                "SELECT id, CASE WHEN isfinite(d) THEN age(d) END AS age FROM e",
                "SELECT extract(day FROM age(since)) AS days, count(*) AS n FROM c GROUP BY 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void the_arguments_of_a_function_in_from_read_the_clock(int version) throws SQLException {
        assertSeldomMoved(
                version,
                "SELECT g::date AS day, count(e.id) AS n FROM generate_series(CURRENT_DATE - 2, CURRENT_DATE, interval '1 day') AS g"
                        + " LEFT JOIN e ON e.d = g::date GROUP BY 1",
                "SELECT c.k, g.day, g.n FROM c CROSS JOIN generate_series(c.since::date, CURRENT_DATE, interval '1 day')"
                        + " WITH ORDINALITY AS g(day, n)",
                "SELECT v.name, count(e.id) AS n FROM (VALUES ('today', CURRENT_DATE), ('before', CURRENT_DATE - 1)) AS v(name, d)"
                        + " LEFT JOIN e ON e.d = v.d GROUP BY v.name");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void the_time_of_the_server_is_that_of_the_transaction_which_refreshes(int version) throws SQLException {
        TestDatabase database = TestDatabase.on(version);
        database.execute(
                "CREATE TABLE e (id int PRIMARY KEY, at timestamptz NOT NULL)",
                "CREATE INDEX ON e (at)",
                "INSERT INTO e SELECT i, clock_timestamp() + i * interval '1 hour' FROM generate_series(-2, 2) AS i");
        database.create("past", "SELECT id FROM e WHERE at <= statement_timestamp()");

        assertThat(database.engine().refresh("past").outcome()).isEqualTo(RefreshOutcome.NO_DATA);

        database.execute("INSERT INTO e SELECT 10, clock_timestamp() + interval '100 milliseconds'");
        database.engine().refresh("past");
        database.await("SELECT at < clock_timestamp() FROM e WHERE id = 10");
        RefreshResult moved = database.engine().refresh("past");

        assertThat(moved.written()).isLessThanOrEqualTo(1);
        assertThat(database.column("SELECT id FROM past ORDER BY id")).containsExactly("-2", "-1", "0", "10");
        assertThat(database.engine().verify("past").equal()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void the_missing_index_on_what_is_compared_is_named(int version) throws SQLException {
        TestDatabase database = TestDatabase.on(version);
        database.execute(
                "CREATE TABLE e (id int PRIMARY KEY, at timestamptz)",
                "INSERT INTO e SELECT i, now() FROM generate_series(1, 500) AS i",
                "ANALYZE e");

        assertThat(database.engine()
                        .explainQuery("SELECT id FROM e WHERE at > now()")
                        .missingIndexes())
                .containsExactly("CREATE INDEX ON \"public\".\"e\" (\"at\")");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT id, now() AS t FROM e",
                "SELECT id, now() - at AS age FROM e",
                "SELECT id, row_number() OVER (PARTITION BY at > now() ORDER BY id) AS r FROM e",
                "SELECT id FROM e WHERE at > clock_timestamp()",
                "SELECT id, age(now(), at) AS a FROM e",
                "SELECT id FROM e WHERE at > ('today'::text)::timestamptz"
            })
    void what_changes_with_every_refresh_is_refreshed_fully(String query) throws SQLException {
        TestDatabase database = TestDatabase.on(18);
        database.execute("CREATE TABLE e (id int PRIMARY KEY, at timestamptz)");

        assertThat(database.engine().explainQuery(query).fullReason()).isNotNull();
    }
}
