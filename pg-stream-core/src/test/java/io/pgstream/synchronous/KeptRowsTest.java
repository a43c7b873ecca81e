package io.pgstream.synchronous;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableStatus;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that wait until the statement, or the transaction, that wrote them is over. */
class KeptRowsTest {

    private static final int SOURCES = 12;

    private static TestDatabase database;

    @BeforeAll
    static void start() {
        database = TestDatabase.on(18);
    }

    @AfterEach
    void drop() throws SQLException {
        database.engine()
                .list()
                .forEach(table -> database.engine().drop(table.name().toString()));
        database.execute("DROP TABLE IF EXISTS p, c, q", "DROP TABLE IF EXISTS " + sources(i -> "s" + i, ", "));
    }

    private static String sources(java.util.function.IntFunction<String> part, String between) {
        return IntStream.range(0, SOURCES).mapToObj(part).collect(Collectors.joining(between));
    }

    /** The name of a source must not be taken for the beginning or the end of another one's. */
    @ParameterizedTest
    @EnumSource(names = {"IMMEDIATE", "ON_COMMIT"})
    void each_of_twelve_sources_is_told_from_the_others(RefreshMode mode) throws SQLException {
        for (int i = 0; i < SOURCES; i++) {
            database.execute("CREATE TABLE s" + i + " (id int PRIMARY KEY, v int)");
        }
        create("united", sources(i -> "SELECT " + i + " AS source, id, v FROM s" + i, " UNION ALL "), mode);
        for (int first = 0; first < SOURCES; first++) {
            for (int second : new int[] {0, 1, 10, 11}) {
                int id = 100 * first + second;
                database.execute("WITH f AS (INSERT INTO s" + first + " VALUES (" + id
                        + ", 1) RETURNING id) INSERT INTO s" + second + " SELECT 5000 + id, 2 FROM f");
                database.assertEqual("united");
                try (Connection writer = database.begin()) {
                    TestDatabase.execute(writer, "UPDATE s" + first + " SET v = v + 1 WHERE id = " + id);
                    TestDatabase.execute(writer, "DELETE FROM s" + second + " WHERE id = " + (5000 + id));
                    writer.commit();
                }
                database.assertEqual("united");
            }
        }
        assertThat(database.value("SELECT count(*) FROM united")).isEqualTo(String.valueOf(4 * SOURCES));
    }

    /** What a single statement has updated is put in the place of what was there; anything that comes with it is added up. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE c SET v = v + 1 WHERE id < 4",
                "UPDATE c SET p_id = p_id % 5 + 1",
                "UPDATE c SET id = 19 - id",
                "UPDATE c SET id = id + 1 WHERE id = 8; INSERT INTO c VALUES (8, 2, 2)",
                "UPDATE c SET v = v + 1; UPDATE c SET v = v - 1 WHERE id < 3",
                "UPDATE c SET v = v + 1; DELETE FROM c WHERE id = 3",
                "UPDATE c SET v = v + 1; UPDATE p SET g = 9 WHERE id = 2",
                "UPDATE p SET g = 9 WHERE id = 2",
                "UPDATE p SET id = 7 WHERE id = 5; INSERT INTO p VALUES (5, 1)",
                "UPDATE c SET v = v + 1; TRUNCATE c",
                "INSERT INTO c VALUES (3, 1, 1), (9, 2, 2) ON CONFLICT (id) DO UPDATE SET v = 7",
                "SAVEPOINT s; UPDATE c SET v = v + 1; ROLLBACK TO s; UPDATE c SET v = v + 2",
                "UPDATE c SET v = v + 1; SET CONSTRAINTS ALL IMMEDIATE; UPDATE c SET v = v + 1",
                "DELETE FROM q WHERE id = 1",
                "UPDATE q SET id = id + 5"
            })
    void a_statement_that_updates_is_followed(String statements) throws SQLException {
        database.execute(
                "CREATE TABLE p (id int PRIMARY KEY, g int)",
                "CREATE TABLE q (id int PRIMARY KEY)",
                "CREATE TABLE c (id int PRIMARY KEY, p_id int, v int)",
                "INSERT INTO p SELECT i, i % 3 FROM generate_series(1, 5) AS i",
                "INSERT INTO c SELECT i, i % 5 + 1, i FROM generate_series(1, 8) AS i",
                "INSERT INTO q VALUES (1), (2)");
        if (statements.contains(" q ")) {
            database.execute(
                    "ALTER TABLE c ADD a int DEFAULT 1 REFERENCES q ON UPDATE CASCADE ON DELETE SET NULL, ADD b int DEFAULT 1"
                            + " REFERENCES q ON UPDATE CASCADE ON DELETE SET NULL");
        }
        create("rows", "SELECT c.*, p.g FROM c JOIN p ON p.id = c.p_id", RefreshMode.ON_COMMIT);
        create("sums", "SELECT c.p_id, count(*) AS n, sum(c.v) AS v FROM c GROUP BY c.p_id", RefreshMode.ON_COMMIT);
        create("plain", "SELECT * FROM c WHERE v > 2", RefreshMode.ON_COMMIT);
        try (Connection writer = database.begin()) {
            TestDatabase.execute(writer, statements);
            writer.commit();
        }
        for (String name : List.of("rows", "sums", "plain")) {
            database.assertEqual(name);
        }
    }

    /** Triggers that are not enabled for ALWAYS do not fire in it, that of the commit included. */
    @ParameterizedTest
    @EnumSource(names = {"IMMEDIATE", "ON_COMMIT"})
    void a_session_that_is_a_replica_is_followed(RefreshMode mode) throws SQLException {
        database.execute(
                "CREATE TABLE p (id int PRIMARY KEY, k int, v int)", "INSERT INTO p VALUES (1, 1, 1), (2, 2, 20)");
        create("sums", "SELECT k, sum(v) AS v FROM p GROUP BY k", mode);
        create("large", "SELECT k FROM sums WHERE v > 10", mode);
        try (Connection writer = database.begin()) {
            TestDatabase.execute(writer, "SET LOCAL session_replication_role = replica");
            TestDatabase.execute(writer, "UPDATE p SET v = 7 WHERE id = 2");
            TestDatabase.execute(writer, "INSERT INTO p VALUES (3, 1, 50)");
            writer.commit();
        }
        database.assertEqual("sums");
        database.assertEqual("large");
    }

