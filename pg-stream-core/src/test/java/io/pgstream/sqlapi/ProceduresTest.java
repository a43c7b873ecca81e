package io.pgstream.sqlapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.request.DeskSettings;
import io.pgstream.request.RequestDesk;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;

/** Procedures that hand work to a running engine and return what came of it. */
class ProceduresTest extends SqlClientTest {

    private static final String TOTALS = "SELECT customer, sum(amount) AS amount FROM orders GROUP BY customer";

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_table_is_created_refreshed_altered_and_dropped_in_sql_alone(int version) throws SQLException {
        use(TestDatabase.on(version));
        open();
        assertThat(call("create_stream_table('totals', '" + TOTALS + "', schedule => 'manual')"))
                .isEqualTo("{\"mode\": \"AUTO\", \"name\": \"public.totals\", \"reason\": null, \"status\": \"ACTIVE\","
                        + " \"schedule\": \"manual\"}");
        database.execute("INSERT INTO orders VALUES (10, 7, 1)");
        assertThat(call("refresh_stream_table('totals')"))
                .contains("\"outcome\": \"DIFFERENTIAL\"", "\"inserted\": 1", "\"updated\": 0");
        assertThat(call("refresh_stream_table(name => 'totals', force => true)"))
                .contains("\"outcome\": \"FULL\"");
        assertThat(call("verify_stream_table('totals')")).contains("\"equal\": true", "\"rows\": 4");
        assertThat(call("create_fresh_view('totals')"))
                .isEqualTo("{\"name\": \"public.totals\", \"view\": \"public.totals_fresh\"}");
        database.execute("INSERT INTO orders VALUES (11, 8, 3)");
        assertThat(database.value("SELECT amount FROM totals_fresh WHERE customer = 8"))
                .isEqualTo("3");
        assertThat(call("drop_fresh_view('totals')")).isEqualTo("{\"name\": \"public.totals\"}");
        call("refresh_stream_table('totals')");
        assertThat(call("alter_stream_table('totals', schedule => '5m', status => 'SUSPENDED')"))
                .contains("\"schedule\": \"5m\"", "\"status\": \"SUSPENDED\"");
        assertThat(call("resume_stream_table('totals')")).contains("\"status\": \"ACTIVE\"");
        call("alter_stream_table('totals', query => 'SELECT customer, count(*) AS n FROM orders GROUP BY customer')");
        database.assertEqual("totals");
        call("create_stream_table('above', 'SELECT customer FROM totals WHERE n > 1', refresh_mode => 'differential')");
        assertThat(call("refresh_all()")).contains("public.totals", "public.above");
        assertThat(call("pause_all()")).isEqualTo("{\"paused\": true}");
        assertThat(call("resume_all()")).isEqualTo("{\"paused\": false}");
        PSQLException kept = refused("drop_stream_table('totals')");
        assertThat(kept.getSQLState()).isEqualTo("2BP01");
        assertThat(kept.getServerErrorMessage().getDetail()).isEqualTo("pg-stream: HAS_DEPENDANTS");
        assertThat(call("drop_stream_table('above')")).isEqualTo("{\"dropped\": [\"public.above\"]}");
        call("create_stream_table('above', 'SELECT customer FROM totals')");
        assertThat(call("drop_all()")).contains("public.above", "public.totals", "\"kept\": []");
        assertThat(database.column("SELECT pgs_name FROM pgstream.stream_tables_info"))
                .isEmpty();
    }

    @Test
    void an_error_comes_back_with_its_state_its_code_and_what_to_do() throws SQLException {
        open();
        PSQLException wrong = refused("create_stream_table('t', 'SELECT absent FROM orders')");
        assertThat(wrong.getSQLState()).isEqualTo("42703");
        assertThat(wrong.getMessage())
                .contains("column \"absent\" does not exist")
                .contains("line 1");
        assertThat(wrong.getServerErrorMessage().getDetail()).isEqualTo("pg-stream: INVALID_QUERY");
        PSQLException unsupported =
                refused("create_stream_table('t', 'SELECT id FROM orders LIMIT 3', refresh_mode => 'DIFFERENTIAL')");
        assertThat(unsupported.getSQLState()).isEqualTo("0A000");
        assertThat(hint(unsupported)).contains("ORDER BY");
        assertThat(refused("refresh_stream_table('absent')").getSQLState()).isEqualTo("42P01");
        assertThat(refused("create_stream_table('orders', 'SELECT 1 AS a')").getSQLState())
                .isEqualTo("42P07");
        assertThat(refused("create_stream_table('t', 'SELECT 1 AS a', schedule => 'often')")
                        .getSQLState())
                .isEqualTo("22023");
        assertThat(refused("create_stream_table('t', NULL)").getMessage()).contains("The argument query is NULL");
        assertThat(refused("alter_stream_table('absent', status => 'GONE')").getSQLState())
                .isEqualTo("42P01");
        assertThat(database.column("SELECT pgs_name FROM pgstream.stream_tables_info"))
                .isEmpty();
    }

