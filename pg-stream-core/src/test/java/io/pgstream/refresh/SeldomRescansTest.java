package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.RefreshOutcome;
import io.pgstream.test.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A group whose sum a NaN has swallowed, whose display scale is not followed, or whose key shows a row that has left, is read again by a
 * program of its own: the one that runs first has no way to, gives up, and leaves nothing behind.
 */
class SeldomRescansTest {

    private static final String TOTAL = "SELECT c.region, sum(o.amount) AS total, avg(o.amount) AS mean, count(*) AS n"
            + " FROM orders AS o JOIN customer AS c ON c.id = o.customer GROUP BY c.region";

    private TestDatabase database(int version) throws SQLException {
        TestDatabase database = TestDatabase.on(version);
        database.execute(
                "CREATE TABLE customer (id int PRIMARY KEY, region numeric)",
                "CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customer, amount numeric)",
                "INSERT INTO customer SELECT i, i % 4 FROM generate_series(1, 40) AS i",
                "INSERT INTO orders SELECT i, 1 + i % 40, i * 0.25 FROM generate_series(1, 400) AS i");
        return database;
    }

    private void follows(TestDatabase database, String... changes) throws SQLException {
        database.execute(changes);
        assertThat(database.engine().refresh("t").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("t");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void what_cannot_be_undone_is_read_again(int version) throws SQLException {
        TestDatabase database = database(version);
        database.create("t", TOTAL);

        follows(database, "UPDATE orders SET amount = amount + 1 WHERE id < 9");
        follows(database, "UPDATE orders SET amount = 'NaN' WHERE id IN (3, 5)");
        follows(database, "UPDATE orders SET amount = 3 WHERE id = 3", "DELETE FROM orders WHERE id = 5");
        follows(database, "UPDATE orders SET amount = 1.00000000000000000000001 WHERE id = 7");
        follows(database, "DELETE FROM orders WHERE id = 7");
        follows(database, "UPDATE customer SET region = 2.00 WHERE region = 2 AND id < 20");
        follows(database, "UPDATE customer SET region = 2.00 WHERE region = 2");
        follows(database, "DELETE FROM orders WHERE customer IN (SELECT id FROM customer WHERE region = 1)");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void what_lies_below_another_aggregate_is_read_again_too(int version) throws SQLException {
        TestDatabase database = database(version);
        database.create(
                "t",
                "SELECT q.n, count(*) AS regions, max(q.total) AS top FROM (" + TOTAL
                        + ") AS q WHERE q.total > (SELECT avg(amount) FROM orders) GROUP BY q.n");

        follows(database, "UPDATE orders SET amount = 'NaN' WHERE id = 4");
        follows(database, "UPDATE orders SET amount = 4 WHERE id = 4");
        follows(database, "INSERT INTO orders VALUES (1001, 1, 7.5), (1002, 2, 'Infinity')");
        follows(database, "DELETE FROM orders WHERE id > 1000");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_value_that_only_a_group_not_read_again_would_fail_at_is_no_failure(int version) throws SQLException {
        TestDatabase database = database(version);
        database.create(
                "t",
                "SELECT customer, CASE WHEN count(*) FILTER (WHERE amount = 'NaN') = 0 THEN sum(amount)::int END AS whole"
                        + " FROM orders GROUP BY customer");

        follows(database, "UPDATE orders SET amount = 'NaN' WHERE id = 9");
        follows(database, "UPDATE orders SET amount = 9 WHERE id = 9");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_row_that_the_query_fails_at_is_named_after_both_programs_have_met_it(int version) throws SQLException {
        TestDatabase database = database(version);
        database.create("t", "SELECT customer, 100 / (sum(amount) - 1000) AS share FROM orders GROUP BY customer");

        database.execute("INSERT INTO orders SELECT 2000, 3, 1000 - sum(amount) FROM orders WHERE customer = 3");
        assertThatThrownBy(() -> database.engine().refresh("t")).hasMessageContaining("division by zero");
        database.execute("DELETE FROM orders WHERE id = 2000", "UPDATE orders SET amount = 2 WHERE id = 1");
        database.assertFollows("t");
    }
}
