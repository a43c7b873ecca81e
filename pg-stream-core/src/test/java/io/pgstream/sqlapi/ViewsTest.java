package io.pgstream.sqlapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the views and functions of the catalog say, to somebody who has SQL and nothing else. */
class ViewsTest {

    private TestDatabase database;

    @BeforeEach
    void orders() throws SQLException {
        database = TestDatabase.onDefault();
        database.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, customer int, amount int)",
                "INSERT INTO orders SELECT i, i % 3, i FROM generate_series(1, 9) AS i");
    }

    private void define(String name, String query, String schedule) {
        database.engine()
                .create(StreamTableDefinition.of(name, query)
                        .withMode(RefreshMode.DIFFERENTIAL)
                        .withSchedule(schedule));
    }

    /** Makes the data of a table that old. */
    private void age(String name, String age) throws SQLException {
        database.execute(
                "UPDATE pgstream.pgs_frontiers SET data_timestamp = clock_timestamp() - interval '" + age
                        + "' WHERE stream_table_id = pgstream.find_stream_table('" + name + "')",
                "UPDATE pgstream.pgs_states SET checked_at = NULL WHERE stream_table_id = pgstream.find_stream_table('"
                        + name + "')");
    }

    private String stale(String name) throws SQLException {
        return database.value("SELECT stale FROM pgstream.stream_tables_info WHERE pgs_name = '" + name + "'");
    }

    private Boolean staleInJava(String name) {
        return database.engine().monitor().overview().tables().stream()
                .filter(table -> table.name().name().equals(name))
                .findFirst()
                .orElseThrow()
                .stale();
    }

    @Test
    void data_is_stale_when_it_is_older_than_the_schedule_by_the_time_that_a_refresh_takes() throws SQLException {
        define("totals", "SELECT customer, sum(amount) AS amount FROM orders GROUP BY customer", "5m");
        assertThat(stale("totals")).isEqualTo("f");
        age("totals", "301 seconds");
        assertThat(stale("totals")).isEqualTo("f");
        assertThat(staleInJava("totals")).isFalse();
        age("totals", "303 seconds");
        assertThat(stale("totals")).isEqualTo("t");
        assertThat(staleInJava("totals")).isTrue();
        assertThat(database.column("SELECT check_name FROM pgstream.health_check() WHERE severity <> 'OK'"))
                .doesNotContain("stale_tables");
        age("totals", "601 seconds");
        assertThat(database.column("SELECT detail FROM pgstream.health_check() WHERE check_name = 'stale_tables'"))
                .singleElement()
                .asString()
                .startsWith("public.totals: 00:10:01");
    }

    @Test
    void there_is_no_verdict_where_a_schedule_has_no_interval() throws SQLException {
        define("nightly", "SELECT id FROM orders", "0 3 * * *");
        define("by_hand", "SELECT id FROM orders", "manual");
        for (String name : List.of("nightly", "by_hand")) {
            age(name, "1 year");
            assertThat(stale(name)).as(name).isEqualTo("null");
        }
        define("live", "SELECT id FROM orders", "live");
        age("live", "2 seconds");
        assertThat(stale("live")).isEqualTo("f");
        assertThat(staleInJava("live")).isFalse();
        age("live", "4 seconds");
        assertThat(stale("live")).isEqualTo("t");
        assertThat(staleInJava("live")).isTrue();
    }

    @Test
    void a_table_that_its_writers_maintain_is_never_stale() throws SQLException {
        database.engine()
                .create(StreamTableDefinition.of("at_once", "SELECT customer, count(*) FROM orders GROUP BY 1")
                        .withMode(RefreshMode.IMMEDIATE));
        age("at_once", "1 year");
        assertThat(database.value("SELECT stale || ',' || (staleness < interval '1 second') || ',' || needs_reinit"
                        + " FROM pgstream.stream_tables_info"))
                .isEqualTo("false,true,false");
    }

    @Test
    void a_table_that_its_writers_had_to_pass_by_is_in_error_like_everywhere_else() throws SQLException {
        database.engine()
                .create(StreamTableDefinition.of("at_once", "SELECT customer, count(*) FROM orders GROUP BY 1")
                        .withMode(RefreshMode.IMMEDIATE));
        database.execute("INSERT INTO pgstream.pgs_missed_writes (stream_table_id, missed_at) SELECT id, now() -"
                + " interval '1 hour' FROM pgstream.pgs_stream_tables");
        assertThat(database.value("SELECT concat_ws(',', status, stale, needs_reinit, staleness > interval '1 hour')"
                        + " FROM pgstream.stream_tables_info"))
                .isEqualTo("ERROR,t,t,t");
        assertThat(database.value("SELECT last_error FROM pgstream.stream_tables_info"))
                .isEqualTo(database.engine().get("at_once").lastError());
        assertThat(database.column("SELECT detail FROM pgstream.health_check() WHERE severity = 'ERROR'"))
                .singleElement()
                .asString()
                .startsWith("public.at_once: ");
    }

    @Test
    void a_calculated_schedule_is_the_tightest_of_its_readers() throws SQLException {
        define("base", "SELECT id, customer, amount FROM orders", "calculated");
        define("middle", "SELECT customer, sum(amount) AS amount FROM base GROUP BY customer", "calculated");
        assertThat(effective()).containsExactly("base=00:01:00", "middle=00:01:00");
        define("slow", "SELECT id FROM base", "10m");
        assertThat(effective())
                .as("middle is refreshed each minute, so base is too")
                .containsExactly("base=00:01:00", "middle=00:01:00", "slow=00:10:00");
        define("quick", "SELECT customer FROM middle", "1m30s");
        assertThat(effective()).containsExactly("base=00:01:30", "middle=00:01:30", "quick=00:01:30", "slow=00:10:00");
        define("at_once", "SELECT customer FROM middle WHERE amount > 3", "live");
        assertThat(effective())
                .containsExactly("at_once=live", "base=live", "middle=live", "quick=00:01:30", "slow=00:10:00");
        assertSameAsClock();
    }

    private List<String> effective() throws SQLException {
        return database.column("SELECT pgs_name || '=' || coalesce(effective_schedule::text, (SELECT 'live' FROM"
                + " pgstream.effective_schedules() AS e WHERE e.stream_table_id = pgs_id AND e.live), 'none')"
                + " FROM pgstream.stream_tables_info ORDER BY 1");
    }

    /** The clock has a calculation of its own, in Java. */
    private void assertSameAsClock() throws SQLException {
        List<String> clock = database.engine().watch().tables().stream()
                .map(table -> table.name().name() + "=" + table.schedule().text())
                .sorted()
                .toList();
        assertThat(database.column("SELECT t.table_name || '=' || CASE WHEN e.live THEN 'live' WHEN extract(epoch FROM"
                        + " e.every) >= 600 THEN '10m' ELSE '1m30s' END FROM pgstream.effective_schedules() AS e JOIN"
                        + " pgstream.pgs_stream_tables AS t ON t.id = e.stream_table_id ORDER BY 1"))
                .isEqualTo(clock);
    }

    @Test
    void counters_count_what_was_done() throws SQLException {
        define("totals", "SELECT customer, sum(amount) AS amount FROM orders GROUP BY customer", "1m");
        database.execute("INSERT INTO orders VALUES (10, 7, 10), (11, 1, 5)");
        database.engine().refresh("totals");
        database.engine().refresh("totals");
        database.engine().refreshFully("totals");
        database.execute("DROP TABLE orders CASCADE");
        assertThat(catchThrowableOfType(
                                PgStreamException.class, () -> database.engine().refresh("totals"))
                        .code())
                .isEqualTo(ErrorCode.SOURCE_CHANGED);
        assertThat(database.value("SELECT concat_ws(' ', total_refreshes, differential_refreshes, full_refreshes,"
                        + " failed_refreshes, rows_inserted, rows_updated, rows_deleted, consecutive_errors,"
                        + " avg_duration_ms > 0) FROM pgstream.pg_stat_stream_tables"))
                .isEqualTo("3 1 2 1 4 1 0 1 t");
        assertThat(database.column("SELECT outcome FROM pgstream.get_refresh_history('totals', 2)"))
                .containsExactly("FAILED", "FULL");
        assertThat(database.column("SELECT outcome || ' ' || stream_table FROM pgstream.refresh_timeline()"))
                .containsExactly(
                        "FAILED public.totals",
                        "FULL public.totals",
                        "DIFFERENTIAL public.totals",
                        "FULL public.totals");
        assertThat(database.column("SELECT check_name FROM pgstream.health_check() WHERE severity <> 'OK'"))
                .contains("failing_tables");
    }

    @Test
    void what_reads_what_is_shown_as_a_tree() throws SQLException {
        define("base", "SELECT id, customer, amount FROM orders", "1m");
        define("a", "SELECT customer, sum(amount) AS s FROM base GROUP BY customer", "1m");
        define("b", "SELECT customer, count(*) AS n FROM base GROUP BY customer", "1m");
        define("joined", "SELECT a.customer, a.s, b.n FROM a JOIN b ON a.customer = b.customer", "1m");
        assertThat(database.column("SELECT tree_line FROM pgstream.dependency_tree()"))
                .containsExactly(
                        "public.joined",
                        "+-- public.a",
                        "|   `-- public.base",
                        "|       `-- public.orders [source]",
                        "`-- public.b",
                        "    `-- public.base (see above)");
        assertThat(database.column("SELECT source_table || ' ' || source_type || ' ' || cdc_mode"
                        + " FROM pgstream.list_sources('joined')"))
                .containsExactly("public.a stream table TRIGGER", "public.b stream table TRIGGER");
        assertThat(database.column("SELECT scc_id FROM pgstream.pgs_scc_status()"))
                .isEmpty();
    }

    @Test
    void circles_are_found_in_what_reads_what() throws SQLException {
        define("a", "SELECT id FROM orders", "1m");
        define("b", "SELECT id FROM a", "1m");
        define("c", "SELECT id FROM b", "1m");
        database.execute("INSERT INTO pgstream.pgs_dependencies (stream_table_id, source_relid, source_name, columns)"
                + " VALUES (pgstream.find_stream_table('a'), 'b'::regclass, 'public.b', '{id}')");
        assertThat(database.column("SELECT scc_id || ' ' || member_count || ' ' || members::text"
                        + " FROM pgstream.pgs_scc_status()"))
                .containsExactly("1 2 {public.a,public.b}");
    }

    @Test
    void triggers_that_are_switched_off_or_gone_are_an_alert() throws SQLException {
        define("totals", "SELECT customer, sum(amount) AS amount FROM orders GROUP BY customer", "1m");
        String alert = "SELECT source_table || ' ' || cdc_mode || ' ' || coalesce(alert, 'fine')"
                + " FROM pgstream.check_cdc_health()";
        assertThat(database.column(alert)).containsExactly("public.orders TRIGGER fine");
        assertThat(database.column("SELECT event FROM pgstream.trigger_inventory() WHERE present AND enabled"))
                .containsExactly("INSERT", "DELETE", "UPDATE", "TRUNCATE");
        database.execute("ALTER TABLE orders DISABLE TRIGGER USER");
        assertThat(database.column(alert)).containsExactly("public.orders TRIGGER capture_triggers_missing");
        database.execute("ALTER TABLE orders ENABLE TRIGGER USER");
        assertThat(database.column(alert)).containsExactly("public.orders TRIGGER fine");
        String trigger = database.value("SELECT trigger_name FROM pgstream.trigger_inventory() WHERE event = 'DELETE'");
        database.execute("DROP TRIGGER " + trigger + " ON orders");
        assertThat(database.column(alert)).containsExactly("public.orders TRIGGER capture_triggers_missing");
        assertThat(database.column("SELECT event FROM pgstream.trigger_inventory() WHERE NOT present"))
                .containsExactly("DELETE");
        assertThat(database.column("SELECT severity FROM pgstream.health_check() WHERE check_name = 'capture'"))
                .containsExactly("ERROR");
    }

    @Test
    void a_slot_that_is_gone_is_an_alert() throws SQLException {
        define("totals", "SELECT customer, sum(amount) AS amount FROM orders GROUP BY customer", "1m");
        assertThat(database.column("SELECT slot_name FROM pgstream.slot_health()"))
                .isEmpty();
        database.execute("UPDATE pgstream.pgs_dependencies SET cdc_mode = 'WAL', slot_name = 'gone'");
        assertThat(database.column("SELECT slot_name || ' ' || alert FROM pgstream.check_cdc_health()"))
                .containsExactly("gone replication_slot_missing");
    }

    @Test
    void buffers_that_grow_are_warned_of() throws SQLException {
        define("totals", "SELECT customer, sum(amount) AS amount FROM orders GROUP BY customer", "1m");
        database.execute(
                "INSERT INTO orders SELECT i, i % 3, i FROM generate_series(10, 3000) AS i",
                "UPDATE pgstream.pgs_settings SET value = '10000' WHERE name = 'buffer-growth-warning'");
        assertThat(database.column("SELECT source_table || ' ' || read_by::text || ' ' || (buffer_bytes > 10000)"
                        + " FROM pgstream.change_buffer_sizes()"))
                .containsExactly("public.orders {public.totals} true");
        assertThat(database.column("SELECT detail FROM pgstream.health_check() WHERE check_name = 'change_buffers'"))
                .singleElement()
                .asString()
                .startsWith("public.orders: ")
                .endsWith(" of changes wait for public.totals");
    }

    @Test
    void a_name_is_read_as_sql_reads_it() throws SQLException {
        database.execute("CREATE SCHEMA \"Other Schema\"");
        define("\"Mixed \"\"Case\"", "SELECT id FROM orders", "1m");
        define("\"Other Schema\".same", "SELECT id FROM orders", "1m");
        define("same", "SELECT id FROM orders", "1m");
        assertThat(database.column("SELECT outcome FROM pgstream.get_refresh_history('public.\"Mixed \"\"Case\"')"))
                .containsExactly("FULL");
        assertThat(database.column("SELECT outcome FROM pgstream.get_refresh_history('\"Other Schema\".SAME')"))
                .containsExactly("FULL");
        assertThat(failure("SELECT pgstream.get_refresh_history('same')").getMessage())
                .contains("several schemas have a stream table same")
                .contains("Write the name with its schema");
        assertThat(failure("SELECT pgstream.explain_st('absent')").getSQLState())
                .isEqualTo("42P01");
        for (String hostile : List.of("a.b.c", "'; DROP TABLE orders; --", "\"", "", "x.\"y")) {
            assertThat(failure("SELECT pgstream.explain_st($$" + hostile + "$$)")
                            .getSQLState())
                    .as(hostile)
                    .isIn("42P01", "22023");
        }
    }

    private SQLException failure(String statement) {
        return catchThrowableOfType(SQLException.class, () -> database.execute(statement));
    }

    @Test
    void explain_names_the_mode_the_schedule_and_the_sources() throws SQLException {
        define("totals", "SELECT customer, sum(amount) AS amount FROM orders GROUP BY customer", "1m");
        assertThat(database.column("SELECT property || ': ' || value FROM pgstream.explain_st('totals')"))
                .contains(
                        "name: public.totals",
                        "status: ACTIVE",
                        "effective mode: DIFFERENTIAL",
                        "schedule: 1m",
                        "sources: public.orders (TRIGGER)");
    }
}
