package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A delta of many changes is followed by the size of the buffers, without counting them; that there are none, and markers, are never guessed. */
class UncountedChangesTest {

    private static final long MANY = 20_000;

    private TestDatabase database;

    private long last;

    @BeforeEach
    void create() throws SQLException {
        database = TestDatabase.on(TestServer.current().version());
        database.execute(
                "CREATE TABLE sale (id int PRIMARY KEY, store int, amount int, note text)",
                "INSERT INTO sale SELECT i, i % 50, i % 97, 'some words about it' FROM generate_series(1, 1000) AS i");
        last = 1_000;
        database.create(
                "t", "SELECT store, count(*) AS n, sum(amount) AS total, max(note) AS note FROM sale GROUP BY store");
    }

    private String many() {
        return many("some words about it");
    }

    private String many(String note) {
        last += MANY;
        return "INSERT INTO sale SELECT i, i % 50, i % 97, '" + note + "' FROM generate_series(" + (last - MANY + 1)
                + ", " + last + ") AS i";
    }

    private RefreshResult refreshed(String... changes) throws SQLException {
        database.execute(changes);
        RefreshResult result = database.engine().refresh("t");
        database.assertEqual("t");
        return result;
    }

    /** Three refreshes teach what a change takes. */
    private void learn() throws SQLException {
        for (int i = 0; i < 3; i++) {
            assertThat(refreshed(many()).changes()).isEqualTo(MANY);
        }
    }

    @Test
    void many_changes_are_guessed_and_few_are_counted() throws SQLException {
        learn();

        assertThat(refreshed(many()).changes()).isCloseTo(MANY, Percentage.withPercentage(25));
        // Longer rows are taken for more of them: a guess is no count, and changes nothing but the number that is
        // shown.
        assertThat(refreshed(many("more words about it, as many as before, and some more"))
                        .changes())
                .isBetween(MANY * 5 / 4, MANY * 2);
        assertThat(refreshed("UPDATE sale SET amount = 1 WHERE id < 8").changes())
                .isEqualTo(14);
        assertThat(refreshed("UPDATE sale SET note = 'x' WHERE id = 9").changes())
                .isEqualTo(2);
        assertThat(refreshed().outcome()).isEqualTo(RefreshOutcome.NO_DATA);
    }

    @Test
    void a_marker_among_changes_that_are_not_counted_is_seen() throws SQLException {
        learn();

        assertThat(refreshed("TRUNCATE sale", many(), many()).outcome()).isEqualTo(RefreshOutcome.FULL);
        assertThat(refreshed(many()).outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
    }

    @Test
    void rows_of_transactions_that_were_rolled_back_are_no_changes() throws SQLException {
        learn();

        try (Connection connection = database.begin()) {
            TestDatabase.execute(connection, many());
            connection.rollback();
        }
        assertThat(refreshed("DELETE FROM sale WHERE id < 4").inserted()).isZero();
        assertThat(refreshed("DELETE FROM sale WHERE id = 5").changes()).isEqualTo(1);
    }

    @Test
    void markers_of_a_capture_that_does_not_keep_them_apart_are_counted() throws SQLException {
        learn();
        database.execute("UPDATE pgstream.pgs_captures SET markers_apart = false");
        refreshed(many());

        assertThat(refreshed(many()).changes()).isEqualTo(MANY);
    }
}
