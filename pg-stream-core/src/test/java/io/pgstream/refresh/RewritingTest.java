package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where nearly all rows differ each time, a full refresh writes all of them, as long as nobody is told of its changes. */
class RewritingTest {

    private static final int ROWS = 1000;

    private TestDatabase database;

    @BeforeEach
    void create() throws SQLException {
        database = TestDatabase.of(TestServer.current().newDatabase());
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, x int NOT NULL)",
                "INSERT INTO t SELECT i, i FROM generate_series(1, " + ROWS + ") AS i",
                "ANALYZE");
        database.engine()
                .create(StreamTableDefinition.of("w", "SELECT id, x, sum(x) OVER () AS total FROM t")
                        .withMode(RefreshMode.FULL)
                        .withSchedule("manual"));
    }

    private RefreshResult afterAChangeOfAllRows() throws SQLException {
        database.execute("UPDATE t SET x = x + 1 WHERE id = 7");
        RefreshResult result = database.engine().refresh("w");
        database.assertEqual("w");
        return result;
    }

    private RefreshResult afterAChangeOfNone() throws SQLException {
        database.execute("UPDATE t SET x = x WHERE id = 7");
        return database.engine().refresh("w");
    }

    @Test
    void begins_when_most_rows_have_differed_and_ends_when_few_do() throws SQLException {
        assertThat(afterAChangeOfAllRows().updated()).isEqualTo(ROWS);
        RefreshResult rewritten = afterAChangeOfAllRows();
        assertThat(rewritten.updated()).isZero();
        assertThat(rewritten.deleted()).isEqualTo(ROWS);
        assertThat(rewritten.inserted()).isEqualTo(ROWS);

        int rewrites = 0;
        while (afterAChangeOfNone().deleted() > 0) {
            rewrites++;
        }
        assertThat(rewrites).isBetween(1, 20);
        RefreshResult few = afterAChangeOfNone();
        assertThat(few.deleted() + few.updated() + few.inserted()).isZero();
    }

    @Test
    void is_not_for_tables_whose_changes_somebody_is_told_of() throws SQLException {
        database.execute(
                "CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
                "CREATE TRIGGER told AFTER DELETE ON w FOR EACH ROW EXECUTE FUNCTION told()");
        afterAChangeOfAllRows();
        assertThat(afterAChangeOfAllRows().updated()).isEqualTo(ROWS);
        database.execute("DROP TRIGGER told ON w", "CREATE PUBLICATION p FOR TABLE t");
        assertThat(afterAChangeOfAllRows().updated()).isEqualTo(ROWS);
        database.execute("DROP PUBLICATION p");
        assertThat(afterAChangeOfAllRows().deleted()).isEqualTo(ROWS);
    }

    @Test
    void is_not_for_who_wants_every_row_compared() throws SQLException {
        afterAChangeOfAllRows();
        database.execute("UPDATE t SET x = x + 1 WHERE id = 8");
        assertThat(database.engine().refreshFully("w").updated()).isEqualTo(ROWS);
    }
}