    @Test
    void a_query_means_what_it_means_to_its_caller() throws SQLException {
        open();
        database.execute(
                "CREATE SCHEMA shop",
                "CREATE TABLE shop.orders (id int PRIMARY KEY, at timestamptz)",
                "INSERT INTO shop.orders VALUES (1, '2026-01-01 23:30+00')");
        try (Connection connection = database.connect()) {
            TestDatabase.execute(connection, "SET search_path = \"$user\", shop, absent");
            TestDatabase.execute(connection, "SET TimeZone = 'Asia/Tokyo'");
            TestDatabase.execute(
                    connection, "CALL pgstream.create_stream_table('days', 'SELECT id, at::date AS day FROM orders')");
        }
        assertThat(database.value("SELECT day FROM shop.days")).isEqualTo("2026-01-02");
        assertThat(database.value("SELECT concat_ws(' ', time_zone, search_path) FROM pgstream.pgs_stream_tables"))
                .isEqualTo("Asia/Tokyo shop");
    }

    @Test
    void without_an_engine_the_error_comes_at_once() throws SQLException {
        PSQLException none = refused("refresh_stream_table('totals')");
        assertThat(none.getSQLState()).isEqualTo("55000");
        assertThat(none.getMessage()).contains("no engine of pg-stream is running");
        RequestDesk desk = open();
        desk.stop(Duration.ofSeconds(5));
        assertThat(desk.isRunning()).isFalse();
        assertThat(refused("refresh_stream_table('totals')").getMessage())
                .contains("no engine of pg-stream is running");
        assertThat(database.value("SELECT count(*) FROM pgstream.pgs_requests")).isEqualTo("0");
    }

    @Test
    void an_engine_whose_session_is_gone_is_gone() throws SQLException {
        database.execute("INSERT INTO pgstream.pgs_engines (id, application, host, role_name, backend_pid) VALUES"
                + " (gen_random_uuid(), 'killed', 'host', current_user, 999999)");
        assertThat(refused("refresh_stream_table('totals')").getMessage())
                .contains("no engine of pg-stream is running");
        database.execute(
                "UPDATE pgstream.pgs_engines SET backend_pid = NULL, seen_at = clock_timestamp() - interval '1 minute'");
        assertThat(refused("refresh_stream_table('totals')").getMessage())
                .contains("no engine of pg-stream is running");
    }

    @Test
    void in_a_transaction_block_the_error_comes_before_anything_is_queued() throws SQLException {
        open();
        try (Connection connection = database.begin()) {
            PSQLException refused = catchThrowableOfType(
                    PSQLException.class,
                    () -> TestDatabase.execute(
                            connection, "CALL pgstream.create_stream_table('totals', '" + TOTALS + "')"));
            assertThat(refused.getSQLState()).isEqualTo("25001");
            assertThat(refused.getMessage()).contains("work cannot be handed to an engine in a transaction block");
            connection.rollback();
        }
        database.execute("CREATE FUNCTION indirectly() RETURNS void LANGUAGE plpgsql AS $$ DECLARE r jsonb; BEGIN"
                + " CALL pgstream.refresh_all(result => r); END $$");
        assertThat(catchThrowableOfType(PSQLException.class, () -> database.execute("SELECT indirectly()"))
                        .getSQLState())
                .isEqualTo("25001");
        assertThat(database.value("SELECT count(*) FROM pgstream.pgs_requests")).isEqualTo("0");
    }

    @Test
    void an_engine_that_ends_while_it_works_is_noticed() throws Exception {
        database.execute("INSERT INTO pgstream.pgs_engines (id, application, host, role_name) SELECT gen_random_uuid(),"
                + " 'busy', 'host', current_user");
        Future<PSQLException> caller = threads.submit(() -> refused("refresh_all()"));
        database.await("SELECT count(*) = 1 FROM pgstream.pgs_requests");
        database.execute(
                "UPDATE pgstream.pgs_requests SET state = 'RUNNING', engine = (SELECT id FROM pgstream.pgs_engines)",
                "UPDATE pgstream.pgs_engines SET seen_at = clock_timestamp() - interval '1 minute'");
        PSQLException ended = caller.get();
        assertThat(ended.getSQLState()).isEqualTo("58000");
        assertThat(ended.getMessage()).contains("has ended while it worked on this");
    }

    @Test
    void what_nobody_begins_is_taken_back_when_the_time_is_over() throws SQLException {
        database.execute("INSERT INTO pgstream.pgs_engines (id, application, host, role_name) SELECT gen_random_uuid(),"
                + " 'busy', 'host', current_user");
        PSQLException late = refused("refresh_all(timeout => '200 ms')");
        assertThat(late.getSQLState()).isEqualTo("57014");
        assertThat(late.getMessage()).contains("had the time to begin");
        assertThat(database.value("SELECT state FROM pgstream.pgs_requests")).isEqualTo("CANCELLED");
    }

