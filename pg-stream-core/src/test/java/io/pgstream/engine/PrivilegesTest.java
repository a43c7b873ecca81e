package io.pgstream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableAlteration;
import io.pgstream.StreamTableDefinition;
import io.pgstream.TransactionToken;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** What the role of the engine needs, and what writers do not (decision 32). */
class PrivilegesTest {

    private static TestDatabase admin;

    private static StreamTableEngine engine;

    private static PGSimpleDataSource maintainer;

    @BeforeAll
    static void createRoles() throws Exception {
        PGSimpleDataSource superuser = TestServer.current().newDatabase().unwrap(PGSimpleDataSource.class);
        try (Connection connection = superuser.getConnection()) {
            TestDatabase.execute(connection, "DROP ROLE IF EXISTS maintainer");
            TestDatabase.execute(connection, "DROP ROLE IF EXISTS writer");
            TestDatabase.execute(connection, "CREATE ROLE maintainer LOGIN PASSWORD 'maintainer'");
            TestDatabase.execute(connection, "CREATE ROLE writer LOGIN PASSWORD 'writer'");
            TestDatabase.execute(
                    connection, "GRANT CREATE ON DATABASE " + superuser.getDatabaseName() + " TO maintainer");
            TestDatabase.execute(connection, "CREATE SCHEMA views AUTHORIZATION maintainer");
            TestDatabase.execute(connection, "CREATE TABLE item (id int PRIMARY KEY, kind int)");
            TestDatabase.execute(connection, "INSERT INTO item SELECT i, i % 3 FROM generate_series(1, 9) AS i");
            TestDatabase.execute(connection, "GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON item TO writer");
        }
        maintainer = as(superuser, "maintainer");
        engine = new StreamTableEngine(maintainer, EngineSettings.defaults(), List.of());
        engine.migrate();
        admin = TestDatabase.of(superuser);
    }

