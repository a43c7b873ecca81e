package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.test.TestChoices;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Groups that are joined by a later part of their key are found by an index on it and not by reading all of them. */
class StateLookupsTest {

    private static final String STATES = "schemaname = 'pgstream_state'";

    private TestDatabase database;

    @BeforeEach
    void create() throws SQLException {
        TestChoices.clear();
        database = TestDatabase.on(TestServer.current().version());
        database.execute(
                "CREATE TABLE customer (id int PRIMARY KEY, code text NOT NULL UNIQUE, name text)",
                "CREATE TABLE sale (id int PRIMARY KEY, day int, customer int, code text, amount int)",
                "CREATE TABLE quota (day int PRIMARY KEY, amount int)",
                "INSERT INTO customer SELECT i, 'c' || i, 'n' FROM generate_series(1, 3000) AS i",
                "INSERT INTO sale SELECT i, i / 4000, i % 3000, 'c' || i % 3000, i % 97 FROM generate_series(1, 40000) AS i",
                "INSERT INTO quota SELECT i, 150 FROM generate_series(0, 10) AS i",
                "CREATE INDEX ON sale (customer)",
                "ANALYZE");
    }

    private void createJoined(String key, String condition) throws SQLException {
        database.create(
                "t",
                "SELECT c.name, d.day, d.amount FROM customer c JOIN (SELECT s.day, s." + key
                        + ", sum(s.amount) AS amount FROM sale s GROUP BY s.day, s." + key + ") d ON " + condition);
    }

    @Test
    void groups_are_joined_by_the_second_part_of_their_key() throws SQLException {
        createJoined("customer", "d.customer = c.id");
        assertThat(SequentialReads.ofRefresh(
                        database,
                        STATES,
                        "UPDATE customer SET name = 'm' WHERE id IN (7, 70, 700)",
                        "DELETE FROM customer WHERE id = 71"))
                .isZero();
        assertThat(SequentialReads.ofRefresh(
                        database,
                        STATES,
                        "INSERT INTO customer VALUES (71, 'c71', 'again')",
                        "INSERT INTO sale VALUES (50001, 3, 71, 'c71', 5), (50002, NULL, 71, NULL, 6)",
                        "UPDATE sale SET customer = NULL WHERE customer = 70"))
                .isZero();
    }

    @Test
    void values_that_are_too_long_for_a_btree_are_hashed() throws SQLException {
        createJoined("code", "d.code = c.code");
        assertThat(SequentialReads.ofRefresh(
                        database,
                        STATES,
                        "UPDATE customer SET name = 'm' WHERE id IN (7, 70, 700)",
                        "INSERT INTO sale VALUES (50001, 3, 71, repeat('x', 9000), 5)",
                        "UPDATE customer SET code = repeat('x', 2000) WHERE id = 70"))
                .isZero();
    }

    @Test
    void so_they_are_where_a_subquery_looks_for_them() throws SQLException {
        database.create(
                "t",
                "SELECT c.id, c.name FROM customer c WHERE EXISTS (SELECT FROM (SELECT s.day, s.customer, sum(s.amount) AS amount"
                        + " FROM sale s GROUP BY s.day, s.customer) d JOIN quota q ON q.day = d.day AND d.amount > q.amount"
                        + " WHERE d.customer = c.id)");
        assertThat(SequentialReads.ofRefresh(
                        database,
                        STATES,
                        "UPDATE customer SET name = 'm' WHERE id IN (7, 70, 700)",
                        "UPDATE sale SET amount = amount + 500 WHERE customer IN (71, 72, 73)",
                        "DELETE FROM sale WHERE customer = 7"))
                .isZero();
    }
}
