package io.pgstream.synchronous;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableAlteration;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableInfo;
import io.pgstream.StreamTableStatus;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A write never fails because somebody has altered a table that a stream table reads. */
class AlteredSourceTest {

    private static TestDatabase database;

    @BeforeAll
    static void start() {
        database = TestDatabase.on(18);
    }

    @BeforeEach
    void create() throws SQLException {
        database.execute(
                "CREATE DOMAIN amount AS int CHECK (VALUE > -1000)",
                "CREATE TABLE p (id int PRIMARY KEY, g varchar(10), unused int)",
                "CREATE TABLE c (id int PRIMARY KEY, p_id int, v amount)",
                "INSERT INTO p SELECT i, i % 3 FROM generate_series(1, 9) AS i",
                "INSERT INTO c SELECT i, i, i FROM generate_series(1, 9) AS i");
    }

    @AfterEach
    void drop() throws SQLException {
        database.engine()
                .list()
                .forEach(table -> database.engine().drop(table.name().toString()));
        database.execute("DROP TABLE p, c", "DROP DOMAIN amount");
    }

    private static void create(RefreshMode mode) {
        database.engine()
                .create(StreamTableDefinition.of(
                                "sums", "SELECT p.g, sum(c.v) AS v FROM p JOIN c ON c.p_id = p.id GROUP BY p.g")
                        .withMode(mode));
    }

    @ParameterizedTest
    @EnumSource(names = {"IMMEDIATE", "ON_COMMIT"})
    void a_writer_who_waits_in_vain_to_look_at_another_source_fails_and_does_not_pass_the_table_by(RefreshMode mode)
            throws SQLException {
        create(mode);
        try (Connection owner = database.begin();
                Connection writer = database.connect()) {
            TestDatabase.execute(owner, "LOCK TABLE p IN ACCESS EXCLUSIVE MODE");
            TestDatabase.execute(writer, "SET lock_timeout = 50");
            assertThatThrownBy(() -> TestDatabase.execute(writer, "INSERT INTO c VALUES (20, 1, 5)"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("55P03"));
            owner.rollback();
            TestDatabase.execute(writer, "INSERT INTO c VALUES (21, 2, 5)");
        }
        database.assertEqual("sums");
        assertThat(database.engine().get("sums").status()).isEqualTo(StreamTableStatus.ACTIVE);
    }

    @ParameterizedTest
    @EnumSource(names = {"IMMEDIATE", "ON_COMMIT"})
    void a_renamed_column_lets_writes_pass_and_the_table_says_what_happened(RefreshMode mode) throws SQLException {
        create(mode);
        database.execute("INSERT INTO c VALUES (10, 1, 5)");
        database.assertEqual("sums");
        try (Connection writer = database.connect()) {
            TestDatabase.execute(writer, "INSERT INTO p VALUES (10, '1')");
            database.execute("ALTER TABLE c RENAME v TO amount");
            TestDatabase.execute(writer, "INSERT INTO c VALUES (11, 10, 5)");
            TestDatabase.execute(writer, "UPDATE p SET g = '2' WHERE id = 2");
        }
        StreamTableInfo info = database.engine().get("sums");
        assertThat(info.status()).isEqualTo(StreamTableStatus.ERROR);
        assertThat(info.lastError()).contains("a source was altered");
        assertThatThrownBy(() -> database.engine().refresh("sums"))
                .isInstanceOfSatisfying(
                        PgStreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_CHANGED));

        // Rows that come now do not fit the table, which lacks others.
        database.execute("ALTER TABLE c RENAME amount TO v", "DELETE FROM c WHERE id = 11");
        database.engine().refresh("sums");
        database.assertEqual("sums");
        assertThat(database.engine().get("sums").status()).isEqualTo(StreamTableStatus.ACTIVE);
        database.execute("INSERT INTO c VALUES (12, 3, 7)");
        database.assertEqual("sums");
    }

    @ParameterizedTest
    @EnumSource(names = {"IMMEDIATE", "ON_COMMIT"})
    void a_changed_query_follows_the_column_under_its_new_name(RefreshMode mode) throws SQLException {
        create(mode);
        database.execute("ALTER TABLE c RENAME v TO amount", "INSERT INTO c VALUES (10, 1, 5)");

        database.engine()
                .alter(
                        "sums",
                        StreamTableAlteration.query(
                                "SELECT p.g, sum(c.amount) AS v FROM p JOIN c ON c.p_id = p.id GROUP BY p.g"));

        database.assertEqual("sums");
        database.execute("INSERT INTO c VALUES (11, 1, 5)");
        database.assertEqual("sums");
    }

    @ParameterizedTest
    @EnumSource(names = {"IMMEDIATE", "ON_COMMIT"})
    void columns_that_no_query_uses_are_nobodys_business(RefreshMode mode) throws SQLException {
        create(mode);
        database.execute(
                "ALTER TABLE p RENAME unused TO still_unused",
                "ALTER TABLE p ADD more int DEFAULT 3",
                "ALTER TABLE p DROP still_unused",
                "ALTER TABLE p ALTER g TYPE varchar(20)",
                "INSERT INTO p VALUES (10, '0')",
                "INSERT INTO c VALUES (10, 10, 5)");
        database.assertEqual("sums");
        assertThat(database.engine().get("sums").status()).isEqualTo(StreamTableStatus.ACTIVE);
    }

    @ParameterizedTest
    @EnumSource(names = {"IMMEDIATE", "ON_COMMIT"})
    void a_column_that_is_renamed_between_a_write_and_its_commit_does_not_fail_it(RefreshMode mode)
            throws SQLException {
        create(mode);
        try (Connection writer = database.begin()) {
            TestDatabase.execute(writer, "INSERT INTO c VALUES (10, 1, 5)");
            TestDatabase.execute(writer, "ALTER TABLE c RENAME v TO amount");
            TestDatabase.execute(writer, "INSERT INTO c VALUES (11, 1, 5)");
            TestDatabase.execute(writer, "ALTER TABLE c RENAME amount TO v");
            writer.commit();
        }
        assertThat(database.engine().get("sums").status()).isEqualTo(StreamTableStatus.ERROR);
        database.engine().refresh("sums");
        database.assertEqual("sums");
    }

    /** Rows of the heir come and go without a statement on the table. */
    @ParameterizedTest
    @EnumSource(names = {"IMMEDIATE", "ON_COMMIT"})
    void a_source_that_gets_an_heir_is_noticed_by_the_next_write(RefreshMode mode) throws SQLException {
        create(mode);
        try (Connection writer = database.connect()) {
            TestDatabase.execute(writer, "INSERT INTO c VALUES (10, 1, 5)");
            database.execute("CREATE TABLE heir () INHERITS (c)", "INSERT INTO heir VALUES (20, 1, 5)");
            TestDatabase.execute(writer, "INSERT INTO c VALUES (11, 1, 5)");
        }
        assertThat(database.engine().get("sums").status()).isEqualTo(StreamTableStatus.ERROR);
        database.execute("DROP TABLE heir");
        database.engine().refresh("sums");
        database.assertEqual("sums");
        assertThat(database.engine().get("sums").status()).isEqualTo(StreamTableStatus.ACTIVE);
    }
}
