package io.pgstream.fresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableAlteration;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A view that shows a stream table as its next refresh would leave it. */
class FreshReadTest {

    private static final String TOTALS =
            "SELECT customer, count(*) AS n, sum(amount) AS amount FROM orders GROUP BY customer";

    private static TestDatabase database;

    @BeforeAll
    static void start() {
        database = TestDatabase.on(18);
    }

    @BeforeEach
    void create() throws SQLException {
        database.execute(
                "CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL)",
                "CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL, amount int)",
                "INSERT INTO customer SELECT i, 'c' || i FROM generate_series(1, 10) AS i",
                "INSERT INTO orders SELECT i, i % 10 + 1, i FROM generate_series(1, 100) AS i");
    }

    @AfterEach
    void drop() throws SQLException {
        database.engine()
                .list()
                .forEach(table -> database.engine().dropCascading(table.name().toString()));
        database.execute("DROP TABLE customer, orders CASCADE");
    }

    private static void assertFresh(String name) throws SQLException {
        try (Connection connection = database.connect()) {
            assertFresh(connection, name);
        }
    }

    private static void assertFresh(Connection connection, String name) throws SQLException {
        String query = database.engine().get(name).query();
        assertThat(rows(
                        connection,
                        "WITH q AS MATERIALIZED (SELECT q::text FROM (" + query
                                + ") AS q), t AS MATERIALIZED (SELECT t::text"
                                + " FROM " + name
                                + "_fresh AS t) (TABLE q EXCEPT ALL TABLE t) UNION ALL (TABLE t EXCEPT ALL"
                                + " TABLE q)"))
                .isEmpty();
    }

