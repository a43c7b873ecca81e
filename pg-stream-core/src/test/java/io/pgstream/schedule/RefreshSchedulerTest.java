package io.pgstream.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshListener;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableDefinition;
import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.test.TestServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

class RefreshSchedulerTest {

    private static final int REFRESHES = 3;

    private final DataSource dataSource = TestServer.current().newDatabase();

    @Test
    void a_reader_is_refreshed_although_its_source_is_due_at_every_tick() throws InterruptedException {
        JdbcTemplate jdbc = new JdbcTemplate(dataSource);
        jdbc.execute("CREATE TABLE sales (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, amount integer)");
        CountDownLatch refreshes = new CountDownLatch(REFRESHES);
        StreamTableEngine engine = new StreamTableEngine(
                dataSource, EngineSettings.defaults(), List.of(countingRefreshesOf("reader", refreshes)));
        engine.migrate();
        engine.create(StreamTableDefinition.of("source", "SELECT id, amount FROM sales WHERE amount > 0")
                .withSchedule("1s"));
        engine.create(StreamTableDefinition.of("reader", "SELECT count(*) AS sales FROM source")
                .withMode(RefreshMode.DIFFERENTIAL)
                .withSchedule("2s"));
        ThreadPoolTaskScheduler taskScheduler = taskScheduler();
        RefreshScheduler scheduler = new RefreshScheduler(engine, taskScheduler, Duration.ofSeconds(1), 4);
        taskScheduler.scheduleAtFixedRate(
                () -> jdbc.update("INSERT INTO sales (amount) VALUES (1)"), Duration.ofMillis(50));
        scheduler.start();
        try {
            assertThat(refreshes.await(30, TimeUnit.SECONDS))
                    .as("%d refreshes with changes, every 2 s", REFRESHES)
                    .isTrue();
        } finally {
            scheduler.stop(Duration.ofSeconds(10));
            taskScheduler.shutdown();
        }
    }

    private static RefreshListener countingRefreshesOf(String name, CountDownLatch refreshes) {
        return new RefreshListener() {

            @Override
            public void refreshCompleted(RefreshResult result) {
                if (result.name().name().equals(name)
                        && result.reason() == null
                        && result.outcome() != RefreshOutcome.NO_DATA) {
                    refreshes.countDown();
                }
            }
        };
    }

    private static ThreadPoolTaskScheduler taskScheduler() {
        ThreadPoolTaskScheduler taskScheduler = new ThreadPoolTaskScheduler();
        taskScheduler.setPoolSize(8);
        taskScheduler.initialize();
        return taskScheduler;
    }
}
