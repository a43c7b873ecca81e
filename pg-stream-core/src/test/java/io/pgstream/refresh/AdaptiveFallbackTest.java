package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableDefinition;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What AUTO does with changes of any size: a choice before the work, from the size of the delta, the plan and the history. */
class AdaptiveFallbackTest {

    private static final String LIMIT = "pgstream.test.deltaLimitMicros";

    private static final String LINES =
            "SELECT f.id, f.amount, d.name FROM fact f JOIN dimension d ON d.id = f.dimension";

    private static DataSource dataSource;

    private static TestDatabase database;

    @BeforeAll
    static void load() throws SQLException {
        dataSource = TestServer.current().newDatabase();
        database = TestDatabase.of(dataSource);
        database.execute(
                "CREATE TABLE dimension (id int PRIMARY KEY, name text NOT NULL)",
                "CREATE TABLE fact (id int PRIMARY KEY, dimension int NOT NULL, amount int NOT NULL)",
                "CREATE INDEX ON fact (dimension)",
                "INSERT INTO dimension SELECT i, 'd' || i FROM generate_series(0, 19) AS i",
                "INSERT INTO fact SELECT i, i % 20, i FROM generate_series(1, 40000) AS i",
                "ANALYZE");
    }

    private static void create(String name, String query, RefreshMode mode) {
        database.engine()
                .create(StreamTableDefinition.of(name, query).withMode(mode).withSchedule("manual"));
    }

    private static RefreshResult refresh(String name) throws SQLException {
        RefreshResult result = database.engine().refresh(name);
        database.assertEqual(name);
        return result;
    }

    /** An instance that has just started, and finds this in the history. */
    private static StreamTableEngine learned(String name, double full, double small) throws SQLException {
        database.execute(
                "INSERT INTO pgstream.pgs_refresh_history (stream_table_id, outcome, changes, work, started_at, duration)"
                        + " SELECT t.id, o.outcome, 40, o.work, now(), o.seconds * interval '1 second' FROM"
                        + " pgstream.pgs_stream_tables AS t, generate_series(1, 5), (VALUES ('FULL', 0, " + full
                        + "), ('DIFFERENTIAL', 40, " + small + ")) AS o (outcome, work, seconds) WHERE t.table_name = '"
                        + name + "'");
        return TestDatabase.migrated(dataSource).engine();
    }

    @Test
    void a_join_that_would_explode_is_foreseen_and_the_history_says_why() throws SQLException {
        create("lines", LINES, RefreshMode.AUTO);
        StreamTableEngine engine = learned("lines", 0.1, 0.005);
        database.execute("UPDATE fact SET amount = amount + 1 WHERE id <= 20");
        assertThat(engine.refresh("lines").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);

        // 40 changes, and every row of the stream table: what the planner thinks of that is not believed before a delta
        // has run out of its time.
        System.setProperty(LIMIT, "1");
        try {
            database.execute("UPDATE dimension SET name = name || 'x'");
            RefreshResult tried = engine.refresh("lines");
            assertThat(tried.outcome()).isEqualTo(RefreshOutcome.FULL);
            assertThat(tried.reason()).contains("given up");
        } finally {
            System.clearProperty(LIMIT);
        }
        database.execute("UPDATE dimension SET name = name || 'x'");
        RefreshResult exploded = engine.refresh("lines");
        assertThat(exploded.outcome()).isEqualTo(RefreshOutcome.FULL);
        assertThat(exploded.reason()).contains("expected to be cheaper", "40 changes that touch about 80000 rows");
        database.assertEqual("lines");

        assertThat(engine.explain("lines").notes())
                .anyMatch(note -> note.startsWith("AUTO has learned: a full refresh takes "));
        database.engine().drop("lines");
    }

