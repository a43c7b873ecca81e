package io.pgstream.synchronous;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableInfo;
import io.pgstream.StreamTableStatus;
import io.pgstream.test.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Code on the server that ends transactions in the middle, and functions that write while a statement is running. */
class ServerCodeTest {

    private static TestDatabase database;

    @BeforeAll
    static void create() throws SQLException {
        database = TestDatabase.onDefault();
        database.execute(
                "CREATE TABLE p (id int PRIMARY KEY, g int)",
                "CREATE TABLE c (id int PRIMARY KEY, p_id int REFERENCES p ON DELETE CASCADE ON UPDATE CASCADE, v int)",
                "INSERT INTO p SELECT i, i % 3 FROM generate_series(1, 9) AS i",
                "INSERT INTO c SELECT i, i, i FROM generate_series(1, 9) AS i",
                "CREATE FUNCTION side(i int) RETURNS int LANGUAGE sql VOLATILE AS 'INSERT INTO c VALUES (i + 200, i, i) ON"
                        + " CONFLICT (id) DO UPDATE SET v = c.v + 1 RETURNING v'",
                "CREATE PROCEDURE work() LANGUAGE plpgsql AS $$ BEGIN FOR i IN 1..4 LOOP INSERT INTO c VALUES (100 + i, i, i);"
                        + " UPDATE p SET g = g + 1 WHERE id = i; IF i % 2 = 0 THEN COMMIT; ELSE ROLLBACK; END IF; DELETE FROM p"
                        + " WHERE id = i + 4; END LOOP; COMMIT AND CHAIN; UPDATE c SET v = v * 2; BEGIN INSERT INTO c VALUES (300,"
                        + " 1, 1), (300, 1, 1); EXCEPTION WHEN unique_violation THEN INSERT INTO c VALUES (301, 1, 1); END; END $$");
        for (RefreshMode mode : new RefreshMode[] {RefreshMode.IMMEDIATE, RefreshMode.ON_COMMIT}) {
            create("joined_" + mode, "SELECT c.id, p.g, c.v FROM p JOIN c ON c.p_id = p.id", mode);
            create(
                    "sums_" + mode,
                    "SELECT p.g, count(*) AS n, sum(c.v) AS v, max(c.v) AS m FROM p JOIN c ON c.p_id = p.id GROUP BY p.g",
                    mode);
        }
    }

    private static void create(String name, String query, RefreshMode mode) {
        database.engine().create(StreamTableDefinition.of(name, query).withMode(mode));
    }

    @Test
    void what_ends_transactions_in_the_middle_is_followed() throws SQLException {
        assertFollows("CALL work()");
        assertFollows(
                "DO $$ BEGIN FOR i IN 1..3 LOOP UPDATE p SET id = id + 100 WHERE id = i; COMMIT; UPDATE c SET v = v - 1;"
                        + " END LOOP; END $$");
    }

    @Test
    void functions_that_write_within_a_statement_are_followed() throws SQLException {
        assertFollows("SELECT side(id) FROM p");
        assertFollows("UPDATE p SET g = side(id) % 3");
    }

    private static void assertFollows(String statement) throws SQLException {
        database.execute(statement);
        for (StreamTableInfo table : database.engine().list()) {
            database.assertEqual(table.name().toString());
            assertThat(table.status()).isEqualTo(StreamTableStatus.ACTIVE);
        }
    }
}
