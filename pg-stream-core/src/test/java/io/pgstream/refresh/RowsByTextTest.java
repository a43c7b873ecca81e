package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshOutcome;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows of types that have no hash, and results of one row that can be long. */
class RowsByTextTest {

    private TestDatabase database;

    @BeforeEach
    void create() throws SQLException {
        database = TestDatabase.of(TestServer.current().newDatabase());
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, a int, j json, b bit(3), v bit varying, m money)",
                "INSERT INTO t SELECT i, i % 7, json_build_object('a', i % 5), (i % 8)::bit(3), (i % 3)::bit(2)::bit varying, i % 2"
                        + " FROM generate_series(1, 500) AS i",
                "INSERT INTO t VALUES (501, NULL, NULL, NULL, NULL, NULL), (502, NULL, NULL, NULL, NULL, NULL)");
    }

    private void refreshAfterChanges(String table) throws SQLException {
        database.execute(
                "UPDATE t SET j = json_build_object('a', id), b = ~b, v = v || v WHERE id % 50 = 1",
                "DELETE FROM t WHERE id % 60 = 2 OR id = 501", "UPDATE t SET a = a + 1, m = m * 2 WHERE id % 70 = 3");
        assertThat(database.engine().refresh(table).outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual(table);
        database.execute(
                "UPDATE t SET j = NULL, b = NULL WHERE id % 40 = 1",
                "INSERT INTO t (id, a) SELECT min(id) - 1, 1 FROM t");
        database.engine().refreshFully(table);
        database.assertEqual(table);
    }

    @Test
    void are_found_by_the_hash_of_their_text() throws SQLException {
        database.create("j", "SELECT row_to_json(t) AS w FROM t");
        database.create("b", "SELECT j, b, v, m, a FROM t");
        assertThat(database.column("SELECT indexdef FROM pg_indexes WHERE tablename IN ('j', 'b')"))
                .hasSize(2)
                .allMatch(index -> index.contains("::text"))
                .noneMatch(index -> index.contains("(m)::text"));
        refreshAfterChanges("j");
        refreshAfterChanges("b");
    }

    @Test
    void are_one_row_which_a_full_refresh_updates_and_of_which_it_takes_out_a_second_one() throws SQLException {
        database.create("s", "SELECT json_agg(j ORDER BY id) AS j, count(*) AS n FROM t HAVING count(*) > 1");
        refreshAfterChanges("s");
        database.execute("UPDATE t SET a = 4, j = NULL WHERE id = 100");
        assertThat(database.engine().refreshFully("s").updated()).isEqualTo(1);
        database.execute(
                "SET session_replication_role = replica; INSERT INTO s SELECT * FROM s; RESET session_replication_role");
        assertThat(database.engine().refreshFully("s").deleted()).isEqualTo(1);
        database.assertEqual("s");
        database.execute("DELETE FROM t WHERE id > 1");
        database.engine().refreshFully("s");
        database.assertEqual("s");
        database.execute("INSERT INTO t (id) VALUES (2)");
        database.engine().refreshFully("s");
        database.assertEqual("s");
    }
}
