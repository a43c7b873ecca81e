package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.test.TestChoices;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Groups whose aggregates cannot be undone are read again: few of them by an index, most of them by computing all, and never both ways. */
class GroupsReadAgainTest {

    private static final long ROWS = 40_000;

    private TestDatabase database;

    @BeforeEach
    void create() throws SQLException {
        TestChoices.clear();
        database = TestDatabase.on(TestServer.current().version());
        database.execute(
                "CREATE TABLE sample (id int PRIMARY KEY, probe int, value float8, took interval)",
                "INSERT INTO sample SELECT i, nullif(i % 400, 0), i % 97 * 0.5, i % 60 * interval '1 second' FROM generate_series(1, "
                        + ROWS + ") AS i",
                "CREATE INDEX ON sample (probe)",
                "ANALYZE");
        database.create(
                "t",
                "SELECT probe, avg(value) AS mean, max(value) AS top, avg(took) AS took, count(*) AS n FROM sample GROUP BY probe");
        // A second engine reads the statistics of what the first one has loaded.
        database.execute("ANALYZE t");
        database = TestDatabase.of(database.dataSource());
    }

    private long samplesReadBy(String... changes) throws SQLException {
        return SequentialReads.ofRefresh(database, "relname = 'sample'", changes);
    }

    @Test
    void few_groups_are_looked_up_and_most_groups_read_the_table_once() throws SQLException {
        assertThat(samplesReadBy(
                        "UPDATE sample SET value = value + 0.25, took = NULL WHERE id IN (1, 2, 3)",
                        "DELETE FROM sample WHERE id BETWEEN 801 AND 805"))
                .isZero();

        assertThat(samplesReadBy(
                        "UPDATE sample SET value = value + 0.25 WHERE id BETWEEN 1001 AND 1300",
                        "UPDATE sample SET probe = NULL WHERE id = 7",
                        "INSERT INTO sample VALUES (50000, NULL, NULL, '1 hour'), (50001, 1000, 'NaN', NULL)"))
                .isEqualTo(ROWS - 5 + 2);

        assertThat(samplesReadBy(
                        "DELETE FROM sample WHERE probe = 3", "UPDATE sample SET probe = 4 WHERE probe = 1000"))
                .isZero();
    }
}
