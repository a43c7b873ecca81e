package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.test.TestChoices;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A table with small ones behind it, which leave few of its rows, is joined with them before a large delta meets it. */
class BranchTest {

    private static final String QUERY = "SELECT n.name, sum(l.amount) AS amount, count(*) AS lines FROM line l"
            + " JOIN supplier s ON s.id = l.supplier JOIN nation n ON n.id = s.nation JOIN region r ON r.id = n.region"
            + " JOIN part p ON p.id = l.part WHERE r.name = 'Asia' AND p.size < 40 GROUP BY n.name";

    private TestDatabase database;

    @BeforeEach
    void create() throws SQLException {
        TestChoices.clear();
        database = TestDatabase.on(TestServer.current().version());
        database.execute(
                "CREATE TABLE region (id int PRIMARY KEY, name text NOT NULL)",
                "CREATE TABLE nation (id int PRIMARY KEY, name text NOT NULL, region int REFERENCES region)",
                "CREATE TABLE supplier (id int PRIMARY KEY, nation int REFERENCES nation, note text)",
                "CREATE TABLE part (id int PRIMARY KEY, size int NOT NULL)",
                "CREATE TABLE line (id int PRIMARY KEY, supplier int, part int, amount int)",
                "INSERT INTO region VALUES (1, 'Asia'), (2, 'Europe'), (3, 'Africa')",
                "INSERT INTO nation SELECT i, 'n' || i, i % 3 + 1 FROM generate_series(1, 24) AS i",
                "INSERT INTO supplier SELECT i, i % 24 + 1 FROM generate_series(1, 3000) AS i",
                "INSERT INTO part SELECT i, i % 50 FROM generate_series(1, 20000) AS i",
                "INSERT INTO line SELECT i, i % 3000, i % 20000, i % 97 FROM generate_series(1, 40000) AS i",
                "CREATE INDEX ON supplier (nation)",
                "CREATE INDEX ON nation (region)",
                "CREATE INDEX ON line (supplier)",
                "CREATE INDEX ON line (part)",
                "ANALYZE");
    }

    @AfterEach
    void withoutTestSettings() {
        TestChoices.clear();
    }

    private void assertFollowsAll() throws SQLException {
        database.assertFollowsDifferentially("t", "UPDATE line SET amount = amount + 1 WHERE id <= 6000");
        database.assertFollowsDifferentially(
                "t",
                "UPDATE line SET supplier = supplier + 1 WHERE id <= 6000",
                "DELETE FROM line WHERE id BETWEEN 6000 AND 6100",
                "UPDATE supplier SET nation = nation % 24 + 1 WHERE id % 100 = 0",
                "UPDATE supplier SET nation = NULL WHERE id % 333 = 0",
                "UPDATE part SET size = 45 WHERE id < 20");
        database.assertFollowsDifferentially(
                "t",
                "INSERT INTO line SELECT i, i % 3000, i % 20000, 5 FROM generate_series(50000, 53000) AS i",
                "UPDATE nation SET region = 1, name = 'moved' WHERE id = 5",
                "UPDATE nation SET region = 2 WHERE id = 3",
                "DELETE FROM line WHERE supplier = 7");
        database.assertFollowsDifferentially(
                "t", "UPDATE region SET name = CASE id WHEN 1 THEN 'Old' WHEN 2 THEN 'Asia' ELSE name END");
        database.assertFollowsDifferentially("t", "UPDATE supplier SET nation = 4 WHERE id = 9");
    }

    @Test
    void a_large_delta_meets_only_the_suppliers_of_one_region() throws SQLException {
        database.create("t", QUERY);
        assertFollowsAll();
    }

    @Test
    void so_does_every_delta_if_it_is_told_to() throws SQLException {
        System.setProperty("pgstream.test.branches", "true");
        database.create("t", QUERY);
        assertThat(database.engine().explain("t").deltaStatements())
                .anyMatch(statement ->
                        statement.contains("FROM \"public\".\"supplier\" AS t1, \"public\".\"nation\" AS t2, "
                                + "\"public\".\"region\" AS t3"));
        assertFollowsAll();
    }
}
