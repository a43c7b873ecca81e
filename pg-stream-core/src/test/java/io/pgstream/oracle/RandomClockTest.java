package io.pgstream.oracle;

import io.pgstream.test.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** As {@link RandomOracleTest}, with queries that read the clock, and a clock that moves in both directions. */
class RandomClockTest {

    private static final long SEED = Long.getLong("pgstream.oracle.seed", 20_261_121) + 7_000_000;

    private static final int CASES = Integer.getInteger("pgstream.oracle.cases", 12) / 3;

    @AfterEach
    void stop() {
        TestClock.stop();
    }

    @Test
    void every_stream_table_equals_its_query_at_the_time_of_its_refresh_on_postgresql_18() throws SQLException {
        RandomOracleTest.Run.byClock(TestServer.of(18)).run(SEED, CASES);
    }

    @Test
    void every_stream_table_equals_its_query_at_the_time_of_its_refresh_on_postgresql_15() throws SQLException {
        RandomOracleTest.Run.byClock(TestServer.of(15)).run(SEED + 1_000_000, Math.max(1, CASES / 2));
    }
}
