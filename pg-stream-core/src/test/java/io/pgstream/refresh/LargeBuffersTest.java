package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.test.TestChoices;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Buffers that are emptied again and again, of which the refreshes count nothing and read one segment. */
class LargeBuffersTest {

    private TestDatabase database;

    @BeforeEach
    void create() throws SQLException {
        TestChoices.clear();
        database = TestDatabase.on(TestServer.current().version());
        database.execute(
                "CREATE TABLE kind (id int PRIMARY KEY, name text NOT NULL)",
                "CREATE TABLE item (id int PRIMARY KEY, kind int NOT NULL, amount int NOT NULL, note text NOT NULL)",
                "INSERT INTO kind SELECT i, 'k' || i FROM generate_series(0, 9) AS i",
                "INSERT INTO item SELECT i, i % 10, i, repeat('x', 40) FROM generate_series(1, 60000) AS i",
                "ANALYZE");
        database.create(
                "t",
                "SELECT k.name, count(*) AS n, sum(i.amount) AS amount, max(i.note) AS note FROM item AS i"
                        + " JOIN kind AS k ON k.id = i.kind GROUP BY k.name");
    }

    private RefreshResult refresh(String... changes) throws SQLException {
        database.execute(changes);
        RefreshResult result = database.engine().refresh("t");
        database.assertEqual("t");
        return result;
    }

    @Test
    void changes_of_any_number_are_followed_behind_large_ones() throws SQLException {
        for (int i = 0; i < 5; i++) {
            assertThat(refresh("UPDATE item SET amount = amount + 1 WHERE id <= 6000")
                            .changes())
                    .isBetween(6_000L, 24_000L);
        }

        assertThat(refresh().outcome()).isEqualTo(RefreshOutcome.NO_DATA);
        RefreshResult few = refresh("DELETE FROM item WHERE id IN (3, 14)");
        assertThat(few.outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        assertThat(few.changes()).isEqualTo(2);

        refresh("UPDATE item SET kind = 9 - kind WHERE id BETWEEN 10000 AND 16000");
        refresh("UPDATE kind SET name = name || 'y' WHERE id = 4");
        refresh("UPDATE item SET amount = 0 WHERE id > 54000", "UPDATE kind SET name = name || 'z' WHERE id = 5");
        assertThat(refresh().outcome()).isEqualTo(RefreshOutcome.NO_DATA);
    }

    /** Each writer goes on writing to the segment that it has begun with, so that both have rows. */
    @Test
    void a_writer_that_began_before_the_segments_were_exchanged_is_not_missed() throws SQLException {
        refresh("UPDATE item SET amount = amount + 1 WHERE id <= 6000");
        refresh("UPDATE item SET amount = amount + 1 WHERE id <= 6000");
        try (var writer = database.dataSource().getConnection();
                var statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("UPDATE item SET amount = amount + 1 WHERE id = 60000");
            refresh("UPDATE item SET amount = amount + 1 WHERE id <= 6000");
            refresh("UPDATE item SET amount = amount + 1 WHERE id <= 6000");
            statement.execute("UPDATE item SET amount = amount + 1 WHERE id = 59999");
            writer.commit();
        }
        refresh("UPDATE item SET amount = amount + 1 WHERE id <= 6000");
        assertThat(refresh().outcome()).isEqualTo(RefreshOutcome.NO_DATA);
    }
}
