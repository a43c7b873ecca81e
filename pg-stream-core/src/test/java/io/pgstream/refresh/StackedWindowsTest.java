package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshOutcome;
import io.pgstream.test.TestChoices;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Window functions above others are computed with them, and only the upper ones are kept, where their partitions hold those below. */
class StackedWindowsTest {

    private static final String SESSIONS =
            "WITH m AS (SELECT id, person, at, CASE WHEN at - lag(at) OVER (PARTITION BY person ORDER BY at, id) <= 30"
                    + " THEN 0 ELSE 1 END AS fresh FROM visit), n AS (SELECT id, person AS who, at, sum(fresh) OVER (PARTITION BY person ORDER BY at, id)"
                    + " AS session FROM m) SELECT who, session, min(at) AS began, count(*) AS visits FROM n GROUP BY who, session";

    private TestDatabase database;

    @BeforeEach
    void create() throws SQLException {
        TestChoices.clear();
        database = TestDatabase.on(TestServer.current().version());
        database.execute(
                "CREATE TABLE visit (id int PRIMARY KEY, person int, kind text, at int NOT NULL)",
                "INSERT INTO visit SELECT i, nullif(i % 200, 0), 'k' || i % 3, i * 7919 % 100000 FROM generate_series(1, 10000) AS i",
                "CREATE INDEX ON visit (person)",
                "ANALYZE");
    }

    private void follows(String query, int states) throws SQLException {
        database.create("t", query);
        List<String> state = database.engine().explain("t").state();
        assertThat(state.stream().filter(line -> line.contains("pgstream_state")))
                .as("%s", state)
                .hasSize(states);
        for (String change : List.of(
                "UPDATE visit SET at = at + 500, kind = 'k9' WHERE person = 3 AND id % 400 = 3",
                "UPDATE visit SET person = CASE WHEN person IS NULL THEN 5 END WHERE id IN (200, 400, 7, 8)",
                "DELETE FROM visit WHERE person = 4 OR id = 600",
                "INSERT INTO visit VALUES (20001, 4, 'k1', 5), (20002, NULL, NULL, 7), (20003, 9999, 'k1', 1), (20004, 4, 'k1', 25) ON CONFLICT (id) DO UPDATE SET at = visit.at + 3")) {
            database.execute(change);
            assertThat(database.engine().refresh("t").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
            database.assertEqual("t");
        }
        database.engine().drop("t");
    }

    @Test
    void the_lower_ones_have_no_state() throws SQLException {
        // The numbered rows; the groups are in the stream table.
        follows(SESSIONS, 1);
        follows(
                "SELECT id, kind, at, rn, max(rn) OVER (PARTITION BY person) AS most, person FROM (SELECT v.*, row_number() OVER"
                        + " (PARTITION BY kind, person ORDER BY at, id) AS rn FROM visit v) q WHERE rn % 2 = 0",
                0);
        // The stream table has no key of its rows.
        follows(
                "SELECT at - lead(at) OVER (ORDER BY id) AS d, place FROM (SELECT id, at, rank() OVER (PARTITION BY person ORDER BY at) AS place FROM"
                        + " visit) q",
                1);
    }

    @Test
    void those_of_one_query_are_computed_with_the_one_of_the_largest_partitions() throws SQLException {
        follows(
                "SELECT id, ntile(7) OVER (ORDER BY at, id) AS seventh, count(*) OVER (PARTITION BY kind, person) AS same,"
                        + " at - min(at) OVER (PARTITION BY person) AS after FROM visit",
                0);
    }

    @Test
    void the_stream_table_is_the_state_if_it_shows_by_what_rows_are_found() throws SQLException {
        // Computed columns, one column twice, a partition of NULLs, and a column (at) that is not shown.
        follows(
                "SELECT upper(kind) AS k, person AS p, id, at - avg(at) OVER (PARTITION BY person)::int AS above, id AS again, person FROM visit",
                0);
        // Rows before the first change are left alone by their time, so it has to be shown.
        String running = "sum(id) OVER (PARTITION BY person ORDER BY at, id) - at AS running FROM visit";
        follows("SELECT id, person, at, " + running, 0);
        follows("SELECT id, person, " + running, 1);
        follows("SELECT id, at, " + running, 1);
        follows("SELECT person, at, " + running, 1);
    }

    @Test
    void those_whose_partitions_spread_over_several_above_are_kept() throws SQLException {
        follows(
                "SELECT id, n, count(*) OVER (PARTITION BY n) AS same FROM (SELECT id, count(*) OVER (PARTITION BY person) AS n"
                        + " FROM visit) q",
                1);
    }
}
