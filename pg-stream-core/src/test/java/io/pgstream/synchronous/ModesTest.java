package io.pgstream.synchronous;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.InvalidDefinitionException;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableAlteration;
import io.pgstream.StreamTableDefinition;
import io.pgstream.UnsupportedQueryException;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Changing between modes, and what a commit does. */
class ModesTest {

    private static TestDatabase database;

    @BeforeAll
    static void start() throws SQLException {
        database = TestDatabase.on(15);
        database.execute(
                "CREATE TABLE p (id int PRIMARY KEY, g int)",
                "CREATE TABLE c (id int PRIMARY KEY, p_id int REFERENCES p ON DELETE CASCADE, v int)",
                "INSERT INTO p SELECT i, i % 3 FROM generate_series(1, 9) AS i",
                "INSERT INTO c SELECT i, i, i FROM generate_series(1, 9) AS i");
    }

    private static void create(String name, RefreshMode mode) {
        database.engine()
                .create(StreamTableDefinition.of(
                                name,
                                "SELECT p.g, count(*) AS n, max(c.v) AS highest FROM p JOIN c ON c.p_id = p.id GROUP BY"
                                        + " p.g")
                        .withMode(mode));
    }

    @Test
    void a_table_goes_from_mode_to_mode_and_misses_nothing() throws SQLException {
        create("changing", RefreshMode.DIFFERENTIAL);
        int id = 100;
        for (RefreshMode mode : new RefreshMode[] {
            RefreshMode.IMMEDIATE,
            RefreshMode.ON_COMMIT,
            RefreshMode.DIFFERENTIAL,
            RefreshMode.ON_COMMIT,
            RefreshMode.FULL
        }) {
            database.execute("INSERT INTO c VALUES (" + (id++) + ", 1, " + id + ")");
            database.engine().alter("changing", StreamTableAlteration.mode(mode));
            database.assertEqual("changing");
            database.execute("INSERT INTO c VALUES (" + (id++) + ", 2, " + id + ")");
            database.assertFollows("changing");
            assertThat(database.engine().verify("changing").equal()).isTrue();
        }
        assertThat(database.value("SELECT count(*) FROM pg_proc WHERE proname LIKE 'i%changing'"))
                .isEqualTo("0");
        database.engine().drop("changing");
    }

    @Test
    void what_hangs_on_a_table_stays_when_its_mode_changes() throws SQLException {
        create("owned", RefreshMode.DIFFERENTIAL);
        database.execute(
                "DROP ROLE IF EXISTS modes_reader",
                "CREATE ROLE modes_reader",
                "GRANT SELECT ON owned TO modes_reader",
                "COMMENT ON TABLE owned IS 'mine'",
                "CREATE INDEX mine ON owned (highest)",
                "CREATE VIEW over_owned AS SELECT g FROM owned",
                "CREATE PUBLICATION of_owned FOR TABLE owned");
        String before = belongings();
        int id = 300;
        for (RefreshMode mode : new RefreshMode[] {
            RefreshMode.IMMEDIATE,
            RefreshMode.ON_COMMIT,
            RefreshMode.IMMEDIATE,
            RefreshMode.DIFFERENTIAL,
            RefreshMode.ON_COMMIT,
            RefreshMode.FULL
        }) {
            database.engine().alter("owned", StreamTableAlteration.mode(mode));
            assertThat(belongings()).as("%s", mode).isEqualTo(before);
            database.execute("INSERT INTO c VALUES (" + (id++) + ", 3, " + id + ")");
            database.assertFollows("owned");
            assertThatThrownBy(() -> database.execute("DELETE FROM owned"))
                    .as("%s", mode)
                    .isInstanceOf(SQLException.class);
        }
        database.execute("DROP VIEW over_owned");
        database.engine().drop("owned");
        database.execute("DROP PUBLICATION of_owned", "DROP ROLE modes_reader");
    }

    private static String belongings() throws SQLException {
        return database.value(
                "SELECT concat_ws(' ', 'owned'::regclass::oid, has_table_privilege('modes_reader', 'owned', 'SELECT'),"
                        + " obj_description('owned'::regclass), to_regclass('mine'), to_regclass('over_owned'),"
                        + " (SELECT count(*) FROM pg_publication_tables WHERE pubname = 'of_owned'))");
    }

