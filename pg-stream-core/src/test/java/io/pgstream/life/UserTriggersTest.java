package io.pgstream.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.StreamTableAlteration;
import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.LifeSettings;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.engine.SynchronousSettings;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Triggers and indexes of the user's on a stream table, and subscribers of one. */
class UserTriggersTest {

    private static TestDatabase database(int version) throws SQLException {
        TestDatabase database = TestDatabase.on(version);
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, kind int, amount int)",
                "INSERT INTO item SELECT i, i % 4, i FROM generate_series(1, 20) AS i");
        database.create("total", "SELECT kind, count(*) AS n, sum(amount) AS amount FROM item GROUP BY kind");
        database.execute(
                "CREATE TABLE log (id serial, what text)",
                """
                CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    INSERT INTO log (what) VALUES (concat_ws(' ', TG_OP, OLD::text, NEW::text));
                    RETURN NULL;
                END $$
                """,
                "CREATE TRIGGER log AFTER INSERT OR UPDATE OR DELETE ON total FOR EACH ROW EXECUTE FUNCTION log()");
        return database;
    }

    private static List<String> logged(TestDatabase database) throws SQLException {
        List<String> log = database.column("SELECT what FROM log ORDER BY id");
        database.execute("TRUNCATE log");
        return log;
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void row_triggers_fire_with_the_old_and_the_new_row_on_real_changes_only_also_in_full_refreshes(int version)
            throws Exception {
        TestDatabase database = database(version);
        database.execute(
                "UPDATE item SET amount = amount + 5 WHERE id = 1",
                "DELETE FROM item WHERE kind = 2",
                "INSERT INTO item VALUES (100, 9, 7)",
                "UPDATE item SET amount = amount WHERE kind = 3");
        database.engine().refresh("total");
        assertThat(logged(database))
                .containsExactlyInAnyOrder("DELETE (2,5,50)", "UPDATE (1,5,45) (1,5,50)", "INSERT (9,1,7)");
        database.execute("UPDATE item SET amount = 8 WHERE id = 100", "UPDATE item SET amount = amount WHERE kind = 0");
        database.engine().refreshFully("total");
        assertThat(logged(database)).containsExactly("UPDATE (9,1,7) (9,1,8)");
        database.engine().refreshFully("total");
        assertThat(logged(database)).isEmpty();
        database.assertEqual("total");
    }

    private static StreamTableEngine engine(DataSource dataSource, LifeSettings.UserTriggers triggers) {
        LifeSettings life = new LifeSettings(
                LifeSettings.Changed.MIGRATE, LifeSettings.Superseded.KEEP, LifeSettings.Gone.KEEP, triggers);
        return new StreamTableEngine(dataSource, EngineSettings.defaults().with("application", life), List.of());
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void triggers_can_be_switched_off_and_the_tables_above_still_get_every_change(int version) throws Exception {
        TestDatabase database = database(version);
        database.create("above", "SELECT max(n) AS n, sum(amount) AS amount FROM total");
        StreamTableEngine silent = engine(database.dataSource(), LifeSettings.UserTriggers.OFF);
        database.execute("DELETE FROM item WHERE kind = 2", "UPDATE item SET kind = 5 WHERE id = 1");
        silent.refresh("total");
        assertThat(logged(database)).isEmpty();
        database.assertEqual("total");
        database.assertFollows("above");
        engine(database.dataSource(), LifeSettings.UserTriggers.ON).refresh("total");
        database.execute("UPDATE item SET kind = 6 WHERE id = 1");
        engine(database.dataSource(), LifeSettings.UserTriggers.ON).refresh("total");
        assertThat(logged(database)).hasSize(2);
    }

    @Test
    void a_role_that_may_not_switch_triggers_off_is_told_which_privilege_it_lacks() throws Exception {
        TestDatabase database = TestDatabase.onDefault();
        PGSimpleDataSource quiet = database.dataSource().unwrap(PGSimpleDataSource.class);
        database.execute(
                "DROP ROLE IF EXISTS quiet",
                "CREATE ROLE quiet LOGIN PASSWORD 'quiet'",
                "CREATE TABLE item (id int PRIMARY KEY)",
                "ALTER TABLE item OWNER TO quiet",
                "GRANT CREATE ON SCHEMA public TO quiet",
                "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO quiet', current_database()); END $$");
        PGSimpleDataSource as = new PGSimpleDataSource();
        as.setUrl(quiet.getUrl());
        as.setUser("quiet");
        as.setPassword("quiet");
        LifeSettings life = new LifeSettings(
                LifeSettings.Changed.MIGRATE,
                LifeSettings.Superseded.KEEP,
                LifeSettings.Gone.KEEP,
                LifeSettings.UserTriggers.OFF);
        EngineSettings defaults = EngineSettings.defaults();
        StreamTableEngine engine = new StreamTableEngine(
                as,
                new EngineSettings(
                        "quiet_catalog",
                        "quiet_changes",
                        "quiet_state",
                        "quiet",
                        defaults.minSchedule(),
                        defaults.defaultSchedule(),
                        defaults.maxConsecutiveErrors(),
                        defaults.maxRetries(),
                        defaults.retryDelay(),
                        defaults.differentialMaxChangeRatio(),
                        defaults.lockTimeout(),
                        defaults.ddlTimeout(),
                        defaults.statementTimeout(),
                        defaults.createSourceIndexes(),
                        defaults.graph(),
                        life,
                        SynchronousSettings.defaults()),
                List.of());
        engine.migrate();
        PgStreamException failure = catchThrowableOfType(
                PgStreamException.class,
                () -> engine.create(io.pgstream.StreamTableDefinition.of("listed", "SELECT id FROM item")));
        assertThat(failure.code()).isEqualTo(ErrorCode.MISSING_PRIVILEGE);
        assertThat(failure.getMessage()).contains("session_replication_role");
        database.execute("GRANT SET ON PARAMETER session_replication_role TO quiet");
        engine.refresh("listed");
        engine.drop("listed");
        database.execute("REVOKE SET ON PARAMETER session_replication_role FROM quiet");
    }

    @Test
    void a_before_trigger_that_may_change_rows_is_reported() throws Exception {
        TestDatabase database = database(TestServer.current().version());
        assertThat(database.engine().explain("total").notes()).isEmpty();
        database.execute("""
                CREATE FUNCTION alter_row() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN NEW.n := 0; RETURN NEW; END $$
                """, "CREATE TRIGGER alters BEFORE UPDATE ON total FOR EACH ROW EXECUTE FUNCTION alter_row()");
        assertThat(String.join(" ", database.engine().explain("total").notes()))
                .contains("alters")
                .contains("BEFORE");
        database.execute("UPDATE item SET kind = 1 WHERE id = 2");
        database.engine().refresh("total");
        assertThat(database.engine().verify("total").equal()).isFalse();
        database.execute("DROP TRIGGER alters ON total");
        database.engine().refreshFully("total");
        database.assertEqual("total");
    }

    @Test
    void indexes_of_the_users_survive_every_kind_of_refresh_and_unique_ones_are_respected() throws Exception {
        TestDatabase database = database(TestServer.current().version());
        database.execute(
                "ALTER TABLE total ADD CONSTRAINT mine UNIQUE (n, amount) DEFERRABLE",
                "CREATE INDEX partial ON total (n) WHERE n > 2");
        String before = database.column("SELECT oid FROM pg_class WHERE relname IN ('mine', 'partial') ORDER BY oid")
                .toString();
        // The sums of two groups are exchanged.
        database.execute("UPDATE item SET kind = 5 - kind WHERE kind IN (2, 3)");
        database.assertFollows("total");
        database.engine().refreshFully("total");
        database.engine().suspend("total");
        database.engine().resume("total");
        database.engine()
                .alter(
                        "total",
                        StreamTableAlteration.query("SELECT kind, count(*) AS n, sum(amount) AS amount FROM item"
                                + " WHERE id > 2 GROUP BY kind"));
        assertThat(database.column("SELECT oid FROM pg_class WHERE relname IN ('mine', 'partial') ORDER BY oid")
                        .toString())
                .isEqualTo(before);
        database.assertEqual("total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_subscriber_of_a_stream_table_gets_what_refreshes_write(int version) throws Exception {
        TestDatabase publisher = TestDatabase.on(version);
        TestDatabase subscriber = TestDatabase.on(version);
        publisher.execute(
                "CREATE TABLE item (id int PRIMARY KEY, kind int, amount int)",
                "INSERT INTO item SELECT i, i % 4, i FROM generate_series(1, 20) AS i");
        publisher.create("keyed", "SELECT id, amount FROM item");
        publisher.create("nullable", "SELECT kind, count(*) AS n, sum(amount) AS amount FROM item GROUP BY kind");
        publisher.create("bag", "SELECT kind FROM item");
        assertThat(publisher.column("SELECT relreplident FROM pg_class WHERE relname IN ('keyed', 'nullable', 'bag')"
                        + " ORDER BY relname"))
                .containsExactly("f", "i", "f");
        subscriber.execute(
                "CREATE TABLE keyed (id int PRIMARY KEY, amount int)",
                "CREATE TABLE nullable (kind int, n bigint, amount bigint)",
                "CREATE TABLE bag (kind int)");
        PGSimpleDataSource source = publisher.dataSource().unwrap(PGSimpleDataSource.class);
        String slot = "slot_" + source.getDatabaseName();
        publisher.execute(
                "CREATE PUBLICATION tables FOR TABLE keyed, nullable, bag",
                "SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
        subscriber.execute("CREATE SUBSCRIPTION tables CONNECTION 'host=localhost port="
                + TestServer.of(version).port() + " dbname=" + source.getDatabaseName() + " user=" + source.getUser()
                + "' PUBLICATION tables WITH (create_slot = false, slot_name = '" + slot + "')");
        try {
            assertFollows(publisher, subscriber);
            publisher.execute(
                    "UPDATE item SET amount = amount + 1, kind = nullif(kind, 3) WHERE id % 3 = 0",
                    "DELETE FROM item WHERE id % 5 = 0", "INSERT INTO item VALUES (100, NULL, 7)");
            for (String name : List.of("keyed", "nullable", "bag")) {
                publisher.assertFollows(name);
            }
            assertFollows(publisher, subscriber);
            publisher
                    .engine()
                    .alter(
                            "nullable",
                            StreamTableAlteration.query("SELECT kind, count(*) AS n, max(amount) AS amount FROM"
                                    + " item WHERE kind > 0 GROUP BY kind"));
            publisher.execute("UPDATE item SET kind = 1 WHERE id = 7");
            publisher.engine().refresh("nullable");
            publisher.engine().refresh("bag");
        } finally {
            subscriber.execute(
                    "ALTER SUBSCRIPTION tables DISABLE",
                    "ALTER SUBSCRIPTION tables SET (slot_name = NONE)",
                    "DROP SUBSCRIPTION tables");
            try (Connection connection = publisher.connect()) {
                publisher.await("SELECT NOT active FROM pg_replication_slots WHERE slot_name = '" + slot + "'");
                TestDatabase.execute(connection, "SELECT pg_drop_replication_slot('" + slot + "')");
            }
        }
    }

    private static void assertFollows(TestDatabase publisher, TestDatabase subscriber) throws SQLException {
        for (String name : List.of("keyed", "nullable", "bag")) {
            String rows = "SELECT coalesce(string_agg(t::text, ' ' ORDER BY t::text), '') FROM " + name + " AS t";
            subscriber.await("SELECT (" + rows + ") = $rows$" + publisher.value(rows) + "$rows$");
        }
    }
}
