package io.pgstream.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.PgStreamException;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableAlert;
import io.pgstream.StreamTableAlertListener;
import io.pgstream.StreamTableDefinition;
import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.test.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** What operators hear of stream tables, on the channels of the server and through listeners. */
class AlertsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final BlockingQueue<StreamTableAlert> heard = new LinkedBlockingQueue<>();

    private final List<Alerts> started = new ArrayList<>();

    private TestDatabase database;

    private StreamTableEngine engine;

    private Connection listener;

    @BeforeEach
    void listen() throws SQLException {
        database = TestDatabase.onDefault();
        database.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, customer int, note text)",
                "INSERT INTO orders SELECT i, i % 3, '1' FROM generate_series(1, 9) AS i");
        engine = new StreamTableEngine(
                database.dataSource(), EngineSettings.defaults(), List.of(alerts(List.of(heard::add))));
        listener = database.connect();
        TestDatabase.execute(listener, "LISTEN pg_stream_alert");
        TestDatabase.execute(listener, "LISTEN pgstream_refresh");
    }

    @AfterEach
    void stop() throws SQLException {
        started.forEach(Alerts::stop);
        listener.close();
    }

    private Alerts alerts(List<StreamTableAlertListener> listeners) {
        Alerts alerts = new Alerts(
                database.dataSource(), "pgstream", Duration.ofMillis(50), Clock.systemUTC(), () -> listeners);
        alerts.start();
        started.add(alerts);
        return alerts;
    }

    /** The next notifications, as the texts that SQL finds in their JSON. */
    private List<String> notified(int count, String expression) throws SQLException {
        List<String> result = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (result.size() < count) {
            assertThat(System.nanoTime()).as("waiting behind %s", result).isLessThan(deadline);
            PGNotification[] arrived = listener.unwrap(PGConnection.class).getNotifications(100);
            for (int i = 0; arrived != null && i < arrived.length; i++) {
                assertThat(arrived[i].getParameter().getBytes(StandardCharsets.UTF_8))
                        .hasSizeLessThan(8000);
                result.add(arrived[i].getName() + " "
                        + database.value("SELECT concat_ws(' ', " + expression + ") FROM (SELECT $json$"
                                + arrived[i].getParameter() + "$json$::jsonb AS j) AS p"));
            }
        }
        return result;
    }

    private void nothingIsNotified() throws SQLException {
        // Whatever was on its way is there before this one.
        database.execute("NOTIFY pg_stream_alert, '{\"event\": \"last\"}'");
        assertThat(notified(1, "j->>'event'")).containsExactly("pg_stream_alert last");
    }

    private StreamTableAlert next() throws InterruptedException {
        StreamTableAlert alert = heard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(alert).isNotNull();
        return alert;
    }

    private void define(String name, String query) {
        engine.create(StreamTableDefinition.of(name, query)
                .withMode(RefreshMode.DIFFERENTIAL)
                .withSchedule("1m"));
    }

    @Test
    void refreshes_that_did_something_are_told_with_their_counts() throws Exception {
        define("totals", "SELECT customer, count(*) AS n FROM orders GROUP BY customer");
        String counts =
                "j->>'event', j->>'pgs_schema', j->>'pgs_name', j->>'outcome', j->>'rows_inserted', j->>'rows_updated'";
        assertThat(notified(2, counts))
                .containsExactly(
                        "pg_stream_alert refresh_completed public totals FULL 3 0",
                        "pgstream_refresh public totals FULL 3 0");
        database.execute("INSERT INTO orders VALUES (10, 1, 'x'), (11, 7, 'x')");
        engine.refresh("totals");
        assertThat(notified(1, counts))
                .containsExactly("pg_stream_alert refresh_completed public totals DIFFERENTIAL 1 1");
        engine.refresh("totals");
        nothingIsNotified();
        assertThat(next().event()).isEqualTo(StreamTableAlert.Event.REFRESH_COMPLETED);
        assertThat(next().refresh())
                .satisfies(refresh -> assertThat(refresh.updated()).isEqualTo(1));
    }

    @Test
    void failures_and_the_suspension_after_the_third_are_told_without_the_servers_words() throws Exception {
        define("numbers", "SELECT id, note::int AS n FROM orders");
        notified(2, "j->>'event'");
        database.execute("INSERT INTO orders VALUES (10, 1, 'secret')");
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> engine.refresh("numbers"))
                    .isInstanceOf(PgStreamException.class)
                    .hasMessageContaining("secret");
        }
        assertThat(notified(4, "j->>'event', j->>'code', j::text LIKE '%secret%'"))
                .containsExactly(
                        "pg_stream_alert refresh_failed REFRESH_FAILED f",
                        "pg_stream_alert refresh_failed REFRESH_FAILED f",
                        "pg_stream_alert refresh_failed REFRESH_FAILED f",
                        "pg_stream_alert auto_suspended REFRESH_FAILED f");
        assertThatThrownBy(() -> engine.refresh("numbers")).isInstanceOf(PgStreamException.class);
        assertThat(notified(1, "j->>'event'"))
                .as("it is suspended already")
                .containsExactly("pg_stream_alert refresh_failed");
        nothingIsNotified();
    }

    @Test
    void a_table_that_is_defined_anew_is_told() throws Exception {
        define("customers", "SELECT id, customer FROM orders");
        notified(2, "j->>'event'");
        database.execute("ALTER TABLE orders ALTER COLUMN customer TYPE bigint");
        engine.refresh("customers");
        assertThat(notified(1, "j->>'event', j->>'pgs_name'").get(0))
                .isEqualTo("pg_stream_alert reinitialize_needed customers");
    }

    @Test
    void old_data_is_told_once_by_one_of_several_engines_and_again_after_it_was_fresh() throws Exception {
        define("totals", "SELECT customer, count(*) AS n FROM orders GROUP BY customer");
        notified(2, "j->>'event'");
        alerts(List.of());
        alerts(List.of());
        for (int i = 0; i < 2; i++) {
            age("119 seconds");
            nothingIsNotified();
            age("121 seconds");
            assertThat(notified(1, "j->>'event', j->>'pgs_name', j->>'staleness_seconds'"))
                    .containsExactly("pg_stream_alert stale_data totals 121");
            nothingIsNotified();
            age("1 second");
            database.await("SELECT count(*) = 0 FROM pgstream.pgs_alerts");
        }
    }

    private void age(String age) throws SQLException {
        database.execute(
                "UPDATE pgstream.pgs_states SET checked_at = NULL",
                "UPDATE pgstream.pgs_frontiers SET data_timestamp = clock_timestamp() - interval '" + age + "'");
    }

    @Test
    void a_buffer_that_grows_is_told_once() throws Exception {
        define("totals", "SELECT customer, count(*) AS n FROM orders GROUP BY customer");
        notified(2, "j->>'event'");
        database.execute(
                "UPDATE pgstream.pgs_settings SET value = '20000' WHERE name = 'buffer-growth-warning'",
                "INSERT INTO orders SELECT i, 1, 'x' FROM generate_series(100, 3000) AS i");
        assertThat(notified(1, "j->>'event', j->>'pgs_name', (j->>'buffer_bytes')::int > 20000"))
                .containsExactly("pg_stream_alert buffer_growth_warning orders t");
        nothingIsNotified();
    }

    @Test
    void a_payload_of_the_longest_and_oddest_names_is_json_and_short_enough() throws Exception {
        String odd = "\u0001\"\\".repeat(20) + "x";
        database.execute("CREATE SCHEMA \"" + odd.replace("\"", "\"\"") + "s\"");
        String quoted = "\"" + odd.replace("\"", "\"\"");
        define(quoted + "s\"." + quoted + "t\"", "SELECT id FROM orders");
        assertThat(notified(2, "j->>'event', length(j->>'pgs_schema'), length(j->>'pgs_name')"))
                .containsExactly("pg_stream_alert refresh_completed 62 62", "pgstream_refresh 62 62");
    }

    @Test
    void what_a_listener_throws_stops_nobody() throws Exception {
        BlockingQueue<StreamTableAlert> second = new LinkedBlockingQueue<>();
        StreamTableAlertListener failing = alert -> {
            throw new IllegalStateException("as a listener may");
        };
        engine = new StreamTableEngine(
                database.dataSource(), EngineSettings.defaults(), List.of(alerts(List.of(failing, second::add))));
        define("a", "SELECT id FROM orders");
        define("b", "SELECT id FROM orders");
        assertThat(second.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
        assertThat(second.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void what_waits_at_the_end_is_sent() throws Exception {
        define("totals", "SELECT customer, count(*) AS n FROM orders GROUP BY customer");
        started.forEach(Alerts::stop);
        assertThat(started).noneMatch(Alerts::isRunning);
        assertThat(notified(2, "j->>'event'")).hasSize(2);
    }
}
