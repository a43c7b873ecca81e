package io.pgstream.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshOutcome;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A partitioned source, written through its parent, through its partitions, and rebuilt (pitfall 44, decision 6). */
class PartitionsTest {

    private static TestDatabase database(int version) throws Exception {
        TestDatabase database = TestDatabase.on(version);
        database.execute(
                "CREATE TABLE part (id int, kind int, amount int, PRIMARY KEY (id, kind)) PARTITION BY LIST (kind)",
                "CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1)",
                "CREATE TABLE part_2 (amount int, id int NOT NULL, kind int NOT NULL, PRIMARY KEY (id, kind))",
                "ALTER TABLE part ATTACH PARTITION part_2 FOR VALUES IN (2)",
                "INSERT INTO part SELECT i, 1 + i % 2, i FROM generate_series(1, 60) AS i");
        database.create("total", "SELECT kind, count(*) AS n, sum(amount) AS amount FROM part GROUP BY kind");
        return database;
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void writes_to_the_parent_and_to_partitions_are_captured_once(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute(
                "INSERT INTO part VALUES (100, 1, 1), (101, 2, 1)",
                "INSERT INTO part_2 (id, kind, amount) VALUES (102, 2, 5)",
                "UPDATE part SET kind = 3 - kind WHERE id BETWEEN 10 AND 20",
                "UPDATE part_1 SET amount = amount + 1 WHERE id < 30",
                "DELETE FROM part_1 WHERE id > 50",
                "DELETE FROM part WHERE id = 1");
        assertThat(database.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("total");
        database.execute("TRUNCATE part_1");
        database.assertFollows("total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_merge_that_inserts_and_updates_is_seen_through(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute(
                "CREATE TABLE bag (id int, kind int, amount int) PARTITION BY LIST (kind)",
                "CREATE TABLE bag_1 PARTITION OF bag DEFAULT",
                "INSERT INTO bag SELECT id, kind, amount FROM part");
        database.create("bagged", "SELECT kind, count(*) AS n, sum(amount) AS amount FROM bag GROUP BY kind");
        for (String table : new String[] {"part", "bag"}) {
            database.execute("MERGE INTO " + table
                    + " AS t USING (VALUES (900, 1, 7), (5, 2, 50), (6, 1, 60), (7, 2, 1), (901, 2, 8))"
                    + " AS n (id, kind, amount) ON t.id = n.id AND t.kind = n.kind WHEN MATCHED AND n.amount = 1 THEN DELETE"
                    + " WHEN MATCHED THEN UPDATE SET amount = n.amount"
                    + " WHEN NOT MATCHED THEN INSERT (id, kind, amount) VALUES (n.id, n.kind, n.amount)");
        }
        database.assertFollows("total");
        database.assertFollows("bagged");
        database.execute(
                "INSERT INTO part VALUES (5, 2, 1), (700, 1, 2) ON CONFLICT (id, kind) DO UPDATE SET amount = excluded.amount",
                "UPDATE part SET kind = 3 - kind WHERE id < 9");
        assertThat(database.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_merge_that_inserts_and_gives_updated_rows_new_keys_is_seen_through(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute(
                "MERGE INTO part AS t USING (VALUES (900, 1, 7), (5, 2, 50), (6, 1, 60), (7, 2, 1), (901, 2, 8))"
                        + " AS n (id, kind, amount) ON t.id = n.id AND t.kind = n.kind"
                        + " WHEN MATCHED THEN UPDATE SET id = t.id + 1000, amount = n.amount"
                        + " WHEN NOT MATCHED THEN INSERT (id, kind, amount) VALUES (n.id, n.kind, n.amount)");
        database.assertFollows("total");
    }

    /** Such rows are in the transition tables of deletes and inserts, and no trigger of theirs fires. */
    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void what_a_merge_moves_to_another_partition_is_not_lost(int version) throws Exception {
        TestDatabase database = database(version);
        String rows = "(VALUES (5, 2), (6, 1), (7, 2)) AS n (id, kind) ON t.id = n.id AND t.kind = n.kind ";
        database.execute(
                "CREATE TABLE deep (id int, kind int, day int, amount int) PARTITION BY LIST (kind)",
                "CREATE TABLE deep_1 PARTITION OF deep FOR VALUES IN (1) PARTITION BY RANGE ((day % 10))",
                "CREATE TABLE deep_1_low PARTITION OF deep_1 FOR VALUES FROM (0) TO (5)",
                "CREATE TABLE deep_rest PARTITION OF deep DEFAULT",
                "CREATE TABLE deep_1_high PARTITION OF deep_1 FOR VALUES FROM (5) TO (10)",
                "INSERT INTO deep SELECT id, kind, id, amount FROM part");
        database.create("deeper", "SELECT kind, day, count(*) AS n FROM deep GROUP BY kind, day");
        for (String write : new String[] {
            "MERGE INTO part AS t USING " + rows + "WHEN MATCHED THEN UPDATE SET kind = 3 - t.kind",
            "MERGE INTO part AS t USING " + rows
                    + "WHEN MATCHED AND t.id = 5 THEN DELETE WHEN MATCHED THEN UPDATE SET kind = 3 - t.kind",
            "PREPARE m AS MERGE INTO part AS t USING (VALUES (9)) AS n (id) ON t.id = n.id WHEN MATCHED THEN UPDATE SET kind = 3 - t.kind; EXECUTE m",
            "CREATE FUNCTION moving() RETURNS void LANGUAGE sql AS 'MERGE INTO part AS t USING (VALUES (10)) AS n (id) ON t.id = n.id WHEN MATCHED THEN UPDATE SET kind = 3 - t.kind'",
            "SELECT moving()",
            "DO 'BEGIN MERGE INTO part AS t USING (VALUES (11)) AS n (id) ON t.id = n.id WHEN MATCHED THEN UPDATE SET kind = 3 - t.kind; END'",
            "MERGE INTO deep_1 AS t USING part AS n ON t.id = n.id AND n.id < 30 WHEN MATCHED THEN UPDATE SET day = t.day + 5",
            "MERGE INTO deep AS t USING part AS n ON t.id = n.id WHEN MATCHED AND t.id > 50 THEN UPDATE SET kind = 3 - t.kind WHEN NOT MATCHED THEN INSERT VALUES (n.id, 1, 1, 1)"
        }) {
            database.execute(write);
            database.assertFollows("total");
            database.assertFollows("deeper");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_merge_that_leaves_rows_where_they_are_and_an_update_that_moves_them_are_captured(int version)
            throws Exception {
        TestDatabase database = database(version);
        for (String write : new String[] {
            "MERGE INTO part AS t USING (VALUES (5), (6)) AS n (id) ON t.id = n.id WHEN MATCHED THEN UPDATE SET amount = 1",
            "UPDATE part SET kind = 3 - kind WHERE id < 9",
            "DO 'BEGIN UPDATE part SET kind = 3 - kind WHERE id < 7; END'",
        }) {
            database.execute(write);
            assertThat(database.engine().refresh("total").outcome()).as(write).isEqualTo(RefreshOutcome.DIFFERENTIAL);
            database.assertEqual("total");
        }
    }

    /** Only what is inserted and updated by one statement of the client can be shown wrongly. */
    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void updates_without_inserts_are_captured_also_without_a_key(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute(
                "CREATE TABLE bag (id int, kind int, amount int) PARTITION BY LIST (kind)",
                "CREATE TABLE bag_1 PARTITION OF bag DEFAULT",
                "INSERT INTO bag SELECT id, kind, amount FROM part");
        database.create("bagged", "SELECT kind, count(*) AS n, sum(amount) AS amount FROM bag GROUP BY kind");
        database.execute(
                "BEGIN; INSERT INTO bag VALUES (1, 1, 1); COMMIT",
                "UPDATE bag SET amount = amount + 1, kind = 3 - kind WHERE id < 20",
                "MERGE INTO bag AS t USING (VALUES (5, 50), (6, 60)) AS n (id, amount) ON t.id = n.id"
                        + " WHEN MATCHED THEN UPDATE SET amount = n.amount");
        assertThat(database.engine().refresh("bagged").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("bagged");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_partition_made_later_is_captured_also_when_written_directly(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute(
                "CREATE TABLE part_3 PARTITION OF part FOR VALUES IN (3)", "INSERT INTO part_3 VALUES (200, 3, 1)");
        database.assertFollows("total");
        database.execute("INSERT INTO part_3 VALUES (201, 3, 1)");
        database.assertFollows("total");
        database.execute("INSERT INTO part_3 VALUES (202, 3, 1)", "UPDATE part SET amount = 9 WHERE id = 200");
        assertThat(database.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_partition_that_is_attached_with_rows_or_detached_is_noticed(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute(
                "CREATE TABLE part_4 (id int NOT NULL, kind int NOT NULL, amount int)",
                "INSERT INTO part_4 SELECT i, 4, i FROM generate_series(300, 310) AS i",
                "ALTER TABLE part ATTACH PARTITION part_4 FOR VALUES IN (4)");
        database.assertFollows("total");
        database.execute("ALTER TABLE part DETACH PARTITION part_1");
        database.assertFollows("total");
        database.execute("INSERT INTO part_1 VALUES (1000, 1, 1)", "INSERT INTO part_4 VALUES (1000, 4, 1)");
        database.assertFollows("total");
        database.execute("DROP TABLE part_1", "ALTER TABLE part DETACH PARTITION part_4");
        database.assertFollows("total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_writer_that_began_before_its_partition_was_captured_is_not_lost(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute("CREATE TABLE part_3 PARTITION OF part FOR VALUES IN (3)");
        try (Connection writer = database.begin()) {
            TestDatabase.execute(writer, "INSERT INTO part_3 VALUES (200, 3, 1)");
            Thread refresh = new Thread(() -> database.engine().refresh("total"));
            refresh.start();
            database.awaitWaiterFor("part_3");
            TestDatabase.execute(writer, "INSERT INTO part_3 VALUES (201, 3, 1)");
            writer.commit();
            refresh.join();
        }
        database.assertFollows("total");
    }
}