    private static List<String> rows(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            List<String> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(result.getString(1));
            }
            return rows;
        }
    }

    private static boolean ranTheQuery(String name) throws SQLException {
        String function = database.value("SELECT v.function_name FROM pgstream.pgs_fresh_views AS v JOIN"
                + " pgstream.pgs_stream_tables AS t ON t.id = v.stream_table_id WHERE t.table_name = '" + name + "'");
        return database.value("SELECT coalesce(bool_or(f.pgstream_all), false) FROM " + function + "() AS f")
                .equals("t");
    }

    @Test
    void a_read_contains_what_was_committed_a_moment_ago_although_nothing_was_refreshed() throws SQLException {
        database.create("totals", TOTALS);
        assertThat(database.engine().createFreshView("totals")).hasToString("public.totals_fresh");
        database.execute("INSERT INTO orders VALUES (101, 1, 1000)", "DELETE FROM orders WHERE customer = 3");

        assertFresh("totals");
        assertThat(ranTheQuery("totals")).isFalse();
        assertThat(database.value("SELECT amount FROM totals_fresh WHERE customer = 1"))
                .isNotEqualTo(database.value("SELECT amount FROM totals WHERE customer = 1"));
        assertThat(database.column("SELECT n FROM totals_fresh WHERE customer = 3"))
                .isEmpty();
    }

    @Test
    void a_query_without_tables_is_shown_as_well() throws SQLException {
        database.create("constant", "SELECT 1 AS one UNION ALL VALUES (2), (NULL)");
        database.engine().createFreshView("constant");
        assertFresh("constant");
    }

    @Test
    void a_transaction_reads_its_own_writes_and_nobody_else_does() throws SQLException {
        database.create("totals", TOTALS);
        database.engine().createFreshView("totals");
        try (Connection connection = database.begin()) {
            TestDatabase.execute(connection, "UPDATE orders SET amount = 0");
            assertFresh(connection, "totals");
            assertThat(rows(connection, "SELECT sum(amount) FROM totals_fresh")).containsExactly("0");
            assertThat(database.value("SELECT sum(amount) FROM totals_fresh")).isEqualTo("5050");
            connection.rollback();
        }
        assertFresh("totals");
    }

    @Test
    void shapes_with_states_below_the_top_are_read_without_moving_them() throws SQLException {
        database.create(
                "ranked",
                "SELECT customer, n, rank() OVER (ORDER BY n DESC, customer) AS place FROM (" + TOTALS + ") AS t");
        database.create("newest", "SELECT id, amount FROM orders ORDER BY id DESC LIMIT 5");
        database.create(
                "large",
                "SELECT c.name, t.n FROM customer c JOIN (" + TOTALS
                        + ") AS t ON t.customer = c.id WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.id AND o.amount > 90)");
        database.create(
                "walk",
                "WITH RECURSIVE w AS (SELECT id, customer FROM orders WHERE id < 4 UNION SELECT o.id,"
                        + " o.customer FROM w JOIN orders o ON o.customer = w.id) SELECT * FROM w");
        List<String> names = List.of("ranked", "newest", "large", "walk");
        names.forEach(name -> database.engine().createFreshView(name));
        for (String change : List.of(
                "DELETE FROM orders WHERE id > 97",
                "UPDATE orders SET customer = 2 WHERE id BETWEEN 20 AND 30",
                "INSERT INTO orders SELECT i, 11, i FROM generate_series(200, 205) AS i",
                "UPDATE customer SET name = 'x' WHERE id = 2",
                "DELETE FROM orders WHERE customer = 1")) {
            database.execute(change);
            for (String name : names) {
                assertFresh(name);
                assertThat(ranTheQuery(name)).as(name).isFalse();
            }
        }
        for (String name : names) {
            database.assertFollows(name);
            assertFresh(name);
        }
    }

    @Test
    void a_keyed_read_finds_its_row_by_the_index_of_the_stream_table() throws SQLException {
        database.create("named", "SELECT o.id, o.amount, c.name FROM orders o JOIN customer c ON c.id = o.customer");
        database.engine().createFreshView("named");
        database.execute("INSERT INTO orders SELECT i, 1, i FROM generate_series(1000, 30000) AS i", "ANALYZE");
        database.engine().refresh("named");
        database.execute("ANALYZE", "UPDATE orders SET amount = -1 WHERE id = 7");

        assertThat(database.value("SELECT amount FROM named_fresh WHERE id = 7"))
                .isEqualTo("-1");
        assertThat(String.join("\n", database.column("EXPLAIN SELECT amount FROM named_fresh WHERE id = 7")))
                .contains("Index Scan")
                .doesNotContain("Seq Scan");
    }

    @Test
    void what_the_changes_do_not_tell_is_answered_by_the_query() throws SQLException {
        database.create("totals", TOTALS);
        database.engine().createFreshView("totals");
        database.execute("TRUNCATE orders", "INSERT INTO orders VALUES (1, 1, 1)");

        assertFresh("totals");
        assertThat(ranTheQuery("totals")).isTrue();

        database.assertFollows("totals");
        database.execute(
                "ALTER TABLE orders DISABLE TRIGGER USER",
                "INSERT INTO orders VALUES (2, 1, 1)",
                "ALTER TABLE orders ENABLE TRIGGER USER");
        assertFresh("totals");
        assertThat(ranTheQuery("totals")).isTrue();
    }

    @Test
    void a_table_that_is_refreshed_fully_or_reads_the_clock_has_a_fresh_view_too() throws SQLException {
        database.engine().create(StreamTableDefinition.of("full", TOTALS).withMode(RefreshMode.FULL));
        database.create("recent", "SELECT id FROM orders WHERE now() < TIMESTAMPTZ '2100-01-01' AND amount > 50");
        database.engine().createFreshView("full");
        database.engine().createFreshView("recent");
        database.execute("DELETE FROM orders WHERE id % 2 = 0");

        assertFresh("full");
        assertFresh("recent");
    }

    @Test
    void an_old_snapshot_is_answered_from_what_it_sees() throws SQLException {
        database.create("totals", TOTALS);
        database.engine().createFreshView("totals");
        database.execute("INSERT INTO orders SELECT i, 1, 1 FROM generate_series(1000, 20000) AS i");
        try (Connection connection = database.begin()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            rows(connection, "SELECT 1");
            database.execute("INSERT INTO orders SELECT i, 1, 1 FROM generate_series(30000, 50000) AS i");
            database.engine().refresh("totals");
            database.engine().awaitHousekeeping(java.time.Duration.ofSeconds(10));
            assertThat(database.value("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace ="
                            + " 'pgstream_changes'::regnamespace AND pg_relation_size(oid) > 0"))
                    .isEqualTo("0");

            assertFresh(connection, "totals");
            connection.rollback();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        assertFresh("totals");
    }

    @Test
    void a_view_follows_what_becomes_of_its_table() throws SQLException {
        database.create("totals", TOTALS);
        database.engine().createFreshView("totals");
        assertThat(database.engine().createFreshView("totals")).hasToString("public.totals_fresh");

        database.engine()
                .alter(
                        "totals",
                        StreamTableAlteration.query(
                                "SELECT customer, max(amount) AS most FROM orders GROUP BY customer"));
        database.execute("UPDATE orders SET amount = 500 WHERE id = 5");
        assertFresh("totals");
        assertThat(ranTheQuery("totals")).isFalse();

        database.create("ids", "SELECT id, customer, amount FROM orders");
        database.execute("DELETE FROM orders WHERE id = 5");
        assertFresh("totals");
        database.engine().refresh("totals");
        database.execute("DELETE FROM orders WHERE id = 6");
        assertFresh("totals");

        database.engine().alter("totals", StreamTableAlteration.mode(RefreshMode.IMMEDIATE));
        database.execute("DELETE FROM orders WHERE id = 7");
        assertFresh("totals");

        database.engine().drop("totals");
        assertThat(database.value("SELECT to_regclass('totals_fresh')")).isEqualTo("null");
        assertThat(database.column("SELECT proname FROM pg_proc WHERE proname LIKE 'fresh\\_1%'"))
                .isEmpty();
    }

    @Test
    void whoever_may_read_the_table_may_read_the_view_and_nobody_else() throws SQLException {
        database.create("totals", TOTALS);
        database.engine().createFreshView("totals");
        database.execute(
                "DROP ROLE IF EXISTS fresh_reader",
                "CREATE ROLE fresh_reader",
                "UPDATE orders SET amount = 77 WHERE id = 1");
        try (Connection connection = database.connect()) {
            TestDatabase.execute(connection, "SET ROLE fresh_reader");
            assertThatThrownBy(() -> rows(connection, "SELECT customer FROM totals_fresh"))
                    .hasMessageContaining("permission denied for table");
            assertThatThrownBy(() -> rows(connection, "SELECT * FROM " + function() + "()"))
                    .hasMessageContaining("permission denied for schema");
            database.execute("GRANT SELECT ON totals TO fresh_reader");
            assertThat(rows(connection, "SELECT customer FROM totals_fresh")).hasSize(10);
            assertThatThrownBy(() -> rows(connection, "SELECT * FROM orders"))
                    .hasMessageContaining("permission denied");

            database.execute("ALTER TABLE totals ENABLE ROW LEVEL SECURITY");
            assertThatThrownBy(() -> rows(connection, "SELECT customer FROM totals_fresh"))
                    .hasMessageContaining("row-level security");
        } finally {
            database.execute("REVOKE ALL ON totals FROM fresh_reader", "DROP ROLE fresh_reader");
        }
    }

    private static String function() throws SQLException {
        return database.value("SELECT function_name FROM pgstream.pgs_fresh_views");
    }

    @Test
    void a_name_that_is_taken_is_refused_and_a_view_can_be_dropped() throws SQLException {
        database.create("totals", TOTALS);
        database.execute("CREATE VIEW totals_fresh AS SELECT 1 AS one");
        assertThatThrownBy(() -> database.engine().createFreshView("totals"))
                .isInstanceOfSatisfying(
                        PgStreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NAME_TAKEN));
        database.execute("DROP VIEW totals_fresh");
        database.engine().createFreshView("totals");
        database.engine().dropFreshView("totals");
        database.engine().dropFreshView("totals");
        assertThat(database.value("SELECT to_regclass('totals_fresh')")).isEqualTo("null");
    }
}
