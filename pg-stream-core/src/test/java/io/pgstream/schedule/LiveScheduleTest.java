package io.pgstream.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

class LiveScheduleTest {

    private final TestDatabase database = TestDatabase.onDefault();

    @Test
    void a_live_table_and_what_it_reads_follow_each_commit_and_a_diamond_never_shows_two_moments() throws SQLException {
        database.execute("CREATE TABLE sale (id int PRIMARY KEY, kind int, amount int)");
        define("by_kind", "SELECT kind, sum(amount) AS total FROM sale GROUP BY kind", "calculated");
        define("counted", "SELECT kind, count(*) AS n FROM sale GROUP BY kind", "calculated");
        define("merged", "SELECT k.kind, k.total, c.n FROM by_kind k JOIN counted c ON c.kind = k.kind", "live");
        ThreadPoolTaskScheduler threads = new ThreadPoolTaskScheduler();
        threads.setPoolSize(4);
        threads.initialize();
        // The clock itself looks so seldom that whatever is seen here has followed a commit.
        RefreshScheduler scheduler = new RefreshScheduler(database.engine(), threads, Duration.ofSeconds(60), 2);
        scheduler.start();
        try {
            for (int i = 1; i <= 20; i++) {
                database.execute("INSERT INTO sale VALUES (" + i + ", " + i % 3 + ", 10)");
                database.await("SELECT coalesce(sum(n), 0) = " + i + " AND coalesce(sum(total), 0) = " + 10 * i
                        + " FROM merged");
                assertThat(database.value("SELECT coalesce(bool_and(total = 10 * n), true) FROM merged"))
                        .isEqualTo("t");
            }
        } finally {
            scheduler.stop(Duration.ofSeconds(10));
            threads.shutdown();
        }
        assertThat(database.value("SELECT count(*) FROM pgstream.pgs_refresh_history WHERE outcome = 'FAILED'"))
                .isEqualTo("0");
    }

    private void define(String name, String query, String schedule) {
        database.engine()
                .create(StreamTableDefinition.of(name, query)
                        .withMode(RefreshMode.DIFFERENTIAL)
                        .withSchedule(schedule));
    }

    @Test
    void a_table_that_can_only_be_refreshed_fully_cannot_follow_commits() throws SQLException {
        database.execute("CREATE TABLE sale (id int PRIMARY KEY)");
        StreamTableDefinition full = StreamTableDefinition.of("copied", "SELECT id FROM sale")
                .withMode(RefreshMode.FULL)
                .withSchedule("live");
        assertThatExceptionOfType(InvalidDefinitionException.class)
                .isThrownBy(() -> database.engine().create(full))
                .withMessageContaining("live")
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_SCHEDULE));
    }
}