    @Test
    void a_call_that_is_cancelled_ends_the_refresh() throws Exception {
        open();
        database.execute(
                "CREATE FUNCTION slow(i int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(CASE WHEN i >"
                        + " 0 THEN 0 ELSE 60 END); RETURN i; END $$");
        call(
                "create_stream_table('slowly', 'SELECT slow(id) AS i FROM orders', refresh_mode => 'FULL', schedule => 'manual')");
        database.execute("INSERT INTO orders VALUES (0, 0, 0)");
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            Future<SQLException> caller = threads.submit(() -> catchThrowableOfType(
                    SQLException.class, () -> statement.execute("CALL pgstream.refresh_stream_table('slowly')")));
            String sleeping = "FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query NOT LIKE '%CALL%'"
                    + " AND query NOT LIKE '%pg_stat_activity%' AND datname = current_database()";
            database.await("SELECT EXISTS (SELECT " + sleeping + ")");
            statement.cancel();
            assertThat(caller.get().getSQLState()).isEqualTo("57014");
            database.await("SELECT NOT EXISTS (SELECT " + sleeping + ")");
        }
        database.await("SELECT bool_and(state IN ('DONE', 'FAILED')) FROM pgstream.pgs_requests");
        assertThat(database.value("SELECT error_message FROM pgstream.pgs_requests WHERE state = 'FAILED'"))
                .contains("canceling statement");
    }

    @Test
    void of_several_engines_one_takes_the_work() throws Exception {
        for (int i = 0; i < 3; i++) {
            open(
                    new StreamTableEngine(database.dataSource(), EngineSettings.defaults(), List.of()),
                    database.dataSource(),
                    DeskSettings.defaults());
        }
        call("create_stream_table('totals', '" + TOTALS + "', schedule => 'manual')");
        List<Future<String>> calls = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            calls.add(threads.submit(() -> call("refresh_stream_table('totals')")));
        }
        for (Future<String> each : calls) {
            assertThat(each.get()).contains("public.totals");
        }
        assertThat(database.value("SELECT count(*) || ' ' || count(DISTINCT id) || ' ' || bool_and(state = 'DONE')"
                        + " FROM pgstream.pgs_requests"))
                .isEqualTo("13 13 true");
    }

    @Test
    void an_engine_that_cannot_listen_looks_once_a_second() throws SQLException {
        open(
                database.engine(),
                database.dataSource(),
                new DeskSettings(false, Duration.ofSeconds(5), 1, 1 << 30, 1 << 30));
        assertThat(call("create_stream_table('totals', '" + TOTALS + "')")).contains("ACTIVE");
    }

    @Test
    void handing_over_takes_milliseconds_and_an_idle_desk_does_nearly_nothing() throws SQLException {
        open();
        call("create_stream_table('totals', '" + TOTALS + "', schedule => 'manual')");
        call("refresh_stream_table('totals')");
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++) {
            long started = System.nanoTime();
            call("suspend_stream_table('totals')");
            best = Math.min(best, System.nanoTime() - started);
        }
        assertThat(Duration.ofNanos(best)).as("the best of 20").isLessThan(Duration.ofMillis(200));
        System.getLogger("test").log(System.Logger.Level.INFO, "A call took {0} ms", best / 1_000_000.0);
    }

    @Test
    void an_explanation_and_the_diamonds_are_written_down() throws SQLException {
        open();
        call("create_stream_table('base', 'SELECT id, customer, amount FROM orders', schedule => '1m')");
        call(
                "create_stream_table('a', 'SELECT customer, sum(amount) AS s FROM base GROUP BY customer', schedule => '1m')");
        call(
                "create_stream_table('b', 'SELECT customer, count(*) AS n FROM base GROUP BY customer', schedule => '1m')");
        call(
                "create_stream_table('joined', 'SELECT a.customer, s, n FROM a JOIN b USING (customer)', schedule => '1m')");
        database.await("SELECT count(*) = 3 FROM pgstream.diamond_groups()");
        assertThat(database.column(
                        "SELECT group_id || ' ' || stream_table || ' ' || policy FROM pgstream.diamond_groups()"))
                .containsExactly("1 public.a fastest", "1 public.b fastest", "1 public.joined fastest");
        database.await("SELECT count(*) = 4 FROM pgstream.pgs_explanations");
        assertThat(database.column("SELECT property FROM pgstream.explain_st('a')"))
                .contains("operators", "strategy", "delta");
        assertThat(database.column("SELECT value FROM pgstream.explain_st('a') WHERE property = 'operators'"))
                .singleElement()
                .asString()
                .contains("Aggregate");
    }
}
