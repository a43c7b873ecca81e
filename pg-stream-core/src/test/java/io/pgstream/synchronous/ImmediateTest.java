package io.pgstream.synchronous;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tables in the mode IMMEDIATE, written to by a role that knows nothing of pg-stream. */
class ImmediateTest {

    private static TestDatabase database;

    @BeforeAll
    static void start() throws SQLException {
        database = TestDatabase.onDefault();
        database.execute(
                "CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL)",
                "CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customer ON DELETE CASCADE,"
                        + " amount numeric(10,2) NOT NULL)",
                "INSERT INTO customer VALUES (1, 'Ada'), (2, 'Bob')",
                "INSERT INTO orders VALUES (1, 1, 10), (2, 1, 5), (3, 2, 7)",
                "DROP ROLE IF EXISTS immediate_writer",
                "CREATE ROLE immediate_writer",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON customer, orders TO immediate_writer");
        immediate("totals", "SELECT customer_id, count(*) AS n, sum(amount) AS total FROM orders GROUP BY customer_id");
        immediate(
                "by_name",
                "SELECT c.name, count(*) AS n, sum(o.amount) AS total FROM orders AS o JOIN customer AS c"
                        + " ON c.id = o.customer_id GROUP BY c.name");
        immediate("listed", "SELECT o.id, c.name FROM orders AS o JOIN customer AS c ON c.id = o.customer_id");
        immediate(
                "buyers",
                "SELECT c.id, c.name FROM customer AS c WHERE EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id ="
                        + " c.id)");
    }

    private static void immediate(String name, String query) {
        database.engine().create(StreamTableDefinition.of(name, query).withMode(RefreshMode.IMMEDIATE));
    }

    private static void write(String... statements) throws SQLException {
        try (Connection writer = database.begin()) {
            TestDatabase.execute(writer, "SET ROLE immediate_writer");
            for (String statement : statements) {
                TestDatabase.execute(writer, statement);
            }
            writer.commit();
            TestDatabase.execute(writer, "RESET ROLE");
            writer.commit();
        }
        for (String name : new String[] {"totals", "by_name", "listed", "buyers"}) {
            database.assertEqual(name);
        }
    }

    @Test
    void a_statement_of_anybody_changes_the_tables() throws SQLException {
        write("INSERT INTO orders VALUES (10, 1, 3), (11, 2, 4)");
        write("UPDATE orders SET amount = amount + 1 WHERE id = 10");
        write("UPDATE orders SET customer_id = 3 - customer_id");
        write("DELETE FROM orders WHERE customer_id = 2");
        write("INSERT INTO customer VALUES (3, 'Cyd')", "INSERT INTO orders VALUES (12, 3, 1)");
        write("INSERT INTO orders VALUES (12, 3, 2), (13, 3, 2) ON CONFLICT (id) DO UPDATE SET amount = 9");
        write("DELETE FROM customer WHERE id IN (1, 3)");
        assertThat(database.value("SELECT count(*) FROM buyers")).isEqualTo("0");
        write("INSERT INTO customer VALUES (1, 'Ada')", "INSERT INTO orders VALUES (1, 1, 10), (2, 1, 5)");
        database.execute("TRUNCATE orders");
        write();
    }
}
