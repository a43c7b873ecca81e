package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.test.TestChoices;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * How many rows of a delta two filters leave that exclude each other, almost, nobody can estimate: the statement looks up or reads the next
 * table as a whole by the rows that there are.
 */
class JoinChoiceTest {

    /** Lines that are sent after a day, of orders from before it: a handful, where either filter alone leaves half. */
    private static final String QUERY = "SELECT c.segment, sum(l.amount) AS amount, count(*) AS lines FROM line l"
            + " JOIN orders o ON o.id = l.order_id JOIN customer c ON c.id = o.customer_id"
            + " WHERE l.sent > 500 AND o.placed <= 500 AND c.segment < 2 GROUP BY c.segment";

    private TestDatabase database;

    @BeforeEach
    void create() throws SQLException {
        TestChoices.clear();
        database = TestDatabase.on(TestServer.current().version());
        database.execute(
                "CREATE TABLE customer (id int PRIMARY KEY, segment int NOT NULL)",
                "CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, placed int NOT NULL)",
                "CREATE TABLE line (id int PRIMARY KEY, order_id int NOT NULL, amount int NOT NULL, sent int NOT NULL)",
                "INSERT INTO customer SELECT i, i % 10 FROM generate_series(1, 60000) AS i",
                "INSERT INTO orders SELECT i, i * 7 % 60000 + 1, i % 1000 FROM generate_series(1, 150100) AS i",
                "INSERT INTO line SELECT i, i / 4 + 1, i, (i / 4 + 1) % 1000 + i % 4 FROM generate_series(1, 600000) AS i",
                "CREATE INDEX ON line (order_id)",
                "CREATE INDEX ON orders (customer_id)",
                "ANALYZE");
        database.create("t", QUERY);
    }

    private long customersReadBy(String... changes) throws SQLException {
        return SequentialReads.ofRefresh(database, "relname = 'customer'", changes);
    }

    @Test
    void few_rows_look_the_next_table_up_and_many_read_it() throws SQLException {
        assertThat(customersReadBy("UPDATE line SET amount = amount + 1 WHERE id <= 8500"))
                .isZero();

        // Lines and orders move to the sides of the day where the query looks for them.
        customersReadBy("UPDATE orders SET placed = 1 WHERE id <= 2126");
        customersReadBy("UPDATE line SET sent = 900 WHERE id <= 8500");
        assertThat(customersReadBy("UPDATE line SET amount = amount + 1 WHERE id <= 8500"))
                .isEqualTo(60_000);

        assertThat(customersReadBy(
                        "DELETE FROM line WHERE id % 50 = 0",
                        "UPDATE customer SET segment = 3 - segment WHERE id IN (1, 2)"))
                .isZero();
    }
}