    private static PGSimpleDataSource as(PGSimpleDataSource original, String role) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(original.getUrl());
        dataSource.setUser(role);
        dataSource.setPassword(role);
        return dataSource;
    }

    private static void allow(String... privileges) throws SQLException {
        admin.execute("REVOKE ALL ON item FROM maintainer");
        for (String privilege : privileges) {
            admin.execute("GRANT " + privilege + " ON item TO maintainer");
        }
    }

    private static PgStreamException refused(String name) throws SQLException {
        PgStreamException failure = catchThrowableOfType(
                PgStreamException.class,
                () -> engine.create(
                        StreamTableDefinition.of(name, "SELECT kind, count(*) AS n FROM public.item GROUP BY kind")
                                .withMode(RefreshMode.DIFFERENTIAL)));
        assertThat(failure).isNotNull();
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(ErrorCode.MISSING_PRIVILEGE);
        assertThat(admin.column("SELECT id FROM pgstream.pgs_captures")).isEmpty();
        assertThat(admin.column("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"))
                .isEmpty();
        assertThat(admin.column("SELECT tablename FROM pg_tables WHERE schemaname = 'pgstream_changes'"))
                .isEmpty();
        return failure;
    }

    @Test
    void the_engine_needs_select_and_trigger_on_sources_and_writers_need_nothing_of_ours() throws Exception {
        allow();
        assertThat(refused("views.totals").getMessage())
                .contains("permission denied")
                .contains("item");
        allow("SELECT");
        assertThat(refused("views.totals").getMessage())
                .contains("permission denied")
                .contains("item");
        allow("SELECT", "TRIGGER");
        assertThat(refused("public.totals").getMessage())
                .contains("permission denied")
                .contains("schema public");

        engine.create(
                StreamTableDefinition.of("views.totals", "SELECT kind, count(*) AS n FROM public.item GROUP BY kind")
                        .withMode(RefreshMode.DIFFERENTIAL));
        try (Connection writer = as(maintainer, "writer").getConnection()) {
            TestDatabase.execute(writer, "INSERT INTO item VALUES (10, 1), (11, 2)");
            TestDatabase.execute(writer, "UPDATE item SET kind = 7 WHERE id = 1");
            TestDatabase.execute(writer, "DELETE FROM item WHERE id = 2");
            assertThat(engine.verify("views.totals").equal()).isTrue();
            TestDatabase.execute(writer, "TRUNCATE item");
            assertThat(engine.verify("views.totals").equal()).isTrue();
            SQLException denied = catchThrowableOfType(
                    SQLException.class, () -> TestDatabase.execute(writer, "SELECT * FROM pgstream_changes.c1_0"));
            assertThat(denied.getSQLState()).isEqualTo("42501");
        }
        engine.drop("views.totals");
    }

    @Test
    void the_documented_roles_suffice_and_none_can_do_more_than_it_should() throws Exception {
        PGSimpleDataSource superuser = TestServer.current().newDatabase().unwrap(PGSimpleDataSource.class);
        try (Connection connection = superuser.getConnection()) {
            for (String role : ROLES) {
                TestDatabase.execute(connection, "DROP ROLE IF EXISTS " + role);
            }
            TestDatabase.execute(
                    connection,
                    Files.readString(Path.of("..", "docs", "roles.sql")).replaceAll("PASSWORD 'change-me'", ""));
            for (String role : ROLES) {
                TestDatabase.execute(connection, "ALTER ROLE " + role + " PASSWORD '" + role + "'");
            }
        }
        try (Connection owner = as(superuser, "shop_owner").getConnection()) {
            TestDatabase.execute(owner, "CREATE TABLE shop.item (id int PRIMARY KEY, kind int)");
            TestDatabase.execute(owner, "INSERT INTO shop.item SELECT i, i % 3 FROM generate_series(1, 9) AS i");
        }
        new StreamTableEngine(as(superuser, "pgstream_migrator"), EngineSettings.defaults(), List.of()).migrate();
        StreamTableEngine runtime =
                new StreamTableEngine(as(superuser, "pgstream_runtime"), EngineSettings.defaults(), List.of());
        StreamTableDefinition totals = StreamTableDefinition.of(
                        "reports.totals", "SELECT kind, count(*) AS n FROM shop.item GROUP BY kind")
                .withMode(RefreshMode.DIFFERENTIAL);
        runtime.synchronize(List.of(totals));
        runtime.createFreshView("reports.totals");
        try (Connection writer = as(superuser, "shop_writer").getConnection()) {
            TestDatabase.execute(writer, "INSERT INTO shop.item SELECT i, i % 4 FROM generate_series(10, 4000) AS i");
            assertThat(runtime.verify("reports.totals").equal()).isTrue();
            assertDenied(writer, "SELECT * FROM reports.totals", "SELECT * FROM pgstream.pgs_stream_tables");
        }
        runtime.alter(
                "reports.totals",
                StreamTableAlteration.query("SELECT kind, count(*) AS n, max(id) AS id FROM shop.item GROUP BY kind"));
        runtime.awaitHousekeeping(Duration.ofSeconds(10));
        assertReadersAndTheEngineCanAwait(superuser, runtime);
        // A restart of the application, with a catalog that is up to date.
        new StreamTableEngine(as(superuser, "pgstream_migrator"), EngineSettings.defaults(), List.of()).migrate();
        try (Connection reader = as(superuser, "shop_reader").getConnection()) {
            TestDatabase.execute(reader, "SELECT * FROM reports.totals");
            TestDatabase.execute(reader, "SELECT * FROM reports.totals_fresh");
            TestDatabase.execute(reader, "SELECT * FROM pgstream.pg_stat_stream_tables");
            TestDatabase.execute(reader, "SELECT * FROM pgstream.health_check()");
            assertDenied(
                    reader,
                    "SELECT * FROM pgstream.pgs_writer_key",
                    "UPDATE pgstream.pgs_states SET status = 'SUSPENDED'",
                    "CREATE TABLE pgstream.mine (id int)",
                    "SELECT * FROM shop.item",
                    "DELETE FROM reports.totals",
                    "SELECT * FROM pgstream_changes.c1_0",
                    "SELECT * FROM pgstream_changes.fresh_1()");
        }
        try (Connection engine = as(superuser, "pgstream_runtime").getConnection()) {
            assertDenied(
                    engine,
                    "INSERT INTO shop.item VALUES (0, 0)",
                    "CREATE SCHEMA more",
                    "DROP TABLE pgstream.pgs_states");
        }
        assertThat(runtime.verify("reports.totals").equal()).isTrue();
        runtime.drop("reports.totals");
        try (Connection connection = superuser.getConnection()) {
            for (String role : ROLES) {
                TestDatabase.execute(connection, "DROP OWNED BY " + role + " CASCADE");
                TestDatabase.execute(connection, "DROP ROLE " + role);
            }
        }
    }

    /** The functions that wait belong to the migrator, the buffers that they look into to the engine. */
    private static void assertReadersAndTheEngineCanAwait(PGSimpleDataSource superuser, StreamTableEngine runtime)
            throws SQLException {
        String transaction;
        try (Connection writer = as(superuser, "shop_writer").getConnection()) {
            writer.setAutoCommit(false);
            TestDatabase.execute(writer, "INSERT INTO shop.item VALUES (5000, 1)");
            transaction = TransactionToken.current(writer).xid();
            writer.commit();
        }
        String await = "SELECT pgstream.await_fresh('reports.totals', '" + transaction + "', '50 ms')";
        TestDatabase reader = TestDatabase.migrated(as(superuser, "shop_reader"));
        assertThat(reader.value(await)).isEqualTo("f");
        runtime.awaitFresh("reports.totals", new TransactionToken(transaction, 0L), Duration.ofSeconds(10));
        assertThat(reader.value(await)).isEqualTo("t");
        String buffer = "pgstream_changes.c"
                + TestDatabase.migrated(superuser).value("SELECT max(id) FROM pgstream.pgs_captures") + "_0";
        try (Connection writer = as(superuser, "shop_writer").getConnection();
                Connection migrator = as(superuser, "pgstream_migrator").getConnection()) {
            assertDenied(writer, await);
            assertDenied(
                    migrator,
                    "SELECT * FROM " + buffer,
                    "SELECT kind FROM " + buffer,
                    "SELECT * FROM shop.item",
                    "SELECT * FROM reports.totals");
        }
    }

    private static final List<String> ROLES = List.of(
            "shop_owner", "pgstream_migrator", "pgstream_runtime", "shop_writer", "shop_operator", "shop_reader");

    private static void assertDenied(Connection connection, String... statements) {
        for (String statement : statements) {
            SQLException denied =
                    catchThrowableOfType(SQLException.class, () -> TestDatabase.execute(connection, statement));
            assertThat(denied.getSQLState()).as(statement).isEqualTo("42501");
        }
    }
}
