package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.test.TestChoices;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changed rows without a partner in a table that is joined later are dropped before they look up what has been joined so far. */
class SemiJoinReductionTest {

    private static final String QUERY = "SELECT n.name, sum(l.amount) AS amount, count(*) AS lines FROM line l"
            + " JOIN purchase o ON o.id = l.purchase JOIN customer c ON c.id = o.customer JOIN nation n ON n.id = c.nation"
            + " WHERE n.name IN ('n3', 'n7') AND c.segment < 90 GROUP BY n.name";

    private TestDatabase database;

    @BeforeEach
    void create() throws SQLException {
        TestChoices.clear();
        database = TestDatabase.on(TestServer.current().version());
        database.execute(
                "CREATE TABLE nation (id int PRIMARY KEY, name text NOT NULL)",
                "CREATE TABLE customer (id int PRIMARY KEY, nation int, segment int)",
                "CREATE TABLE purchase (id int PRIMARY KEY, customer int, note text)",
                "CREATE TABLE line (id int PRIMARY KEY, purchase int, amount int)",
                "INSERT INTO nation SELECT i, 'n' || i FROM generate_series(1, 24) AS i",
                "INSERT INTO customer SELECT i, i % 24 + 1, i % 100 FROM generate_series(1, 3000) AS i",
                "INSERT INTO purchase SELECT i, i % 3000 FROM generate_series(1, 20000) AS i",
                "INSERT INTO line SELECT i, i % 20000, i % 97 FROM generate_series(1, 80000) AS i",
                "CREATE INDEX ON customer (nation)",
                "CREATE INDEX ON purchase (customer)",
                "CREATE INDEX ON line (purchase)",
                "ANALYZE");
        database.create("t", QUERY);
    }

    @AfterEach
    void withoutTestSettings() {
        TestChoices.clear();
    }

    /** Both sides of each join change in one refresh: what a row met before is not what it meets now. */
    private void assertFollowsAll() throws SQLException {
        database.assertFollowsDifferentially(
                "t",
                "UPDATE line SET amount = amount + 1 WHERE id <= 2200",
                "UPDATE purchase SET customer = customer + 1 WHERE id BETWEEN 1 AND 1500");
        database.assertFollowsDifferentially(
                "t",
                "UPDATE line SET amount = amount + 1 WHERE id <= 2200",
                "UPDATE purchase SET customer = customer - 1 WHERE id BETWEEN 1000 AND 2300",
                "DELETE FROM purchase WHERE id BETWEEN 1 AND 100",
                "INSERT INTO purchase SELECT i, i % 3000 FROM generate_series(20001, 20400) AS i",
                "INSERT INTO line SELECT i, i - 70000, 3 FROM generate_series(90001, 90400) AS i",
                "UPDATE customer SET nation = nation % 24 + 1 WHERE id BETWEEN 1000 AND 1400",
                "UPDATE customer SET segment = 95 WHERE id BETWEEN 1500 AND 1600",
                "UPDATE customer SET segment = NULL WHERE id BETWEEN 1601 AND 1700",
                "DELETE FROM customer WHERE id BETWEEN 1701 AND 1800");
        database.assertFollowsDifferentially(
                "t",
                "UPDATE line SET purchase = purchase + 1 WHERE id <= 2200",
                "UPDATE purchase SET customer = NULL WHERE id BETWEEN 300 AND 400",
                "UPDATE purchase SET id = -id WHERE id BETWEEN 401 AND 1500",
                "UPDATE line SET purchase = -purchase WHERE purchase BETWEEN 401 AND 600",
                "UPDATE nation SET name = CASE id WHEN 3 THEN 'gone' WHEN 4 THEN 'n3' ELSE name END",
                "INSERT INTO customer SELECT i, 7, 5 FROM generate_series(1701, 1800) AS i");
        database.assertFollowsDifferentially("t", "UPDATE customer SET nation = 7 WHERE id = 9");
    }

    @Test
    void changed_orders_of_customers_elsewhere_look_no_lines_up() throws SQLException {
        assertFollowsAll();
    }

    @Test
    void so_it_is_whatever_is_gained_by_it() throws SQLException {
        System.setProperty("pgstream.test.reductions", "true");
        String delta = String.join("\n", database.engine().explain("t").deltaStatements());
        // d1 are the changed orders, d2 the changed customers.
        assertThat(delta)
                .contains("EXISTS (SELECT FROM d2 AS r2 WHERE (r2.c5 = r1.c4)) AS c24 FROM d1 AS r1)")
                .contains("WHERE (t3.\"segment\" < 90) AND (t3.\"id\" = r2.c4) OFFSET 0) AS l4 WHERE (NOT r2.c24)");
        assertFollowsAll();
    }
}
