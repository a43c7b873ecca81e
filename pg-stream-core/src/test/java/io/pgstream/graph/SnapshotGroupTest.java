package io.pgstream.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgstream.RefreshFailedException;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several stream tables, one transaction, one snapshot: all equal their queries together, and nothing is counted twice. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SnapshotGroupTest {

    private static final List<String> DIAMOND = List.of("left_side", "right_side", "bottom");

    private TestDatabase database;

    @BeforeAll
    void aDiamond() throws SQLException {
        database = diamond(TestDatabase.onDefault());
    }

    private static TestDatabase diamond(TestDatabase database) throws SQLException {
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, kind int, price int)",
                "INSERT INTO item SELECT i, i % 5, i FROM generate_series(1, 200) AS i");
        database.create("left_side", "SELECT kind, sum(price) AS total FROM item GROUP BY kind");
        database.create("right_side", "SELECT kind, count(*) AS n FROM item WHERE price > 20 GROUP BY kind");
        database.create("bottom", "SELECT l.kind, l.total, r.n FROM left_side l JOIN right_side r ON r.kind = l.kind");
        return database;
    }

    /** The bottom of the diamond by the base alone: equal only if both sides are of one snapshot. */
    private static final String BY_THE_BASE =
            "SELECT l.kind, l.total, r.n FROM (SELECT kind, sum(price) AS total FROM item"
                    + " GROUP BY kind) l JOIN (SELECT kind, count(*) AS n FROM item WHERE price > 20 GROUP BY kind) r"
                    + " ON r.kind = l.kind";

    private void assertAllEqual() throws SQLException {
        for (String name : DIAMOND) {
            database.assertEqual(name);
        }
        assertThat(database.column("SELECT q::text FROM (" + BY_THE_BASE + ") q EXCEPT SELECT t::text FROM bottom t"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_group_follows_its_base_in_one_transaction_and_reads_nothing_twice(int version) throws SQLException {
        TestDatabase old = diamond(TestDatabase.on(version));
        for (int round = 1; round <= 3; round++) {
            old.execute(
                    "UPDATE item SET price = price + 1 WHERE id % 7 = " + round,
                    "DELETE FROM item WHERE id = " + round,
                    "INSERT INTO item VALUES (" + (1000 + round) + ", 9, 50)");
            List<RefreshResult> results = old.engine().refreshTogether(List.of("bottom", "left_side", "right_side"));
            assertThat(results).extracting(result -> result.name().name()).containsExactlyElementsOf(DIAMOND);
            for (String name : DIAMOND) {
                old.assertEqual(name);
            }
        }
        // Alone, the bottom finds nothing left: its frontier contains what the group wrote.
        for (String name : DIAMOND) {
            assertThat(old.engine().refresh(name).outcome()).isEqualTo(RefreshOutcome.NO_DATA);
            old.assertEqual(name);
        }
    }

    @Test
    void single_refreshes_and_refreshes_of_the_group_can_follow_each_other_in_any_order() throws SQLException {
        for (int round = 1; round <= 12; round++) {
            database.execute("UPDATE item SET price = price + 3 WHERE id % 12 = " + round % 12);
            if (round % 3 == 0) {
                database.engine().refresh("left_side");
            }
            if (round % 4 == 0) {
                database.engine().refresh("bottom");
            }
            if (round % 5 == 0) {
                database.engine().refreshFully("right_side");
            }
            database.engine().refreshTogether(DIAMOND);
            assertAllEqual();
        }
    }

    @Test
    void a_writer_that_commits_after_the_snapshot_is_read_by_the_next_refresh() throws SQLException {
        try (Connection early = database.begin();
                Connection late = database.begin()) {
            TestDatabase.execute(early, "INSERT INTO item VALUES (5001, 1, 77)");
            TestDatabase.execute(late, "INSERT INTO item VALUES (5002, 2, 78)");
            early.commit();
            database.engine().refreshTogether(DIAMOND);
            late.commit();
        }
        database.engine().refreshTogether(DIAMOND);
        assertAllEqual();
    }

    @Test
    void a_group_without_changes_writes_nothing_and_takes_no_transaction_id() throws SQLException {
        database.engine().refreshTogether(DIAMOND);
        // Tells the time of its check once.
        database.engine().refreshTogether(DIAMOND);
        String before = database.value("SELECT pg_snapshot_xmax(pg_current_snapshot())");
        List<RefreshResult> results = database.engine().refreshTogether(DIAMOND);
        assertThat(results).extracting(RefreshResult::outcome).containsOnly(RefreshOutcome.NO_DATA);
        assertThat(database.value("SELECT pg_snapshot_xmax(pg_current_snapshot())"))
                .isEqualTo(before);
    }

    @Test
    void what_fails_for_one_leaves_all_as_they_were() throws SQLException {
        TestDatabase other = TestDatabase.onDefault();
        other.execute("CREATE TABLE n (id int PRIMARY KEY, v int)", "INSERT INTO n VALUES (1, 1)");
        other.create("copied", "SELECT id, v FROM n");
        other.create("inverse", "SELECT id, 100 / v AS share FROM copied");
        other.execute("INSERT INTO n VALUES (2, 2), (3, 0)");
        assertThatExceptionOfType(RefreshFailedException.class)
                .isThrownBy(() -> other.engine().refreshTogether(List.of("copied", "inverse")))
                .withMessageContaining("inverse");
        assertThat(other.value("SELECT count(*) FROM copied")).isEqualTo("1");
        other.execute("UPDATE n SET v = 5 WHERE id = 3");
        other.engine().refreshTogether(List.of("copied", "inverse"));
        other.assertEqual("copied");
        other.assertEqual("inverse");
    }

    @Test
    void all_stream_tables_are_refreshed_at_one_snapshot_truncates_included() throws SQLException {
        TestDatabase other = diamond(TestDatabase.onDefault());
        other.execute("TRUNCATE item", "INSERT INTO item SELECT i, i % 3, 30 FROM generate_series(1, 20) AS i");
        List<RefreshResult> results = other.engine().refreshAll();
        assertThat(results).hasSize(3);
        for (String name : DIAMOND) {
            other.assertEqual(name);
        }
        assertThat(other.value("SELECT count(DISTINCT data_timestamp) FROM pgstream.pgs_frontiers"))
                .isEqualTo("1");
    }
}