    @Test
    void a_table_changes_its_mode_and_its_query_under_its_writers() throws Exception {
        create("busy", RefreshMode.DIFFERENTIAL);
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Integer>> writers = IntStream.range(0, 3)
                .mapToObj(writer -> CompletableFuture.supplyAsync(() -> write(writer, over)))
                .toList();
        try {
            for (int round = 0; round < 2; round++) {
                for (RefreshMode mode : new RefreshMode[] {
                    RefreshMode.IMMEDIATE, RefreshMode.DIFFERENTIAL, RefreshMode.ON_COMMIT, RefreshMode.IMMEDIATE
                }) {
                    database.engine().alter("busy", StreamTableAlteration.mode(mode));
                }
                database.engine()
                        .alter(
                                "busy",
                                new StreamTableAlteration(
                                        "SELECT p.g, count(*) AS n, sum(c.v) AS total_" + round
                                                + " FROM p JOIN c ON c.p_id = p.id GROUP BY p.g",
                                        null,
                                        RefreshMode.DIFFERENTIAL));
            }
        } finally {
            over.set(true);
        }
        for (CompletableFuture<Integer> writer : writers) {
            assertThat(writer.get(60, TimeUnit.SECONDS)).isPositive();
        }
        database.assertFollows("busy");
        database.engine().alter("busy", StreamTableAlteration.mode(RefreshMode.IMMEDIATE));
        database.assertEqual("busy");
        database.engine().drop("busy");
    }

    /** How many transactions were committed. One may be chosen as the victim of a deadlock. */
    private static int write(int writer, AtomicBoolean over) {
        int committed = 0;
        int id = 10_000 * (writer + 1);
        while (!over.get()) {
            try (Connection connection = database.begin()) {
                TestDatabase.execute(connection, "INSERT INTO c VALUES (" + (id++) + ", " + (2 + id % 8) + ", 1)");
                TestDatabase.execute(connection, "UPDATE c SET v = v + 1 WHERE id = " + (id - 1));
                connection.commit();
                committed++;
            } catch (SQLException e) {
                assertThat(e.getSQLState()).isIn("40P01", "40001");
            }
        }
        return committed;
    }

    @Test
    void a_commit_applies_what_came_before_and_after_constraints_were_set_to_immediate() throws SQLException {
        create("at_commit", RefreshMode.ON_COMMIT);
        try (Connection writer = database.begin()) {
            TestDatabase.execute(writer, "INSERT INTO p VALUES (50, 1); INSERT INTO c VALUES (50, 50, 5)");
            TestDatabase.execute(writer, "SET CONSTRAINTS ALL IMMEDIATE");
            TestDatabase.execute(writer, "DELETE FROM p WHERE id IN (1, 50)");
            TestDatabase.execute(writer, "SAVEPOINT s; DELETE FROM c; ROLLBACK TO SAVEPOINT s");
            TestDatabase.execute(writer, "SET CONSTRAINTS ALL DEFERRED; UPDATE c SET v = v + 1");
            writer.commit();
        }
        database.assertEqual("at_commit");
        assertThat(database.engine().refreshFully("at_commit").written()).isZero();
        assertThat(database.engine().refresh("at_commit").outcome()).isEqualTo(RefreshOutcome.NO_DATA);
        database.engine().drop("at_commit");
    }

