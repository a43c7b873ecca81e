package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Full refreshes whose query PostgreSQL answers with parallel workers. */
class WholeResultTest {

    private static final String GROUPS = "SELECT store, count(*) AS n, sum(amount) AS amount FROM sale GROUP BY store";

    private static final String BAG = "SELECT store % 3 AS rest FROM sale WHERE id % 50 = 0";

    private static void create(TestDatabase database, String name, String query) {
        database.engine().create(StreamTableDefinition.of(name, query).withMode(RefreshMode.FULL));
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void are_computed_in_parallel_and_written_as_a_difference(int version) throws SQLException {
        TestDatabase database = TestDatabase.on(version);
        for (String setting :
                new String[] {"parallel_setup_cost = 0", "parallel_tuple_cost = 0", "min_parallel_table_scan_size = 0"
                }) {
            database.execute(
                    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET " + setting + "', current_database()); END $$");
        }
        database.execute(
                "CREATE TABLE sale (id int PRIMARY KEY, store int, amount numeric(10,2))",
                "INSERT INTO sale SELECT i, i % 20, i FROM generate_series(1, 20000) AS i",
                "ANALYZE sale");
        assertThat(database.column("EXPLAIN " + GROUPS)).anyMatch(line -> line.contains("Gather"));
        assertThat(database.column("EXPLAIN " + BAG)).anyMatch(line -> line.contains("Gather"));
        create(database, "groups", GROUPS);
        create(database, "bag", BAG);

        database.execute(
                "UPDATE sale SET amount = amount + 1 WHERE store = 3",
                "DELETE FROM sale WHERE store = 4 OR id = 100",
                "INSERT INTO sale VALUES (0, 77, 1)");

        database.assertFollows("groups");
        database.assertFollows("bag");
        assertThat(database.engine().refresh("groups").outcome()).isEqualTo(RefreshOutcome.FULL);
        database.assertEqual("groups");
        database.execute("UPDATE sale SET store = 5 WHERE id % 100 = 0");
        database.engine().refreshAll();
        database.assertEqual("groups");
        database.assertEqual("bag");
    }
}
