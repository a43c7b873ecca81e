package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestChoices;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The first rows of a table without an index in their order: more are kept than are shown, and the table is read only when those are used up. */
class SpareRowsTest {

    private TestDatabase database;

    @BeforeEach
    void create() throws SQLException {
        TestChoices.clear();
        database = TestDatabase.on(TestServer.current().version());
        database.execute(
                "CREATE TABLE bid (id int PRIMARY KEY, amount numeric(9,2), bidder int NOT NULL, note text)",
                "INSERT INTO bid SELECT i, i % 3000, i % 7, 'n' || i % 11 FROM generate_series(1, 30000) AS i",
                "ANALYZE");
    }

    private long bidsReadBy(String... changes) throws SQLException {
        return SequentialReads.ofRefresh(database, "relname = 'bid'", changes);
    }

    private static final String DELETE_FIRST =
            "DELETE FROM bid WHERE id IN (SELECT id FROM t ORDER BY amount DESC NULLS LAST, id LIMIT %d)";

    @Test
    void first_rows_that_leave_are_followed_by_those_to_spare() throws SQLException {
        database.create("t", "SELECT id, amount, note FROM bid ORDER BY amount DESC NULLS LAST, id LIMIT 10");

        assertThat(bidsReadBy(String.format(DELETE_FIRST, 3))).isZero();
        assertThat(bidsReadBy(
                        "UPDATE bid SET amount = NULL WHERE id IN (SELECT id FROM t ORDER BY id LIMIT 4)",
                        "INSERT INTO bid VALUES (40001, 2998.5, 1, 'x'), (40002, 9999, 1, NULL), (40003, 1, 1, 'behind')",
                        "UPDATE bid SET note = 'seen' WHERE amount > 2990"))
                .isZero();
        for (int i = 0; i < 4; i++) {
            assertThat(bidsReadBy(String.format(DELETE_FIRST, 10))).isZero();
        }

        // More than there are to spare, once: the table is read, and there are some again.
        assertThat(bidsReadBy("DELETE FROM bid WHERE amount > 2980")).isPositive();
        assertThat(bidsReadBy(String.format(DELETE_FIRST, 10))).isZero();
    }

    @Test
    void so_are_those_behind_an_offset_and_with_ties() throws SQLException {
        database.create("t", "SELECT id, amount FROM bid ORDER BY amount DESC NULLS LAST, id LIMIT 5 OFFSET 20");
        assertThat(bidsReadBy(
                        "DELETE FROM bid WHERE amount = 2999 AND id % 2 = 0",
                        "UPDATE bid SET amount = 3500 WHERE id < 4"))
                .isZero();
        database.engine().drop("t");

        database.create(
                "t", "SELECT bidder, amount FROM bid ORDER BY amount DESC NULLS LAST FETCH FIRST 5 ROWS WITH TIES");
        assertThat(bidsReadBy("DELETE FROM bid WHERE amount >= 2999 AND id <= 6000"))
                .isZero();
        assertThat(bidsReadBy("DELETE FROM bid WHERE amount >= 2998")).isZero();
        assertThat(bidsReadBy(
                        "DELETE FROM bid WHERE amount >= 2997",
                        "INSERT INTO bid SELECT 50000 + i, 2996, 1 FROM generate_series(1, 9) AS i"))
                .isZero();
    }

    @Test
    void a_table_of_fewer_rows_than_are_shown_is_followed() throws SQLException {
        database.create("t", "SELECT id, amount FROM bid WHERE amount < 1 ORDER BY amount, id LIMIT 20");
        bidsReadBy("DELETE FROM bid WHERE amount = 0 AND id > 6000");
        bidsReadBy("INSERT INTO bid VALUES (60001, 0, 1), (60002, 0.5, 1)");
        bidsReadBy("DELETE FROM bid WHERE amount < 1");
        bidsReadBy("INSERT INTO bid VALUES (60001, 0, 1), (60002, 0.5, 1)");
    }

    @Test
    void an_index_in_the_order_gives_the_next_rows_as_fast_and_nothing_is_kept() throws SQLException {
        database.execute("CREATE INDEX ON bid (amount DESC NULLS LAST, id)", "ANALYZE bid");
        database.create("t", "SELECT id, amount FROM bid ORDER BY amount DESC NULLS LAST, id LIMIT 10");
        assertThat(database.engine().explain("t").state()).noneMatch(state -> state.contains("pgstream_state"));
    }

    /** PostgreSQL leaves the second of two equal keys out when it reads the stored text, under which the decision must be found again. */
    @Test
    void an_order_that_repeats_itself_is_the_one_without_the_repetition() throws SQLException {
        database.create("t", "SELECT id, amount FROM bid ORDER BY amount DESC, amount, id, amount DESC LIMIT 10");
        assertThat(bidsReadBy(String.format(DELETE_FIRST, 3))).isZero();
    }

    @Test
    void what_was_decided_stays_when_the_definition_is_compiled_again_and_ends_with_writers() throws SQLException {
        database.create("t", "SELECT id, amount FROM bid ORDER BY amount DESC NULLS LAST, id LIMIT 10");
        database.execute("CREATE INDEX ON bid (amount DESC NULLS LAST, id)", "DELETE FROM bid WHERE id = 2999");
        TestDatabase other = TestDatabase.of(database.dataSource());
        assertThat(other.engine().refresh("t").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        other.assertEqual("t");
        other.engine().drop("t");

        other.engine()
                .create(StreamTableDefinition.of("t", "SELECT id, amount FROM bid ORDER BY amount DESC, id LIMIT 10")
                        .withMode(RefreshMode.IMMEDIATE));
        other.execute("DELETE FROM bid WHERE id = 5999", "INSERT INTO bid VALUES (70001, 9999, 1)");
        other.assertEqual("t");
    }
}
