package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of deltas of which little is known, or which get out of hand. One changed row that others refer to is expected to touch all of them. */
class DeltaLimitTest {

    private static final String LIMIT = "pgstream.test.deltaLimitMicros";

    private TestDatabase database;

    @BeforeEach
    void create() throws SQLException {
        database = TestDatabase.of(TestServer.current().newDatabase());
        database.execute(
                "CREATE TABLE kinds (id int PRIMARY KEY, factor int NOT NULL, name text NOT NULL)",
                "INSERT INTO kinds SELECT i, i, 'k' || i FROM generate_series(1, 4) AS i",
                "CREATE TABLE facts (id int PRIMARY KEY, kind int NOT NULL, x int NOT NULL)",
                "INSERT INTO facts SELECT i, 1 + i % 2, i FROM generate_series(1, 60000) AS i",
                "CREATE INDEX ON facts (kind)",
                "ANALYZE");
    }

    private RefreshResult refreshed(String change) throws SQLException {
        database.execute(change);
        RefreshResult result = database.engine().refresh("w");
        database.assertEqual("w");
        return result;
    }

    private void define(String query) {
        define(query, RefreshMode.AUTO);
    }

    private void define(String query, RefreshMode mode) {
        database.engine()
                .create(StreamTableDefinition.of("w", query).withMode(mode).withSchedule("manual"));
    }

    @Test
    void a_delta_that_was_guessed_to_be_dear_is_tried_and_goes_on_where_it_is_not() throws SQLException {
        define("SELECT f.id, f.x, k.factor FROM facts f JOIN kinds k ON k.id = f.kind");
        assertThat(refreshed("UPDATE kinds SET factor = 7 WHERE id = 3").outcome())
                .isEqualTo(RefreshOutcome.DIFFERENTIAL);
        assertThat(refreshed("UPDATE kinds SET factor = 8 WHERE id = 4").outcome())
                .isEqualTo(RefreshOutcome.DIFFERENTIAL);
    }

    @Test
    void one_that_runs_out_of_its_time_leaves_nothing_behind_and_the_refresh_is_full() throws SQLException {
        define("SELECT f.id, f.x, k.factor FROM facts f JOIN kinds k ON k.id = f.kind");
        for (int i = 0; i < 3; i++) {
            refreshed("UPDATE facts SET x = x + 1 WHERE id <= 900");
        }
        System.setProperty(LIMIT, "1");
        try {
            for (int i = 0; i < 2; i++) {
                RefreshResult result = refreshed("UPDATE facts SET x = x + 1, kind = 3 WHERE id % 60 = " + i);
                assertThat(result.outcome()).isEqualTo(RefreshOutcome.FULL);
            }
        } finally {
            System.clearProperty(LIMIT);
        }
        refreshed("UPDATE facts SET x = x + 1, kind = 4 WHERE id % 70 = 1");
        assertThat(database.column("SELECT reason FROM pgstream.pgs_refresh_history WHERE outcome = 'FULL'"))
                .anyMatch(reason -> reason != null && reason.contains("was given up"));
    }

    @Test
    void one_that_was_asked_for_is_given_up_as_well_and_the_next_one_is_a_delta_again() throws SQLException {
        define(
                "SELECT k.name, count(*) AS n, sum(f.x) AS x FROM facts f JOIN kinds k ON k.id = f.kind GROUP BY k.name",
                RefreshMode.DIFFERENTIAL);
        System.setProperty(LIMIT, "1");
        try {
            RefreshResult result = refreshed("UPDATE facts SET x = x + 1, kind = 3 WHERE id % 2 = 0");
            assertThat(result.outcome()).isEqualTo(RefreshOutcome.FULL);
            assertThat(result.reason()).contains("was given up");
        } finally {
            System.clearProperty(LIMIT);
        }
        assertThat(refreshed("UPDATE facts SET x = x + 1, kind = 4 WHERE id % 70 = 1")
                        .outcome())
                .isEqualTo(RefreshOutcome.DIFFERENTIAL);
    }
}