    @Test
    void what_functions_return_is_not_foreseen_but_tried() throws SQLException {
        database.execute(
                "CREATE TABLE listed AS SELECT i AS id, i % 3 AS amount FROM generate_series(1, 20000) AS i",
                "ANALYZE listed");
        create(
                "series",
                "SELECT l.id, g.n FROM listed AS l CROSS JOIN LATERAL generate_series(1, l.amount) AS g (n)",
                RefreshMode.AUTO);
        database.execute("UPDATE listed SET amount = 3 - amount WHERE id <= 300");
        assertThat(database.engine().refresh("series").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("series");
        database.engine().drop("series");
        database.execute("DROP TABLE listed");
    }

    @Test
    void what_was_learned_survives_a_restart() throws SQLException {
        create("learned", "SELECT dimension, sum(amount) AS amount FROM fact GROUP BY dimension", RefreshMode.AUTO);
        StreamTableEngine restarted = learned("learned", 0.1, 60);
        database.execute("UPDATE fact SET amount = amount + 1 WHERE id <= 20");

        RefreshResult first = restarted.refresh("learned");

        assertThat(first.outcome()).isEqualTo(RefreshOutcome.FULL);
        assertThat(first.reason()).contains("a full refresh is expected to be cheaper");
        database.engine().drop("learned");
    }

    @Test
    void a_bulk_load_does_not_make_later_small_changes_look_large() throws SQLException {
        database.execute(
                "CREATE TABLE growing (id int PRIMARY KEY, kind int NOT NULL)",
                "INSERT INTO growing SELECT i, i % 10 FROM generate_series(1, 1500) AS i",
                "ANALYZE growing");
        create("kinds", "SELECT kind, count(*) AS n FROM growing GROUP BY kind", RefreshMode.AUTO);
        database.execute("INSERT INTO growing SELECT i, i % 10 FROM generate_series(2000, 60000) AS i");
        refresh("kinds");
        database.execute("UPDATE growing SET kind = kind + 1 WHERE id BETWEEN 1 AND 600");
        for (int i = 0; i < 3; i++) {
            RefreshResult result = refresh("kinds");
            assertThat(String.valueOf(result.reason())).doesNotContain("of the rows have changed");
            database.execute("UPDATE growing SET kind = kind + 1 WHERE id BETWEEN 1 AND 600");
        }
        database.engine().drop("kinds");
    }

    /** Sums over several rounds, with room for a machine that does other things as well. */
    @Test
    void auto_is_never_far_behind_the_better_mode() throws SQLException {
        String query = "SELECT d.name, count(*) AS n, sum(f.amount) AS amount FROM fact f JOIN dimension d ON d.id ="
                + " f.dimension GROUP BY d.name";
        for (String change : List.of(
                "UPDATE fact SET amount = amount + 1 WHERE id % 1000 = 0",
                "UPDATE fact SET amount = amount + 1 WHERE id % 100 = 0",
                "UPDATE fact SET amount = amount + 1 WHERE id % 10 = 0",
                "UPDATE fact SET amount = amount + 1 WHERE id % 2 = 0",
                "UPDATE dimension SET name = name || 'y' WHERE id < 10")) {
            create("auto_mode", query, RefreshMode.AUTO);
            create("delta_mode", query, RefreshMode.DIFFERENTIAL);
            create("full_mode", query, RefreshMode.FULL);
            long[] nanos = new long[3];
            for (int round = 0; round < 6; round++) {
                database.execute(change);
                List<String> names = List.of("auto_mode", "delta_mode", "full_mode");
                for (int i = 0; i < names.size(); i++) {
                    long taken = refresh(names.get(i)).duration().toNanos();
                    nanos[i] += (round < 2) ? 0 : taken;
                }
            }
            long better = Math.min(nanos[1], nanos[2]);
            assertThat(Duration.ofNanos(nanos[0]))
                    .as(
                            "%s: AUTO, where DIFFERENTIAL took %s ms and FULL %s ms",
                            change, nanos[1] / 1e6, nanos[2] / 1e6)
                    .isLessThan(Duration.ofNanos(3 * better + 500_000_000));
            List.of("auto_mode", "delta_mode", "full_mode").forEach(database.engine()::drop);
        }
    }

    @Test
    void what_would_be_refreshed_fully_anyway_is_not_counted() throws SQLException {
        database.execute(
                "CREATE TABLE reading (id int PRIMARY KEY, dimension int NOT NULL, amount int NOT NULL)",
                "INSERT INTO reading SELECT i, i % 20, i FROM generate_series(1, 40000) AS i",
                "ANALYZE reading");
        create(
                "bulk",
                "SELECT r.dimension, sum(r.amount) AS amount, count(*) AS n FROM reading r GROUP BY 1",
                RefreshMode.AUTO);
        StreamTableEngine engine = learned("bulk", 0.02, 0.005);
        database.execute("UPDATE reading SET amount = amount + 1 WHERE id <= 5000");
        assertThat(engine.refresh("bulk").reason()).isNull();
        // A delta of 10,000 rows is known to take longer than everything.
        database.execute(
                "INSERT INTO pgstream.pgs_refresh_history (stream_table_id, outcome, changes, work, started_at, duration)"
                        + " SELECT t.id, 'DIFFERENTIAL', 10000, 10000, now(), interval '1 second' FROM generate_series(1, 5),"
                        + " pgstream.pgs_stream_tables AS t WHERE t.table_name = 'bulk'");
        StreamTableEngine another = TestDatabase.migrated(dataSource).engine();
        database.execute("UPDATE reading SET amount = amount + 1 WHERE id <= 5000");
        assertThat(another.refresh("bulk").reason()).contains("where 10000 changes");

        database.execute("UPDATE reading SET amount = amount + 1");
        RefreshResult counted = another.refresh("bulk");
        assertThat(counted.outcome()).isEqualTo(RefreshOutcome.FULL);
        assertThat(counted.reason()).contains("(by the size of the buffers");
        database.assertEqual("bulk");

        // The buffer is as large as before, or emptied: what is left to read in it is what counts.
        database.execute("UPDATE reading SET amount = amount + 1 WHERE id <= 10");
        assertThat(another.refresh("bulk").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("bulk");
        database.engine().drop("bulk");
    }
}
