package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableAlteration;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** What a selective filter leaves of a large table is a state; that is decided once for a definition. */
class KeptFiltersTest {

    private static final String KEPT = "SELECT kept_filters::text FROM pgstream.pgs_stream_tables";

    private static TestDatabase database() throws SQLException {
        TestDatabase database = TestDatabase.on(TestServer.current().version());
        database.execute(
                "CREATE TABLE part (id int PRIMARY KEY, brand int NOT NULL, size int NOT NULL, note text)",
                "CREATE TABLE line (part int, amount int)",
                "INSERT INTO part SELECT i, i % 100, i % 7 FROM generate_series(1, 30000) AS i",
                "INSERT INTO line SELECT i % 30000, i FROM generate_series(1, 1000) AS i",
                "ANALYZE");
        database.create(
                "sold",
                "SELECT p.size, sum(l.amount) AS amount FROM line l JOIN part p ON p.id = l.part AND p.brand = 7 GROUP BY p.size");
        return database;
    }

    private static void change(TestDatabase database) throws SQLException {
        database.execute(
                "UPDATE part SET brand = 7 WHERE id BETWEEN 100 AND 120",
                "UPDATE part SET brand = 8 WHERE id = 7",
                "UPDATE part SET size = size + 1 WHERE id = 207",
                "DELETE FROM part WHERE id = 307",
                "INSERT INTO line SELECT i % 500, i FROM generate_series(1, 700) AS i",
                "DELETE FROM line WHERE amount % 9 = 0");
    }

    private static void assertFollows(TestDatabase database) throws SQLException {
        change(database);
        assertThat(database.engine().refresh("sold").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("sold");
    }

    @Test
    void the_state_follows_its_table() throws SQLException {
        TestDatabase database = database();
        assertThat(database.value(KEPT)).isEqualTo("{\"public.part WHERE brand = 7\"}");
        assertFollows(database);
    }

    @Test
    void other_statistics_do_not_change_the_plan() throws SQLException {
        TestDatabase database = database();
        database.execute("DELETE FROM part WHERE id > 400", "ANALYZE");
        database.engine().refresh("sold");
        // Another instance compiles the definition with the statistics of now.
        TestDatabase other = TestDatabase.of(database.dataSource());
        assertFollows(other);
        assertFollows(database);
    }

    @Test
    void an_altered_definition_is_decided_for_anew() throws SQLException {
        TestDatabase database = database();
        database.engine()
                .alter(
                        "sold",
                        StreamTableAlteration.query(
                                "SELECT p.size, sum(l.amount) AS amount FROM line l JOIN part p ON p.id = l.part AND p.brand < 90 GROUP BY p.size"));
        assertThat(database.value(KEPT)).isEqualTo("{}");
        assertFollows(database);
    }

    @Test
    void a_key_that_the_query_does_not_read_is_read_for_the_state() throws SQLException {
        TestDatabase database = database();
        database.execute(
                "CREATE TABLE brand (brand int PRIMARY KEY, name text)", "INSERT INTO brand VALUES (7, 'seven')");
        database.create("named", "SELECT b.name, p.size FROM part p JOIN brand b USING (brand) WHERE p.brand = 7");
        assertThat(database.value(KEPT + " WHERE table_name = 'named'")).isEqualTo("{\"public.part WHERE brand = 7\"}");
        change(database);
        database.execute("UPDATE brand SET name = 'sieben'");
        assertThat(database.engine().refresh("named").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("named");
    }

    @Test
    void rows_that_are_found_by_a_subquery_are_kept_too() throws SQLException {
        TestDatabase database = database();
        database.create(
                "wanted",
                "SELECT p.size FROM part p WHERE p.brand = 7 AND EXISTS (SELECT FROM line l WHERE l.part = p.id)");
        assertThat(database.value(KEPT + " WHERE table_name = 'wanted'"))
                .isEqualTo("{\"public.part WHERE brand = 7\"}");
        change(database);
        assertThat(database.engine().refresh("wanted").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("wanted");
    }
}
