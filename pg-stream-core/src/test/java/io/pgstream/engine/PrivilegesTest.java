package io.pgstream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
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
}