    @Test
    void a_writer_with_an_old_snapshot_is_refused() throws SQLException {
        create("guarded", RefreshMode.IMMEDIATE);
        try (Connection old = database.begin()) {
            old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            TestDatabase.execute(old, "SELECT 1");
            database.execute("UPDATE c SET v = v + 1 WHERE id = 5");

            TestDatabase.execute(old, "SAVEPOINT s");
            // Who tries again behind a savepoint has no newer snapshot.
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> TestDatabase.execute(old, "UPDATE c SET v = v + 1 WHERE id = 6"))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("40001"))
                        .hasMessageContaining("guarded");
                TestDatabase.execute(old, "ROLLBACK TO SAVEPOINT s");
            }
            old.rollback();
        }
        database.assertEqual("guarded");
        database.engine().drop("guarded");
    }

    @Test
    void what_cannot_be_is_refused_with_the_reason() {
        assertThatThrownBy(() -> database.engine()
                        .create(StreamTableDefinition.of("scheduled", "SELECT id FROM p")
                                .withMode(RefreshMode.IMMEDIATE)
                                .withSchedule("5s")))
                .isInstanceOf(InvalidDefinitionException.class)
                .hasMessageContaining("5s");
        assertThatThrownBy(() -> database.engine()
                        .create(StreamTableDefinition.of("clock", "SELECT id FROM p WHERE now() > '2020-01-01'")
                                .withMode(RefreshMode.ON_COMMIT)))
                .isInstanceOf(UnsupportedQueryException.class)
                .hasMessageContaining("clock");
        assertThatThrownBy(() -> database.engine()
                        .create(StreamTableDefinition.of("dice", "SELECT id, random() AS r FROM p")
                                .withMode(RefreshMode.IMMEDIATE)))
                .isInstanceOf(UnsupportedQueryException.class)
                .hasMessageContaining("IMMEDIATE");
    }

    @Test
    void a_changed_query_leaves_what_hangs_on_a_table_that_its_writers_maintain_and_no_reader_sees_it_empty()
            throws SQLException {
        create("owned", RefreshMode.IMMEDIATE);
        database.execute(
                "DROP ROLE IF EXISTS modes_reader",
                "CREATE ROLE modes_reader",
                "GRANT SELECT ON owned TO modes_reader",
                "COMMENT ON TABLE owned IS 'mine'",
                "CREATE INDEX mine ON owned (g)",
                "CREATE VIEW over_owned AS SELECT g FROM owned",
                "CREATE PUBLICATION of_owned FOR TABLE owned");
        database.engine()
                .create(StreamTableDefinition.of("above", "SELECT count(*) AS groups, sum(n) AS n FROM owned")
                        .withMode(RefreshMode.IMMEDIATE));
        String before = belongings();
        int id = 500;
        try (Connection old = database.begin()) {
            old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            TestDatabase.execute(old, "SELECT 1");
            for (String columns : List.of(
                    "count(*) + 1 AS n, max(c.v) AS highest",
                    "count(*)::int AS n, sum(c.v) AS total, max(c.v) AS highest",
                    "count(*) AS n, min(c.v)::numeric AS lowest")) {
                for (RefreshMode mode : List.of(RefreshMode.ON_COMMIT, RefreshMode.IMMEDIATE)) {
                    database.engine()
                            .alter(
                                    "owned",
                                    new StreamTableAlteration(
                                            "SELECT p.g, " + columns + " FROM p JOIN c ON c.p_id = p.id GROUP BY p.g",
                                            null,
                                            mode));
                    assertThat(belongings()).as("%s %s", mode, columns).isEqualTo(before);
                    database.assertEqual("owned");
                    database.execute("INSERT INTO c VALUES (" + (id++) + ", 4, " + id + ")", "UPDATE c SET v = v + 1");
                    database.assertEqual("owned");
                    database.assertFollows("above");
                }
            }
            try (Statement statement = old.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT count(g) FROM owned")) {
                rows.next();
                assertThat(rows.getInt(1)).as("at a snapshot from before").isPositive();
            }
        }
        assertThatThrownBy(() -> database.engine()
                        .alter(
                                "owned",
                                StreamTableAlteration.query("SELECT p.g, sum(1 / (c.v - c.v)) AS n FROM p JOIN c ON"
                                        + " c.p_id = p.id GROUP BY p.g")))
                .hasMessageContaining("division by zero");
        assertThatThrownBy(() -> database.engine()
                        .alter("owned", StreamTableAlteration.query("SELECT c.v, count(*) AS n FROM c GROUP BY c.v")))
                .hasMessageContaining("over_owned");
        database.execute("INSERT INTO c VALUES (" + (id++) + ", 5, 3)", "DELETE FROM c WHERE id = 501");
        database.assertEqual("owned");
        assertThat(belongings()).isEqualTo(before);
        database.execute("DROP VIEW over_owned");
        database.engine().dropCascading("owned");
        database.execute("DROP PUBLICATION of_owned", "DROP ROLE modes_reader");
    }
}
