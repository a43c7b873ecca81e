package io.pgstream.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableFate;
import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.LifeSettings;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pausing, draining and removing everything, and databases that are not what they were. */
class WholeCatalogTest {

    private static TestDatabase database(int version) throws SQLException {
        TestDatabase database = TestDatabase.on(version);
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, kind int)",
                "INSERT INTO item SELECT i, i % 5 FROM generate_series(1, 50) AS i",
                "CREATE INDEX ON item (kind)");
        database.create("total", "SELECT kind, count(*) AS n FROM item GROUP BY kind");
        database.create("above", "SELECT max(n) AS n FROM total");
        return database;
    }

    private static TestDatabase database() throws SQLException {
        return database(TestServer.current().version());
    }

    private static StreamTableEngine another(TestDatabase database) {
        return new StreamTableEngine(database.dataSource(), EngineSettings.defaults(), List.of());
    }

    @Test
    void a_pause_of_everything_holds_for_all_instances_until_it_is_resumed() throws Exception {
        TestDatabase database = database();
        database.engine().suspend("above");
        database.engine().pauseAll();
        assertThat(another(database).watch().tables()).isEmpty();
        database.execute("DELETE FROM item WHERE kind = 1");
        assertThat(database.engine().refresh("total").outcome())
                .as("a refresh on request")
                .isEqualTo(RefreshOutcome.DIFFERENTIAL);
        another(database).resumeAll();
        assertThat(database.engine().watch().tables()).hasSize(1);
    }

    @Test
    void draining_applies_what_was_captured_in_the_order_of_the_graph_and_pauses() throws Exception {
        TestDatabase database = database();
        database.execute("INSERT INTO item SELECT i, 3 FROM generate_series(100, 120) AS i");
        assertThat(database.engine().drain())
                .extracting(RefreshResult::outcome)
                .containsExactly(RefreshOutcome.DIFFERENTIAL, RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("total");
        database.assertEqual("above");
        assertThat(another(database).watch().tables()).isEmpty();
    }

    private static List<String> objectsOfSources(TestDatabase database) throws SQLException {
        return database.column(
                "SELECT concat_ws(' ', a.attname, a.atttypid::regtype, a.attnotnull) FROM pg_attribute AS a"
                        + " WHERE attrelid = 'item'::regclass AND attnum > 0 UNION ALL SELECT pg_get_indexdef(indexrelid) FROM"
                        + " pg_index WHERE indrelid = 'item'::regclass UNION ALL SELECT tgname FROM pg_trigger WHERE tgrelid ="
                        + " 'item'::regclass UNION ALL SELECT relreplident::text FROM pg_class WHERE oid = 'item'::regclass UNION"
                        + " ALL SELECT count(*)::text FROM item ORDER BY 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void uninstalling_leaves_the_users_tables_as_they_were_and_keeps_stream_tables_as_ordinary_ones_if_asked(
            int version) throws Exception {
        for (StreamTableFate fate : StreamTableFate.values()) {
            TestDatabase database = TestDatabase.on(version);
            database.execute(
                    "CREATE TABLE item (id int PRIMARY KEY, kind int)",
                    "INSERT INTO item SELECT i, i % 5 FROM generate_series(1, 50) AS i");
            List<String> before = objectsOfSources(database);
            database.create("total", "SELECT kind, count(*) AS n FROM item GROUP BY kind");
            database.create("above", "SELECT max(n) AS n FROM total");
            database.engine().uninstall(fate);
            assertThat(objectsOfSources(database)).isEqualTo(before);
            assertThat(database.column("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'pgstream%'"))
                    .isEmpty();
            if (fate == StreamTableFate.KEEP) {
                assertThat(database.column("SELECT n FROM total")).hasSize(5);
                database.execute("DELETE FROM total WHERE kind = 1", "INSERT INTO above VALUES (99)");
            } else {
                assertThat(database.value("SELECT to_regclass('total') IS NULL AND to_regclass('above') IS NULL"))
                        .isEqualTo("t");
            }
            database.execute("UPDATE item SET kind = 4", "TRUNCATE item");
        }
    }

    @Test
    void after_uninstalling_pg_stream_can_be_installed_again() throws Exception {
        TestDatabase database = database();
        database.engine().uninstall(StreamTableFate.DROP);
        database.engine().migrate();
        database.create("total", "SELECT kind, count(*) AS n FROM item GROUP BY kind");
        database.execute("DELETE FROM item WHERE kind = 1");
        database.assertFollows("total");
    }

    @Test
    void an_application_does_not_uninstall_what_another_one_has_declared() throws Exception {
        TestDatabase database = database();
        new StreamTableEngine(
                        database.dataSource(),
                        EngineSettings.defaults().with("audit", LifeSettings.defaults()),
                        List.of())
                .synchronize(List.of(StreamTableDefinition.of("audited", "SELECT id FROM item")));
        PgStreamException failure = catchThrowableOfType(
                PgStreamException.class, () -> database.engine().uninstall(StreamTableFate.DROP));
        assertThat(failure.code()).isEqualTo(ErrorCode.HAS_DEPENDANTS);
        assertThat(failure.getMessage()).contains("audit");
        database.execute("DELETE FROM item WHERE kind = 1");
        database.assertFollows("audited");
        database.assertFollows("total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void in_another_cluster_or_database_each_table_is_refreshed_fully_once(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute("DELETE FROM item WHERE kind = 1");
        // As after pg_upgrade, or in a database that was restored from a dump: the frontier was written elsewhere.
        database.execute("UPDATE pgstream.pgs_frontiers SET system_id = '1/1'");
        for (String name : List.of("total", "above")) {
            database.execute("UPDATE item SET kind = (kind + 1) % 6 WHERE id % 7 = 1");
            RefreshResult result = database.engine().refresh(name);
            assertThat(result.outcome()).isEqualTo(RefreshOutcome.FULL);
            assertThat(result.reason()).contains("another server or database");
            database.assertEqual(name);
        }
        database.execute("UPDATE item SET kind = 3 WHERE id = 4");
        assertThat(database.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void after_a_restore_from_a_dump_no_stored_number_means_anything_and_each_table_is_loaded_again(int version)
            throws Exception {
        TestDatabase database = database(version);
        database.execute("UPDATE item SET kind = 3 WHERE id = 4");
        // A dump holds the catalog, tables, indexes, triggers and functions; their numbers are new, as is the cluster.
        database.execute(
                "UPDATE pgstream.pgs_frontiers SET system_id = '1/1', frontier = '4000000000:4000000000:'",
                "UPDATE pgstream.pgs_stream_tables SET relid = (relid::bigint + 100000)::oid",
                "UPDATE pgstream.pgs_dependencies SET source_relid = (source_relid::bigint + 100000)::oid",
                "UPDATE pgstream.pgs_captures SET source_relid = (source_relid::bigint + 100000)::oid");
        TestDatabase restored = TestDatabase.of(database.dataSource());
        restored.execute("DELETE FROM item WHERE id = 9");
        for (String name : List.of("above", "total", "above")) {
            restored.assertFollows(name);
        }
        restored.execute("UPDATE item SET kind = 4 WHERE id < 7");
        for (String name : List.of("total", "above")) {
            assertThat(restored.engine().refresh(name).outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
            restored.assertEqual(name);
        }
        assertThat(restored.column("SELECT relid::regclass::text FROM pgstream.pgs_stream_tables ORDER BY 1"))
                .containsExactly("above", "total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_copy_of_the_database_goes_its_own_way(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute("DELETE FROM item WHERE kind = 1");
        TestDatabase copy = TestDatabase.of(TestServer.of(version).copyOf(database.dataSource()));
        copy.execute("INSERT INTO item VALUES (100, 3)");
        database.execute("INSERT INTO item VALUES (101, 4), (102, 4)");
        for (TestDatabase each : List.of(copy, database)) {
            each.assertFollows("total");
            each.assertFollows("above");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void changes_that_another_server_has_captured_never_count_again(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute("INSERT INTO item VALUES (100, 1), (101, 2)", "DELETE FROM item WHERE id = 4");
        // As in a dump of a server that was far ahead, whose tables have got the same numbers here by chance.
        database.execute(
                "UPDATE pgstream.pgs_frontiers SET system_id = '1/1', frontier = '4000000000:4000000000:'",
                "UPDATE pgstream_changes.c1_0 SET pgstream_xid = '4000000000'");
        database.create("added", "SELECT kind, max(id) AS id FROM item GROUP BY kind");
        for (String name : List.of("added", "total", "above")) {
            database.assertFollows(name);
        }
        for (int i = 0; i < 3; i++) {
            database.execute("UPDATE item SET kind = (kind + 1) % 6 WHERE id % 7 = " + i);
            for (String name : List.of("total", "above", "added")) {
                assertThat(database.engine().refresh(name).outcome()).isNotEqualTo(RefreshOutcome.FULL);
                database.assertEqual(name);
            }
        }
    }
}
