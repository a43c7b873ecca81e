package io.pgstream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.Schedule;
import io.pgstream.StreamTableAlteration;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableInfo;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The catalog and what belongs to it: created once, altered as asked, dropped without a rest. */
class CatalogTest {

    private static final List<StreamTableDefinition> DEFINITIONS = List.of(
            StreamTableDefinition.of("large", "SELECT kind, n FROM total WHERE n > 2"),
            StreamTableDefinition.of(
                    "total", "SELECT kind, count(*) AS n, sum(amount) AS amount FROM item GROUP BY kind"),
            StreamTableDefinition.of("newest", "SELECT id FROM item ORDER BY id DESC LIMIT 3")
                    .withSchedule("5m"));

    private static TestDatabase filled(TestDatabase database) throws SQLException {
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, kind int, amount int)",
                "INSERT INTO item SELECT i, i % 5, i FROM generate_series(1, 20) AS i");
        return database;
    }

    private static TestDatabase database() throws SQLException {
        return filled(TestDatabase.onDefault());
    }

    private static String catalog(TestDatabase database) throws SQLException {
        return database.column("SELECT t::text FROM pgstream.pgs_stream_tables t UNION ALL"
                        + " SELECT d::text FROM pgstream.pgs_dependencies d UNION ALL"
                        + " SELECT c::text FROM pgstream.pgs_captures c UNION ALL"
                        + " SELECT f::text FROM pgstream.pgs_frontiers f UNION ALL"
                        + " SELECT h::text FROM pgstream.pgs_refresh_history h UNION ALL"
                        + " SELECT concat(oid, relname, relfilenode) FROM pg_class WHERE oid >= 16384 ORDER BY 1")
                .toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void instances_that_start_together_create_one_catalog_and_each_table_once(int version) throws Exception {
        DataSource dataSource = TestServer.of(version).newDatabase();
        int instances = 3;
        CyclicBarrier together = new CyclicBarrier(instances);
        ExecutorService threads = Executors.newFixedThreadPool(instances);
        try {
            List<Future<List<StreamTableInfo>>> started = new ArrayList<>();
            try (var connection = dataSource.getConnection()) {
                TestDatabase.execute(connection, "CREATE TABLE item (id int PRIMARY KEY, kind int, amount int)");
            }
            for (int i = 0; i < instances; i++) {
                started.add(threads.submit(() -> {
                    StreamTableEngine engine = new StreamTableEngine(dataSource, EngineSettings.defaults(), List.of());
                    together.await();
                    engine.migrate();
                    return engine.synchronize(DEFINITIONS);
                }));
            }
            for (Future<List<StreamTableInfo>> each : started) {
                assertThat(each.get()).hasSize(3);
            }
        } finally {
            threads.shutdownNow();
        }
        TestDatabase database = TestDatabase.of(dataSource);
        assertThat(database.engine().list()).hasSize(3);
        database.execute("INSERT INTO item SELECT i, i % 5, i FROM generate_series(1, 20) AS i");
        database.assertFollows("total");
        database.assertFollows("large");
    }

    @Test
    void synchronizing_twice_changes_nothing() throws Exception {
        TestDatabase database = database();
        database.engine().synchronize(DEFINITIONS);
        database.engine().refresh("large");
        String before = catalog(database);
        database.engine().synchronize(DEFINITIONS);
        database.engine().migrate();
        assertThat(catalog(database)).isEqualTo(before);
    }

    @Test
    void dropping_everything_leaves_no_tables_functions_triggers_or_rows() throws Exception {
        TestDatabase database = database();
        database.engine().synchronize(DEFINITIONS);
        for (String name : List.of("large", "total", "newest")) {
            database.engine().drop(name);
        }
        assertThat(database.column("SELECT relname FROM pg_class WHERE relnamespace IN"
                        + " ('pgstream_changes'::regnamespace, 'pgstream_state'::regnamespace)"))
                .isEmpty();
        assertThat(database.column("SELECT proname FROM pg_proc WHERE pronamespace = 'pgstream_changes'::regnamespace"))
                .isEmpty();
        assertThat(database.column("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"))
                .isEmpty();
        assertThat(database.column("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                        + " AND relkind = 'r'"))
                .containsExactly("item");
        for (String table :
                List.of("stream_tables", "dependencies", "captures", "frontiers", "states", "refresh_history")) {
            assertThat(database.column("SELECT 1 FROM pgstream.pgs_" + table)).isEmpty();
        }
        database.execute("INSERT INTO item VALUES (100, 1, 1)");
    }

    @Test
    void a_new_query_replaces_the_rows_and_the_columns() throws Exception {
        TestDatabase database = database();
        database.create("total", "SELECT kind, count(*) AS n FROM item GROUP BY kind");
        String query = "SELECT kind, sum(amount) AS amount, max(id) AS newest FROM item WHERE kind > 0 GROUP BY kind";
        assertThat(database.engine()
                        .alter("total", StreamTableAlteration.query(query))
                        .query())
                .isEqualTo(query);
        database.assertEqual("total");
        database.execute("INSERT INTO item VALUES (100, 4, 1)", "DELETE FROM item WHERE id = 1");
        assertThat(database.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("total");
    }

    @Test
    void a_new_query_that_is_wrong_changes_nothing() throws Exception {
        TestDatabase database = database();
        database.create("total", "SELECT kind, count(*) AS n FROM item GROUP BY kind");
        String before = catalog(database);
        PgStreamException failure = catchThrowableOfType(
                PgStreamException.class,
                () -> database.engine().alter("total", StreamTableAlteration.query("SELECT absent FROM item")));
        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_QUERY);
        assertThat(catalog(database)).isEqualTo(before);
        database.execute("INSERT INTO item VALUES (100, 4, 1)");
        database.assertFollows("total");
    }

    @Test
    void a_new_mode_and_a_new_schedule_take_effect() throws Exception {
        TestDatabase database = database();
        database.create("total", "SELECT kind, count(*) AS n FROM item GROUP BY kind");
        database.engine().alter("total", StreamTableAlteration.mode(RefreshMode.FULL));
        database.execute("INSERT INTO item VALUES (100, 4, 1)");
        assertThat(database.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.FULL);
        database.assertEqual("total");
        database.engine().alter("total", StreamTableAlteration.mode(RefreshMode.DIFFERENTIAL));
        database.execute("INSERT INTO item VALUES (101, 4, 1)");
        assertThat(database.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("total");
        String rows = database.value("SELECT relfilenode FROM pg_class WHERE oid = 'total'::regclass");
        StreamTableInfo info = database.engine().alter("total", StreamTableAlteration.schedule(Schedule.parse("90s")));
        assertThat(info.schedule()).isEqualTo(Schedule.parse("90s"));
        assertThat(database.value("SELECT relfilenode FROM pg_class WHERE oid = 'total'::regclass"))
                .isEqualTo(rows);
    }

    @Test
    void a_downstream_table_follows_when_the_query_above_it_is_replaced() throws Exception {
        TestDatabase database = database();
        database.create("total", "SELECT kind, count(*) AS n FROM item GROUP BY kind");
        database.create("large", "SELECT kind FROM total WHERE n > 2");
        database.engine()
                .alter("total", StreamTableAlteration.query("SELECT kind, count(*) + 1 AS n FROM item GROUP BY kind"));
        database.assertFollows("large");
        database.execute("DELETE FROM item WHERE kind = 3 AND id > 5");
        database.assertFollows("total");
        database.assertFollows("large");
    }

    @Test
    void a_catalog_that_a_newer_release_has_migrated_is_used_as_it_is() throws SQLException {
        TestDatabase database = database();
        database.engine().synchronize(DEFINITIONS);
        database.execute(
                "INSERT INTO pgstream.pg_stream_schema_history SELECT installed_rank + 1, '9000', 'newer', type,"
                        + " 'V9000__newer.sql', 1, installed_by, now(), 0, true FROM pgstream.pg_stream_schema_history"
                        + " ORDER BY installed_rank DESC LIMIT 1",
                "ALTER TABLE pgstream.pgs_stream_tables ADD COLUMN of_a_newer_release text",
                "INSERT INTO item VALUES (21, 1, 21)");
        StreamTableEngine older = new StreamTableEngine(database.dataSource(), EngineSettings.defaults(), List.of());

        older.migrate();
        older.synchronize(DEFINITIONS);

        assertThat(older.refresh("total").outcome()).isNotEqualTo(RefreshOutcome.NO_DATA);
        assertThat(older.verify("total").equal()).isTrue();
    }
}
