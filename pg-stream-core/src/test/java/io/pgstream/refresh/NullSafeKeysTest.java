package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** A subquery that is looked up by a column that can be NULL has one row for each of its values, NULL among them. */
class NullSafeKeysTest {

    private void follows(TestDatabase database, String query, String identity) throws SQLException {
        database.create("w", query);
        assertThat(database.engine().explain("w").identity()).as(query).isEqualTo(identity);
        for (String change : new String[] {
            "UPDATE t SET k = CASE WHEN k IS NULL THEN 2 WHEN k = 1 THEN NULL ELSE 1 END WHERE id % 3 = 0",
            "INSERT INTO t VALUES (101, NULL, 5), (102, 9, 6), (103, 9, NULL)",
            "DELETE FROM t WHERE id < 20 OR k = 3",
            "UPDATE t SET x = x + 1 WHERE k IS NULL",
            "DELETE FROM t WHERE id > 100"
        }) {
            database.execute(change);
            database.engine().refresh("w");
            database.assertEqual("w");
        }
        database.engine().drop("w");
    }

    @Test
    void rows_keep_the_key_of_the_query_around() throws SQLException {
        TestDatabase database = TestDatabase.of(TestServer.current().newDatabase());
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, k int, x int)",
                "INSERT INTO t SELECT i, nullif(i % 5, 0), i % 7 FROM generate_series(1, 80) AS i");
        follows(database, "SELECT id, (SELECT count(*) FROM t AS u WHERE u.k = t.k) AS n FROM t", "key (id)");
        follows(
                database,
                "SELECT id, d.total, x - d.total AS beside FROM t JOIN LATERAL (SELECT sum(u.x) AS total FROM t AS u WHERE u.k IS NOT DISTINCT FROM t.k) d"
                        + " ON d.total > 3",
                "key (id)");
        follows(
                database,
                "SELECT t.id, u.x FROM t LEFT JOIN t AS u ON u.k IS NOT DISTINCT FROM t.k AND u.id < 4",
                "bag: rows are found by all their columns");
    }
}
