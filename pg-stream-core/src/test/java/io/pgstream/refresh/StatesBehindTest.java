package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableAlteration;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Where AUTO refreshes fully again and again, the states that only deltas need are left behind; before a delta follows they are computed again. Whatever asks
 * for them meanwhile notices.
 */
class StatesBehindTest {

    /** Neither window is a column of the result, so that both have states. */
    private static final String QUERY =
            "SELECT id, g, 2 * sum(x) OVER (PARTITION BY g ORDER BY id) - round(avg(x) OVER (PARTITION BY h), 3) AS d FROM t";

    private static final int ATTEMPTS = 60;

    private TestDatabase database;

    @BeforeEach
    void load() throws SQLException {
        database = TestDatabase.of(TestServer.current().newDatabase());
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, g int NOT NULL, h int NOT NULL, x int NOT NULL)",
                "INSERT INTO t SELECT i, i % 300, i % 301, i % 7 FROM generate_series(1, 3000) AS i",
                "CREATE INDEX ON t (g)",
                "CREATE INDEX ON t (h)",
                "ANALYZE");
        database.engine()
                .create(StreamTableDefinition.of("w", QUERY)
                        .withMode(RefreshMode.AUTO)
                        .withSchedule("manual"));
        database.engine().createFreshView("w");
    }

    private RefreshResult refresh() throws SQLException {
        RefreshResult result = database.engine().refresh("w");
        database.assertEqual("w");
        return result;
    }

    private void leaveStatesBehind() throws SQLException {
        for (int i = 0; i < ATTEMPTS; i++) {
            database.execute("UPDATE t SET x = x + id % 3 + 1");
            if (RefreshPolicy.leavesStates(refresh().reason())) {
                return;
            }
        }
        throw new AssertionError("The states were kept all the time");
    }

    private void assertFreshViewEqual() throws SQLException {
        assertThat(database.value("SELECT count(*) FROM ((SELECT * FROM w_fresh EXCEPT ALL (" + QUERY
                        + ")) UNION ALL ((" + QUERY + ") EXCEPT ALL SELECT * FROM w_fresh)) AS q"))
                .isEqualTo("0");
    }

    @Test
    void are_computed_again_before_a_delta_follows_and_nobody_reads_them_meanwhile() throws SQLException {
        leaveStatesBehind();
        assertThat(database.engine().refresh("w").outcome()).isEqualTo(RefreshOutcome.NO_DATA);
        database.execute("UPDATE t SET x = 100 WHERE id = 17", "DELETE FROM t WHERE id = 18");
        assertFreshViewEqual();

        boolean computedAgain = false;
        RefreshOutcome outcome = RefreshOutcome.FULL;
        for (int i = 0; i < ATTEMPTS && outcome != RefreshOutcome.DIFFERENTIAL; i++) {
            database.execute("UPDATE t SET x = x + 1, g = g % 300 + 1 WHERE id = " + (20 + i));
            RefreshResult result = refresh();
            computedAgain |= DefinitionCheck.STATES_BEHIND.equals(result.reason());
            outcome = result.outcome();
        }
        assertThat(computedAgain).isTrue();
        assertThat(outcome).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        assertFreshViewEqual();

        leaveStatesBehind();
        database.execute("TRUNCATE t", "INSERT INTO t SELECT i, i, i, i FROM generate_series(1, 50) AS i");
        assertThat(refresh().outcome()).isEqualTo(RefreshOutcome.FULL);
        database.execute("DELETE FROM t WHERE id = 7");
        refresh();
    }

    @Test
    void are_computed_again_when_the_mode_changes() throws SQLException {
        leaveStatesBehind();
        database.engine().alter("w", StreamTableAlteration.mode(RefreshMode.DIFFERENTIAL));
        database.execute("UPDATE t SET x = 100 WHERE id = 17");
        refresh();
        database.execute("UPDATE t SET g = 5 WHERE id = 17");
        assertThat(refresh().outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);

        database.engine().alter("w", StreamTableAlteration.mode(RefreshMode.AUTO));
        leaveStatesBehind();
        database.execute("UPDATE t SET x = 99 WHERE id = 19");
        database.engine().alter("w", StreamTableAlteration.mode(RefreshMode.IMMEDIATE));
        database.execute("UPDATE t SET x = 98 WHERE id = 21", "DELETE FROM t WHERE g = 9");
        database.assertEqual("w");
    }
}
