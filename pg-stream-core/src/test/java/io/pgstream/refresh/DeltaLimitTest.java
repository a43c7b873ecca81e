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

/** One changed row that other rows refer to is expected to touch all of them. */
class DeltaLimitTest {

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
        database.engine()
                .create(StreamTableDefinition.of("w", query)
                        .withMode(RefreshMode.AUTO)
                        .withSchedule("manual"));
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
    void one_that_takes_longer_than_a_full_refresh_is_given_up_and_leaves_nothing_behind() throws SQLException {
        // For each changed row of either table the delta reads all of the other.
        define("SELECT count(*) AS n, max(f.x % (k.factor + 1)) AS m FROM facts f JOIN kinds k ON k.factor < f.x % 5"
                + " AND md5(f.x::text || k.name) > '8'");
        RefreshResult result = refreshed("UPDATE kinds SET factor = factor + 1, name = 'n' || id");
        assertThat(result.outcome()).isIn(RefreshOutcome.FULL, RefreshOutcome.DIFFERENTIAL);
        assertThat(refreshed("UPDATE facts SET x = x + 1 WHERE id <= 3000").outcome())
                .isIn(RefreshOutcome.FULL, RefreshOutcome.DIFFERENTIAL);
    }
}
