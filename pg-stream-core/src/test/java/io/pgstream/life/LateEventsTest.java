package io.pgstream.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableAlteration;
import io.pgstream.StreamTableDefinition;
import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commits after a full refresh, servers after a promotion, tables in the middle of changes (pitfalls 40, 46, 48 and 49). */
class LateEventsTest {

    @TempDir
    private Path directory;

    private static TestDatabase filled(TestDatabase database) throws SQLException {
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, kind int)",
                "INSERT INTO item SELECT i, i % 5 FROM generate_series(1, 50) AS i");
        database.create("total", "SELECT kind, count(*) AS n FROM item GROUP BY kind");
        return database;
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_transaction_that_commits_after_a_full_refresh_or_a_migration_counts_once(int version) throws Exception {
        TestDatabase database = filled(TestDatabase.on(version));
        try (Connection late = database.begin();
                Connection later = database.begin()) {
            TestDatabase.execute(late, "INSERT INTO item VALUES (101, 1), (102, 7)");
            TestDatabase.execute(later, "INSERT INTO item VALUES (103, 1)");
            database.execute("INSERT INTO item VALUES (104, 1)");
            database.engine().refreshFully("total");
            database.assertEqual("total");
            late.commit();
            assertThat(database.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
            database.assertEqual("total");
            database.engine()
                    .alter(
                            "total",
                            StreamTableAlteration.query(
                                    "SELECT kind, count(*) AS n, max(id) AS newest FROM item GROUP BY kind"));
            database.assertEqual("total");
            later.commit();
        }
        assertThat(database.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void truncate_cascade_of_one_source_reaches_the_readers_of_the_other(int version) throws Exception {
        TestDatabase database = filled(TestDatabase.on(version));
        database.execute(
                "CREATE TABLE part (id int PRIMARY KEY, item int REFERENCES item)",
                "INSERT INTO part SELECT i, i FROM generate_series(1, 50) AS i");
        database.create("parts", "SELECT item, count(*) AS n FROM part GROUP BY item");
        database.create("joined", "SELECT p.id, i.kind FROM part p LEFT JOIN item i ON i.id = p.item");
        database.execute("TRUNCATE item CASCADE", "INSERT INTO item VALUES (1, 1)", "INSERT INTO part VALUES (1, 1)");
        for (String name : List.of("total", "parts", "joined")) {
            database.assertFollows(name);
        }
    }

    @Test
    void a_promoted_standby_goes_on_from_changes_that_the_former_primary_captured() throws Exception {
        Path data = directory.resolve("standby");
        try (EmbeddedPostgres primary = TestServer.durable(TestServer.current().version(), data, false)) {
            TestDatabase database = filled(TestDatabase.of(primary.getPostgresDatabase()));
            database.execute("UPDATE item SET kind = 3 WHERE id < 9", "DELETE FROM item WHERE id = 10");
        }
        Files.createFile(data.resolve("standby.signal"));
        try (EmbeddedPostgres standby = TestServer.durable(TestServer.current().version(), data, false)) {
            StreamTableEngine engine =
                    new StreamTableEngine(standby.getPostgresDatabase(), EngineSettings.defaults(), List.of());
            PgStreamException refused = catchThrowableOfType(PgStreamException.class, () -> engine.refresh("total"));
            assertThat(refused.code()).isEqualTo(ErrorCode.READ_ONLY_SERVER);
            try (Connection connection = standby.getPostgresDatabase().getConnection()) {
                TestDatabase.execute(connection, "SELECT pg_promote(true, 60)");
            }
            TestDatabase promoted = TestDatabase.of(standby.getPostgresDatabase());
            promoted.execute("INSERT INTO item VALUES (100, 4)");
            assertThat(promoted.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
            promoted.assertEqual("total");
        }
    }

    @Test
    void tables_that_are_created_while_the_one_below_them_changes_follow_it() throws Exception {
        TestDatabase database = filled(TestDatabase.onDefault());
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<?> altering = threads.submit(() -> {
                for (String expression : List.of("count(*) + 1", "count(*) + 2", "max(id)::bigint", "count(*)")) {
                    database.engine()
                            .alter(
                                    "total",
                                    StreamTableAlteration.query(
                                            "SELECT kind, " + expression + " AS n FROM item GROUP BY kind"));
                }
            });
            List<String> names = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String name = "above_" + i;
                StreamTableEngine another =
                        new StreamTableEngine(database.dataSource(), EngineSettings.defaults(), List.of());
                another.create(StreamTableDefinition.of(name, "SELECT n, count(*) AS kinds FROM total GROUP BY n"));
                names.add(name);
            }
            altering.get();
            database.execute("DELETE FROM item WHERE kind = 2 AND id > 20");
            database.assertFollows("total");
            for (String name : names) {
                database.assertFollows(name);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