    @ParameterizedTest
    @EnumSource(names = {"IMMEDIATE", "ON_COMMIT"})
    void a_column_that_was_made_longer_is_followed_for_as_long_as_its_values_fit(RefreshMode mode) throws SQLException {
        createJoined(mode);

        database.execute("ALTER TABLE p ALTER g TYPE varchar(30)", "INSERT INTO p VALUES (2, 'two', 2.5)");
        database.execute(
                "WITH n AS (INSERT INTO p VALUES (3, 'six', 3.5) RETURNING id) INSERT INTO c SELECT id, 2 FROM n");
        assertFollowed(StreamTableStatus.ACTIVE);

        database.execute(
                "WITH n AS (INSERT INTO p VALUES (4, 'four', 4.5) RETURNING id) INSERT INTO c SELECT id, id FROM n");
        assertThat(database.engine().get("joined").status()).isEqualTo(StreamTableStatus.ERROR);
        assertReloaded();
        database.execute("UPDATE p SET g = g || ' as it was', id = id + 10");
        assertFollowed(StreamTableStatus.ACTIVE);
    }

    /** A value that is rounded would be a wrong one. */
    @ParameterizedTest
    @EnumSource(names = {"IMMEDIATE", "ON_COMMIT"})
    void a_column_that_was_made_more_precise_is_not_rounded(RefreshMode mode) throws SQLException {
        createJoined(mode);

        database.execute("ALTER TABLE p ALTER n TYPE numeric(12, 3)", "UPDATE p SET n = 1.125");
        assertThat(database.engine().get("joined").status()).isEqualTo(StreamTableStatus.ERROR);
        assertReloaded();
        database.execute("UPDATE p SET n = 12345678.125");
        assertFollowed(StreamTableStatus.ACTIVE);
    }

    private static void createJoined(RefreshMode mode) throws SQLException {
        database.execute(
                "CREATE TABLE p (id int PRIMARY KEY, g varchar(3), n numeric(4, 1))",
                "CREATE TABLE c (id int PRIMARY KEY, p_id int REFERENCES p ON DELETE CASCADE ON UPDATE CASCADE)",
                "INSERT INTO p VALUES (1, 'one', 1.5)",
                "INSERT INTO c VALUES (1, 1)");
        create("grouped", "SELECT p.g, sum(p.n) AS n FROM p JOIN c ON c.p_id = p.id GROUP BY p.g", mode);
        create("joined", "SELECT c.id, p.g, p.n FROM p JOIN c ON c.p_id = p.id", mode);
    }

    private static void assertReloaded() throws SQLException {
        database.engine().refresh("joined");
        database.engine().refresh("grouped");
        assertFollowed(StreamTableStatus.ACTIVE);
    }

    private static void assertFollowed(StreamTableStatus status) throws SQLException {
        for (String name : new String[] {"joined", "grouped"}) {
            database.assertEqual(name);
            assertThat(database.engine().get(name).status()).isEqualTo(status);
        }
    }

    private static void create(String name, String query, RefreshMode mode) {
        database.engine().create(StreamTableDefinition.of(name, query).withMode(mode));
    }
}
