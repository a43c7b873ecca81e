package io.pgstream.autoconfigure.test;

import io.pgstream.autoconfigure.ChangeFeedLifecycle;
import io.pgstream.autoconfigure.PgStreamAutoConfiguration;
import io.pgstream.autoconfigure.PgStreamChangeFeedAutoConfiguration;
import io.pgstream.engine.StreamTableEngine;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of tests with {@link AutoConfigureStreamTables}; applications do not have it.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = {PgStreamAutoConfiguration.class, PgStreamChangeFeedAutoConfiguration.class})
@ConditionalOnBean(StreamTableEngine.class)
public final class StreamTableTestAutoConfiguration {

    StreamTableTestAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    TestClock streamTableTestClock() {
        Clock system = Clock.systemDefaultZone();
        return new TestClock(system.instant().truncatedTo(ChronoUnit.SECONDS), system.getZone());
    }

    @Bean
    StreamTableTester streamTableTester(
            StreamTableEngine engine,
            DataSource dataSource,
            TestClock clock,
            ObjectProvider<ChangeFeedLifecycle> changeFeed) {
        return new StreamTableTester(engine, dataSource, clock, changeFeed.getIfAvailable());
    }
}
