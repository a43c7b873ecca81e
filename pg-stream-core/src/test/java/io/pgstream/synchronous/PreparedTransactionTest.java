package io.pgstream.synchronous;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.UnsupportedQueryException;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Writers that commit in two phases, and limits of what a writer pays for. */
class PreparedTransactionTest {

    private static TestDatabase database;

    @BeforeAll
    static void start() {
        database = TestDatabase.on(18);
    }

    @BeforeEach
    void create() throws SQLException {
        database.execute(
                "CREATE TABLE p (id int PRIMARY KEY, g int)",
                "CREATE TABLE c (id int PRIMARY KEY, p_id int REFERENCES p ON DELETE CASCADE, v int)",
                "INSERT INTO p SELECT i, i % 3 FROM generate_series(1, 9) AS i",
                "INSERT INTO c SELECT i, i, i FROM generate_series(1, 9) AS i");
    }

    @AfterEach
    void drop() throws SQLException {
        database.engine()
                .list()
                .forEach(table -> database.engine().drop(table.name().toString()));
        database.execute("DROP TABLE p, c");
    }

    private static void create(String name, String query, RefreshMode mode) {
        database.engine().create(StreamTableDefinition.of(name, query).withMode(mode));
    }

    @ParameterizedTest
    @CsvSource({"IMMEDIATE, COMMIT", "IMMEDIATE, ROLLBACK", "ON_COMMIT, COMMIT", "ON_COMMIT, ROLLBACK"})
    void a_prepared_transaction_is_applied_when_it_is_committed_and_never_if_not(RefreshMode mode, String end)
            throws SQLException {
        // A state of its own below the top: the highest value of each parent.
        create(
                "highest",
                "SELECT p.g, count(*) AS n, sum(t.v) AS v FROM p JOIN (SELECT p_id, max(v) AS v FROM c GROUP BY p_id) AS t"
                        + " ON t.p_id = p.id GROUP BY p.g",
                mode);
        String before =
                database.column("SELECT t::text FROM highest AS t ORDER BY 1").toString();
        try (Connection writer = database.begin()) {
            TestDatabase.execute(writer, "INSERT INTO p VALUES (10, 1), (11, 2)");
            TestDatabase.execute(writer, "INSERT INTO c VALUES (10, 10, 100), (11, 11, 200), (12, 1, 300)");
            TestDatabase.execute(writer, "SAVEPOINT a");
            TestDatabase.execute(writer, "DELETE FROM p WHERE id = 2");
            TestDatabase.execute(writer, "ROLLBACK TO SAVEPOINT a");
            TestDatabase.execute(writer, "DELETE FROM p WHERE id = 3");
            TestDatabase.execute(writer, "PREPARE TRANSACTION 'two phases'");
        }
        assertThat(database.column("SELECT t::text FROM highest AS t ORDER BY 1")
                        .toString())
                .isEqualTo(before);

        database.execute(end + " PREPARED 'two phases'");

        database.assertEqual("highest");
        database.execute("UPDATE c SET v = v + 1");
        database.assertEqual("highest");
    }

    @Test
    void a_limit_that_writers_would_pay_for_is_refused_above_the_setting() {
        create("few", "SELECT id, v FROM c ORDER BY v DESC, id LIMIT 900 OFFSET 100", RefreshMode.IMMEDIATE);
        assertThatThrownBy(() -> create(
                        "many", "SELECT id, v FROM c ORDER BY v DESC, id LIMIT 901 OFFSET 100", RefreshMode.ON_COMMIT))
                .isInstanceOf(UnsupportedQueryException.class)
                .hasMessageContaining("its LIMIT keeps 1001 rows, more than pg-stream.topk-max-limit, which is 1000");
        create("many", "SELECT id, v FROM c ORDER BY v DESC, id LIMIT 901 OFFSET 100", RefreshMode.DIFFERENTIAL);
    }
}
