package io.pgstream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshFailedException;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Servers that are away, read-only, or die in the middle of a refresh (pitfalls 43, 45 and 48). */
class ServerFailuresTest {

    private static final String LAST_WRITE = "pgstream.pgs_refresh_history";

    @TempDir
    private Path directory;

    private static TestDatabase filled(TestDatabase database) throws SQLException {
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, kind int)",
                "INSERT INTO item SELECT i, i % 5 FROM generate_series(1, 20) AS i");
        database.create("total", "SELECT kind, count(*) AS n FROM item GROUP BY kind");
        return database;
    }

    private static TestDatabase database() throws SQLException {
        return filled(TestDatabase.onDefault());
    }

    /** The failure of a refresh to which something happens after it has written all but its last row. */
    private static PgStreamException interrupted(TestDatabase database, Interruption interruption) throws Exception {
        database.execute("INSERT INTO item VALUES (101, 1), (102, 9)", "DELETE FROM item WHERE id = 3");
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection blocker = database.begin()) {
            TestDatabase.execute(blocker, "LOCK TABLE " + LAST_WRITE + " IN ACCESS EXCLUSIVE MODE");
            Future<PgStreamException> failure = thread.submit(() -> catchThrowableOfType(
                    PgStreamException.class, () -> database.engine().refresh("total")));
            database.awaitWaiterFor(LAST_WRITE);
            interruption.happen(database.value(
                    "SELECT pid FROM pg_locks WHERE NOT granted AND relation = '" + LAST_WRITE + "'::regclass"));
            return failure.get(60, TimeUnit.SECONDS);
        } finally {
            thread.shutdownNow();
        }
    }

    @FunctionalInterface
    private interface Interruption {

        void happen(String pid) throws Exception;
    }

    private static void assertUnharmed(TestDatabase database) throws SQLException {
        assertThat(database.value("SELECT count(*) FROM total WHERE kind = 9")).isEqualTo("0");
        assertThat(database.column("SELECT 1 FROM pg_locks AS l JOIN pg_class AS c ON c.oid = l.relation"
                        + " WHERE c.relnamespace = 'pgstream_state'::regnamespace"))
                .isEmpty();
        assertThat(database.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("total");
    }

    @Test
    void a_refresh_whose_connection_is_terminated_has_done_nothing_and_is_worth_a_retry() throws Exception {
        TestDatabase database = database();
        PgStreamException failure =
                interrupted(database, pid -> database.value("SELECT pg_terminate_backend(" + pid + ")"));
        assertThat(failure.code()).isEqualTo(ErrorCode.SERVER_UNAVAILABLE);
        assertThat(((RefreshFailedException) failure).retryable()).isTrue();
        assertThat(database.engine().get("total").consecutiveErrors()).isZero();
        assertUnharmed(database);
    }

    @Test
    void a_refresh_that_is_cancelled_has_done_nothing_and_leaves_no_lock() throws Exception {
        TestDatabase database = database();
        PgStreamException failure =
                interrupted(database, pid -> database.engine().cancelRefreshes());
        assertThat(failure.getMessage()).contains("57014");
        assertUnharmed(database);
    }

    @Test
    void an_error_of_the_query_leaves_no_lock_and_ends_with_its_cause() throws Exception {
        TestDatabase database = database();
        database.execute("CREATE TABLE divided (id int PRIMARY KEY, n int)", "INSERT INTO divided VALUES (1, 2)");
        database.create("quotients", "SELECT id, 10 / n AS quotient FROM divided");
        database.execute("INSERT INTO divided VALUES (2, 0)");
        for (int i = 0; i < 3; i++) {
            PgStreamException failure = catchThrowableOfType(
                    PgStreamException.class, () -> database.engine().refresh("quotients"));
            assertThat(failure.getMessage()).contains("quotients").contains("22012");
        }
        assertThat(database.engine().get("quotients").consecutiveErrors()).isEqualTo(3);
        assertThat(database.engine().get("quotients").status()).hasToString("ERROR");
        database.execute("DELETE FROM divided WHERE id = 2", "INSERT INTO divided VALUES (3, 5)");
        database.engine().resume("quotients");
        // The row that divides by zero is still among the changes, so that only a full refresh gets past it.
        assertThat(database.engine().refresh("quotients").outcome()).isEqualTo(RefreshOutcome.FULL);
        database.assertEqual("quotients");
        assertThat(database.engine().get("quotients").lastError()).isNull();
    }

    @Test
    void a_connection_goes_back_to_its_pool_without_settings_or_locks_of_ours() throws Exception {
        TestDatabase source = database();
        try (Connection only = source.connect()) {
            // A pool of one connection, whose close does what a pool does without a reset.
            SingleConnectionDataSource pool = new SingleConnectionDataSource(only, true);
            StreamTableEngine engine = new StreamTableEngine(pool, EngineSettings.defaults(), List.of());
            source.execute("INSERT INTO item VALUES (101, 1)");
            assertThat(engine.refresh("total").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
            try (var statement = only.createStatement();
                    var rows = statement.executeQuery("SELECT current_setting('search_path'),"
                            + " current_setting('lock_timeout'), (SELECT count(*) FROM pg_locks WHERE pid ="
                            + " pg_backend_pid() AND relation >= 16384), current_setting('transaction_isolation')")) {
                assertThat(rows.next()).isTrue();
                assertThat(List.of(rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4)))
                        .containsExactly("\"$user\", public", "0", "0", "read committed");
            }
        }
    }

    @Test
    void a_server_that_cannot_be_reached_is_named_as_the_cause() {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setUrl("jdbc:postgresql://localhost:1/absent?user=nobody");
        StreamTableEngine engine = new StreamTableEngine(nowhere, EngineSettings.defaults(), List.of());
        RefreshFailedException failure = catchThrowableOfType(RefreshFailedException.class, engine::migrate);
        assertThat(failure.code()).isEqualTo(ErrorCode.SERVER_UNAVAILABLE);
        assertThat(failure.retryable()).isTrue();
    }

    @Test
    void a_session_that_is_read_only_is_refused_at_the_start_and_in_a_refresh() throws Exception {
        TestDatabase database = database();
        database.execute("INSERT INTO item VALUES (101, 1)");
        database.execute("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on',"
                + " current_database()); END $$");
        for (Runnable call : List.<Runnable>of(
                () -> database.engine().migrate(), () -> database.engine().refresh("total"))) {
            PgStreamException failure = catchThrowableOfType(PgStreamException.class, call::run);
            assertThat(failure.code()).as(failure.getMessage()).isEqualTo(ErrorCode.READ_ONLY_SERVER);
        }
    }

    @Test
    void a_hot_standby_is_refused_with_the_advice_to_use_the_primary() throws Exception {
        Path data = directory.resolve("standby");
        TestServer.durable(TestServer.current().version(), data, false).close();
        Files.createFile(data.resolve("standby.signal"));
        try (EmbeddedPostgres standby = TestServer.durable(TestServer.current().version(), data, false)) {
            StreamTableEngine engine =
                    new StreamTableEngine(standby.getPostgresDatabase(), EngineSettings.defaults(), List.of());
            PgStreamException failure = catchThrowableOfType(PgStreamException.class, engine::migrate);
            assertThat(failure.code()).isEqualTo(ErrorCode.READ_ONLY_SERVER);
            assertThat(failure.action()).contains("primary");
        }
    }

    @Test
    void a_server_that_is_killed_in_the_middle_of_a_refresh_comes_back_with_nothing_lost() throws Exception {
        try (EmbeddedPostgres server =
                TestServer.durable(TestServer.current().version(), directory.resolve("killed"), true)) {
            TestDatabase database = filled(TestDatabase.of(server.getPostgresDatabase()));
            // The kill of one process makes the server end all others, throw away all shared memory and recover from
            // its log.
            try (Connection witness = database.connect()) {
                PgStreamException failure = interrupted(
                        database,
                        pid -> ProcessHandle.of(Long.parseLong(pid))
                                .orElseThrow()
                                .destroyForcibly());
                assertThat(failure.code()).isEqualTo(ErrorCode.SERVER_UNAVAILABLE);
                await("The server has not ended its sessions", () -> !answers(witness));
            }
            awaitRecovery(database);
            assertUnharmed(database);
        }
    }

    /** An application that ends between two statements is noticed by its socket; in the middle of one the server has to look. */
    @Test
    void an_instance_that_dies_in_a_long_statement_holds_nothing_up_for_more_than_seconds() throws Exception {
        TestDatabase database = database();
        database.execute(
                "CREATE TABLE pace (seconds int)",
                "INSERT INTO pace VALUES (0)",
                "CREATE FUNCTION slowly(text) RETURNS text LANGUAGE plpgsql AS"
                        + " 'BEGIN PERFORM pg_sleep((SELECT seconds FROM public.pace)); RETURN current_setting($1); END'");
        database.engine()
                .create(StreamTableDefinition.of(
                                "slow",
                                "SELECT slowly('idle_in_transaction_session_timeout') AS t, id FROM item LIMIT 1")
                        .withMode(RefreshMode.FULL));
        assertThat(database.value("SELECT t FROM slow"))
                .as("one that hangs is not waited for either")
                .isEqualTo("30s");
        database.execute("UPDATE pace SET seconds = 600");
        AtomicReference<Connection> last = new AtomicReference<>();
        StreamTableEngine dying = new StreamTableEngine(
                new DelegatingDataSource(database.dataSource()) {
                    @Override
                    public Connection getConnection() throws SQLException {
                        Connection connection = super.getConnection();
                        last.set(connection);
                        return connection;
                    }
                },
                EngineSettings.defaults(),
                List.of());
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<?> refresh = thread.submit(() -> dying.refresh("slow"));
            database.await("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND"
                    + " wait_event = 'PgSleep')");
            last.get().abort(Runnable::run);
            assertThatThrownBy(() -> refresh.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(PgStreamException.class);
            long died = System.nanoTime();
            database.await("SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND"
                    + " wait_event = 'PgSleep')");
            assertThat(Duration.ofNanos(System.nanoTime() - died)).isLessThan(Duration.ofSeconds(30));
        } finally {
            thread.shutdownNow();
        }
        database.execute("UPDATE pace SET seconds = 0", "DELETE FROM item WHERE id = 1");
        assertThat(database.engine().refresh("slow").outcome()).isEqualTo(RefreshOutcome.FULL);
    }

    private static void awaitRecovery(TestDatabase database) {
        await("The server has not recovered", () -> {
            try (Connection connection = database.connect()) {
                return answers(connection);
            } catch (SQLException e) {
                return false;
            }
        });
    }

    private static boolean answers(Connection session) {
        try {
            TestDatabase.execute(session, "SELECT 1");
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private static void await(String otherwise, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(otherwise).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
