package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshOutcome;
import io.pgstream.test.TestChoices;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.TimeZone;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The first groups by a sum, and those beside a value that moves, are found by an index on the state and not by reading all groups. */
class StateOrderTest {

    private TestDatabase database;

    @BeforeEach
    void create() throws SQLException {
        TestChoices.clear();
        database = TestDatabase.on(TestServer.current().version());
        database.execute(
                "CREATE TABLE score (id int PRIMARY KEY, player int NOT NULL, region int NOT NULL, points numeric(9,2) NOT NULL)",
                "INSERT INTO score SELECT i, i % 20000, i % 20000 % 5, i % 977 FROM generate_series(1, 60000) AS i",
                "CREATE INDEX ON score (player)",
                "ANALYZE");
    }

    private long readBy(String tables, String... changes) throws SQLException {
        return SequentialReads.ofRefresh(database, tables, changes);
    }

    @Test
    void a_leader_that_falls_back_is_followed_by_the_next_one() throws SQLException {
        database.create(
                "t",
                "SELECT player, sum(points) AS points FROM score GROUP BY player ORDER BY sum(points) DESC, player LIMIT 10");

        assertThat(
                        readBy(
                                "schemaname = 'pgstream_state'",
                                "UPDATE score SET points = points - 900 WHERE player = (SELECT player FROM t ORDER BY points DESC LIMIT 1)"))
                .isZero();
        assertThat(readBy(
                        "schemaname = 'pgstream_state'",
                        "INSERT INTO score VALUES (70001, 30001, 1, 5000), (70002, 17, 2, 4000)",
                        "DELETE FROM score WHERE player = (SELECT player FROM t ORDER BY points DESC LIMIT 1)"))
                .isZero();
    }

    @Test
    void so_are_those_of_a_region() throws SQLException {
        database.create(
                "t",
                "SELECT s.region, s.player, s.points FROM (SELECT g.*, row_number() OVER (PARTITION BY g.region"
                        + " ORDER BY g.points DESC, g.player) AS place FROM (SELECT region, player, sum(points) AS points"
                        + " FROM score GROUP BY region, player) AS g) AS s WHERE s.place <= 3");

        assertThat(
                        readBy(
                                "schemaname = 'pgstream_state'",
                                "UPDATE score SET points = points - 900 WHERE player IN (SELECT max(player) FROM t GROUP BY region)"))
                .isZero();
    }

    @Test
    void a_threshold_that_moves_reads_the_groups_that_it_passes() throws SQLException {
        database.create(
                "t",
                "SELECT g.player, g.points FROM (SELECT player, sum(points) AS points FROM score GROUP BY player) AS g"
                        + " WHERE g.points > (SELECT sum(points) * 0.00005 FROM score)");

        assertThat(readBy(
                        "schemaname = 'pgstream_state'",
                        "UPDATE score SET points = points + 300 WHERE id % 1000 = 0",
                        "DELETE FROM score WHERE id < 100"))
                .isLessThan(1_000);
    }

    @Test
    void rows_of_a_filtered_table_are_kept_in_the_order_of_what_is_compared() throws SQLException {
        database.create(
                "t",
                "SELECT id, points FROM score WHERE region < 2 AND points > (SELECT avg(points) FROM score WHERE region < 2)");

        assertThat(readBy(
                        "relname = 'score' OR schemaname = 'pgstream_state'",
                        "UPDATE score SET points = points + 300 WHERE id % 1000 = 0"))
                .isLessThan(1_000);
        assertThat(readBy(
                        "relname = 'score' OR schemaname = 'pgstream_state'",
                        "DELETE FROM score WHERE id < 100",
                        "INSERT INTO score VALUES (80001, 20000, 0, 100), (80002, 20000, 1, 800)"))
                .isLessThan(1_000);
    }

    @Test
    void a_time_that_is_reckoned_back_from_the_last_one_reads_the_rows_that_it_passes() throws SQLException {
        database.execute(
                "CREATE TABLE event (id int PRIMARY KEY, at timestamptz NOT NULL)",
                "INSERT INTO event SELECT i, timestamptz '2026-01-01' + i * interval '1 minute' FROM generate_series(1, 30000) AS i",
                "CREATE INDEX ON event (at)",
                "ANALYZE");
        database.create("t", "SELECT id FROM event WHERE at > (SELECT max(at) - interval '2 hours' FROM event)");

        assertThat(readBy("relname = 'event'", "INSERT INTO event VALUES (30001, timestamptz '2026-01-21 21:00+00')"))
                .isZero();
        assertThat(readBy("relname = 'event'", "DELETE FROM event WHERE id > 29990"))
                .isLessThanOrEqualTo(29_990);
    }

    /** In Berlin half past two of that night is half past three, and comes before three o'clock in an index. */
    @Test
    void a_time_with_a_zone_is_not_looked_for_among_times_without() throws SQLException {
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
        try {
            TestDatabase berlin = TestDatabase.on(18);
            berlin.execute(
                    "CREATE TABLE event (id int PRIMARY KEY, at timestamp NOT NULL)",
                    "CREATE INDEX ON event (at)",
                    "CREATE TABLE closed (until timestamptz)",
                    "INSERT INTO event SELECT -i, timestamp '2025-01-01' + i * interval '1 minute' FROM generate_series(1, 9000) i",
                    "INSERT INTO event VALUES (1, '2026-03-29 02:30'), (2, '2026-03-29 03:00'), (3, '2026-03-29 03:15')",
                    "INSERT INTO closed VALUES ('2026-03-29 00:30+00')",
                    "ANALYZE");
            berlin.create("open", "SELECT id FROM event WHERE at > (SELECT max(until) FROM closed)");
            assertThat(berlin.column("SELECT id FROM open ORDER BY 1")).containsExactly("1", "2", "3");

            berlin.execute("UPDATE closed SET until = '2026-03-29 01:20+00'");
            assertThat(berlin.engine().refresh("open").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
            assertThat(berlin.column("SELECT id FROM open ORDER BY 1")).containsExactly("1");

            berlin.create(
                    "late", "SELECT id FROM event WHERE at > (SELECT max(until) - interval '10 minutes' FROM closed)");
            berlin.execute("UPDATE closed SET until = '2026-03-29 00:40+00'");
            assertThat(berlin.engine().refresh("late").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
            assertThat(berlin.column("SELECT id FROM late ORDER BY 1")).containsExactly("1", "2", "3");
        } finally {
            TimeZone.setDefault(before);
        }
    }
}
