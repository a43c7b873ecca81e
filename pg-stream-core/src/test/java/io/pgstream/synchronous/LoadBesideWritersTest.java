package io.pgstream.synchronous;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.PgStreamException;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableAlteration;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableInfo;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A table whose query takes long is loaded beside the writers of its sources, who maintain it from then on. */
class LoadBesideWritersTest {

    private static final String QUERY = "SELECT c.id, c.v, p.g FROM p JOIN c ON c.p_id = p.id WHERE waits(c.v) > 0";

    private static TestDatabase database;

    @BeforeAll
    static void start() {
        database = TestDatabase.on(18);
    }

    @BeforeEach
    void make() throws SQLException {
        System.setProperty("pgstream.test.loadBeside", "-1");
        HeldQueries.make(database);
    }

    @AfterEach
    void drop() throws SQLException {
        System.clearProperty("pgstream.test.loadBeside");
        database.engine()
                .list()
                .forEach(table -> database.engine().drop(table.name().toString()));
        HeldQueries.drop(database);
    }

    @ParameterizedTest
    @EnumSource(names = {"IMMEDIATE", "ON_COMMIT"})
    void a_writer_commits_while_a_table_is_loaded(RefreshMode mode) throws Exception {
        CompletableFuture<StreamTableInfo> created;
        try (Connection gate = database.begin()) {
            HeldQueries.hold(gate);
            created = CompletableFuture.supplyAsync(() -> database.engine()
                    .create(StreamTableDefinition.of("joined", QUERY).withMode(mode)));
            HeldQueries.awaitQuery(database);
            try (Connection writer = database.connect()) {
                TestDatabase.execute(writer, "SET lock_timeout = 5000");
                TestDatabase.execute(writer, "INSERT INTO c VALUES (10, 1, 5); UPDATE p SET g = 7 WHERE id = 2");
                TestDatabase.execute(writer, "DELETE FROM c WHERE id = 3");
            }
        }
        assertThat(created.get(60, TimeUnit.SECONDS).effectiveMode()).isEqualTo(mode);
        database.assertEqual("joined");
        database.execute("UPDATE c SET v = v + 1", "DELETE FROM p WHERE id = 5", "INSERT INTO c VALUES (11, 1, 5)");
        database.assertEqual("joined");
        assertThat(database.value("SELECT count(*) FROM pgstream.pgs_captures")).isEqualTo("0");
    }

    @Test
    void a_writer_commits_while_a_table_that_was_refreshed_gets_another_plan_for_its_writers() throws Exception {
        database.execute("ALTER TABLE p ADD COLUMN kind int NOT NULL DEFAULT 1, ALTER g SET NOT NULL");
        System.setProperty("pgstream.test.keepFilters", "true");
        try {
            database.engine()
                    .create(StreamTableDefinition.of(
                                    "sums",
                                    "SELECT p.g, sum(waits(c.v)) AS v FROM c JOIN p ON p.id = c.p_id AND p.kind = 1 GROUP BY p.g")
                            .withMode(RefreshMode.DIFFERENTIAL));
        } finally {
            System.clearProperty("pgstream.test.keepFilters");
        }
        assertThat(database.value("SELECT cardinality(kept_filters) > 0 FROM pgstream.pgs_stream_tables"))
                .isEqualTo("t");
        CompletableFuture<StreamTableInfo> altered;
        try (Connection gate = database.begin()) {
            HeldQueries.hold(gate);
            altered = CompletableFuture.supplyAsync(
                    () -> database.engine().alter("sums", StreamTableAlteration.mode(RefreshMode.IMMEDIATE)));
            HeldQueries.awaitQuery(database);
            try (Connection writer = database.connect()) {
                TestDatabase.execute(writer, "SET lock_timeout = 5000");
                TestDatabase.execute(writer, "UPDATE c SET v = v + 1 WHERE id < 5; DELETE FROM p WHERE id = 5");
            }
        }
        assertThat(altered.get(60, TimeUnit.SECONDS).effectiveMode()).isEqualTo(RefreshMode.IMMEDIATE);
        database.assertEqual("sums");
        database.execute("UPDATE c SET v = v + 1 WHERE id > 3", "INSERT INTO p VALUES (5, 4)");
        database.assertEqual("sums");
    }

    @Test
    void a_writer_who_is_still_open_is_waited_for() throws Exception {
        CompletableFuture<StreamTableInfo> created;
        try (Connection writer = database.begin()) {
            TestDatabase.execute(writer, "INSERT INTO c VALUES (10, 1, 5)");
            created = CompletableFuture.supplyAsync(() -> database.engine()
                    .create(StreamTableDefinition.of("joined", QUERY).withMode(RefreshMode.IMMEDIATE)));
            database.awaitWaiterFor("c");
            TestDatabase.execute(writer, "INSERT INTO c VALUES (11, 1, 6)");
            writer.commit();
        }
        assertThat(created.get(60, TimeUnit.SECONDS).effectiveMode()).isEqualTo(RefreshMode.IMMEDIATE);
        database.assertEqual("joined");
    }

    @Test
    void a_load_that_fails_leaves_nothing() throws SQLException {
        String before = objects();
        assertThatThrownBy(() -> database.engine()
                        .create(StreamTableDefinition.of(
                                        "broken", "SELECT p_id, sum(1 / (v - 3)) AS s FROM c GROUP BY p_id")
                                .withMode(RefreshMode.ON_COMMIT)))
                .isInstanceOf(PgStreamException.class)
                .hasMessageContaining("division by zero");
        assertThat(objects()).isEqualTo(before);
        assertThat(database.engine().list()).isEmpty();
        database.execute("INSERT INTO c VALUES (10, 1, 3)");
    }

    private String objects() throws SQLException {
        return database.value("SELECT concat_ws(' ', (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_proc),"
                + " (SELECT count(*) FROM pg_trigger))");
    }
}
