package io.pgstream.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** An application that is stopped while a refresh runs. */
@ExtendWith(OutputCaptureExtension.class)
class ShutdownTest {

    private static final String RUNNING_REFRESHES = """
            SELECT count(*)
              FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event = 'PgSleep'
            """;

    private static final String CONNECTIONS = """
            SELECT count(*)
              FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()
            """;

    private TestDatabase database;

    private ApplicationContextRunner application;

    @BeforeEach
    void setUp() {
        database = TestDatabase.create()
                .execute("CREATE TABLE pauses (seconds double precision)")
                .execute("INSERT INTO pauses VALUES (0)");
        application = ContextRunners.on(database)
                .withPropertyValues(
                        "pg-stream.scheduler-interval=100ms",
                        "pg-stream.tables[0].name=slow",
                        "pg-stream.tables[0].schedule=1s",
                        "pg-stream.tables[0].mode=full",
                        "pg-stream.tables[0].query=SELECT seconds, pg_sleep(seconds)::text AS slept FROM pauses");
    }

    @Test
    void lets_a_refresh_finish_within_the_time_that_it_is_given(CapturedOutput output) {
        application.run(context -> makeRefreshesTake(2));

        assertThat(database.sql()
                        .sql("SELECT seconds FROM slow")
                        .query(Double.class)
                        .list())
                .containsExactly(2.0);
        // The server's process outlives its connection by a moment.
        await().atMost(Duration.ofSeconds(10)).until(() -> connections() == 0);
        assertThat(output).doesNotContain("has been closed", "Exception");
    }

    @Test
    void cancels_a_refresh_that_takes_longer() {
        long[] closedAt = new long[1];
        application
                .withPropertyValues("pg-stream.scheduler.shutdown-timeout=0s")
                .run(context -> {
                    makeRefreshesTake(600);
                    closedAt[0] = System.nanoTime();
                });

        assertThat(Duration.ofNanos(System.nanoTime() - closedAt[0])).isLessThan(Duration.ofSeconds(20));
        assertThat(database.sql()
                        .sql("SELECT seconds FROM slow")
                        .query(Double.class)
                        .list())
                .containsExactly(0.0);
        await().atMost(Duration.ofSeconds(10)).until(() -> connections() == 0);
    }

    /** Returns while such a refresh runs. */
    private void makeRefreshesTake(int seconds) {
        database.execute("UPDATE pauses SET seconds = " + seconds);
        await().atMost(Duration.ofSeconds(20)).until(() -> count(RUNNING_REFRESHES) > 0);
    }

    private long connections() {
        return count(CONNECTIONS);
    }

    private long count(String query) {
        return database.sql().sql(query).query(Long.class).single();
    }
}
