package io.pgstream.sqlapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.request.DeskSettings;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.util.PSQLException;

/** Who may hand in what: an engine lends its rights to nobody, and is not talked into anything. */
class ProcedurePrivilegesTest extends SqlClientTest {

    @Test
    void names_and_queries_cannot_break_out() throws SQLException {
        open();
        call("create_stream_table('\"it''s; DROP TABLE orders; --\"',"
                + " 'SELECT ''{\"a\": \"\\\"}''::text AS \"x\"\"y\", id FROM orders')");
        assertThat(database.value("SELECT pgs_name FROM pgstream.stream_tables_info"))
                .isEqualTo("it's; DROP TABLE orders; --");
        assertThat(call("refresh_stream_table('\"it''s; DROP TABLE orders; --\"')"))
                .contains("NO_DATA");
        assertThat(refused("refresh_stream_table('x''); DROP TABLE orders; --')")
                        .getSQLState())
                .isIn("42602", "22023");
        assertThat(database.value("SELECT count(*) FROM orders")).isEqualTo("9");
    }

    @Test
    void an_engine_works_only_for_members_of_its_role() throws SQLException {
        database.execute(
                "DROP ROLE IF EXISTS outsider",
                "CREATE ROLE outsider LOGIN PASSWORD 'outsider'",
                "GRANT USAGE ON SCHEMA pgstream TO outsider",
                "GRANT SELECT ON orders TO outsider");
        try {
            open();
            PGSimpleDataSource outsider = new PGSimpleDataSource();
            outsider.setUrl(
                    database.dataSource().unwrap(PGSimpleDataSource.class).getUrl());
            outsider.setUser("outsider");
            outsider.setPassword("outsider");
            PSQLException denied = catchThrowableOfType(
                    PSQLException.class, () -> call(outsider, "create_stream_table('mine', 'SELECT * FROM orders')"));
            assertThat(denied.getSQLState()).isEqualTo("42501");
            assertThat(hint(denied)).contains("members of its role only");
            for (String attempt : List.of(
                    "SELECT * FROM pgstream.pgs_requests",
                    "INSERT INTO pgstream.pgs_requests (action, arguments, caller) VALUES ('drop_all', '{}', 'postgres')",
                    "SELECT pgstream.submit_request('drop_all', '{}')",
                    "INSERT INTO pgstream.pgs_engines (id, application, host, role_name) VALUES (gen_random_uuid(), 'a', 'b',"
                            + " 'outsider')",
                    "UPDATE pgstream.pgs_settings SET value = '0'")) {
                try (Connection connection = outsider.getConnection()) {
                    assertThat(catchThrowableOfType(
                                            PSQLException.class, () -> TestDatabase.execute(connection, attempt))
                                    .getSQLState())
                            .as(attempt)
                            .isEqualTo("42501");
                }
            }
            // A superuser that acts as the outsider has the outsider's rights.
            try (Connection connection = database.connect()) {
                TestDatabase.execute(connection, "SET ROLE outsider");
                assertThat(catchThrowableOfType(
                                        PSQLException.class,
                                        () -> TestDatabase.execute(connection, "CALL pgstream.refresh_all()"))
                                .getSQLState())
                        .isEqualTo("42501");
            }
            // Another's request is nobody else's affair.
            assertThat(call("refresh_all()")).contains("refreshes");
            try (Connection connection = outsider.getConnection();
                    Statement statement = connection.createStatement();
                    var rows = statement.executeQuery(
                            "SELECT * FROM generate_series(1, 5) AS i, pgstream.request_state(i)")) {
                assertThat(rows.next()).isFalse();
            }
        } finally {
            database.execute("DROP OWNED BY outsider", "DROP ROLE outsider");
        }
    }

    @Test
    void objects_of_the_callers_search_path_are_not_used() throws SQLException {
        open();
        call("create_stream_table('totals', 'SELECT id FROM orders', schedule => 'manual')");
        database.execute(
                "CREATE SCHEMA trap",
                "CREATE FUNCTION trap.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT 1/0; SELECT now() $$",
                "CREATE FUNCTION trap.pg_sleep(double precision) RETURNS void LANGUAGE sql AS $$ SELECT 1/0 $$",
                "CREATE FUNCTION trap.eq(text, text) RETURNS boolean LANGUAGE sql AS $$ SELECT 1/0 = 1 $$",
                "CREATE OPERATOR trap.= (LEFTARG = text, RIGHTARG = text, FUNCTION = trap.eq)");
        try (Connection connection = database.connect()) {
            TestDatabase.execute(connection, "SET search_path = trap, pg_catalog, public");
            TestDatabase.execute(connection, "CALL pgstream.refresh_stream_table('public.totals')");
            PSQLException refused = catchThrowableOfType(
                    PSQLException.class,
                    () -> TestDatabase.execute(
                            connection,
                            "CALL pgstream.create_stream_table('public.t', 'SELECT id FROM public.orders')"));
            assertThat(refused.getSQLState()).isEqualTo("22023");
            assertThat(refused.getMessage()).contains("has schemas before pg_catalog");
        }
    }

    private static final List<String> ROLES = List.of(
            "shop_owner", "pgstream_migrator", "pgstream_runtime", "shop_writer", "shop_operator", "shop_reader");

    @Test
    void with_the_documented_roles_the_operator_hands_in_work_and_nobody_else_does() throws Exception {
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
        PGSimpleDataSource runtime = as(superuser, "pgstream_runtime");
        database = TestDatabase.migrated(superuser);
        try {
            open(
                    new StreamTableEngine(runtime, EngineSettings.defaults(), List.of()),
                    runtime,
                    DeskSettings.defaults());
            String create =
                    "create_stream_table('reports.kinds', 'SELECT kind, count(*) AS n FROM shop.item GROUP BY kind')";
            PGSimpleDataSource operator = as(superuser, "shop_operator");
            assertThat(call(operator, create)).contains("ACTIVE");
            assertThat(call(operator, "verify_stream_table('reports.kinds')")).contains("\"equal\": true");
            PSQLException unreadable = catchThrowableOfType(
                    PSQLException.class,
                    () -> call(
                            operator, "create_stream_table('reports.secrets', 'SELECT rolpassword FROM pg_authid')"));
            assertThat(unreadable.getSQLState()).isIn("0A000", "42501");
            for (String role : List.of("shop_reader", "shop_writer", "shop_owner")) {
                assertThat(catchThrowableOfType(PSQLException.class, () -> call(as(superuser, role), create))
                                .getSQLState())
                        .as(role)
                        .isEqualTo("42501");
            }
            database.await("SELECT count(*) = 1 FROM pgstream.pgs_explanations");
            call(operator, "drop_all()");
            stop();
        } finally {
            try (Connection connection = superuser.getConnection()) {
                for (String role : ROLES) {
                    TestDatabase.execute(connection, "DROP OWNED BY " + role + " CASCADE");
                    TestDatabase.execute(connection, "DROP ROLE " + role);
                }
            }
        }
    }

    private static PGSimpleDataSource as(PGSimpleDataSource original, String role) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(original.getUrl());
        dataSource.setUser(role);
        dataSource.setPassword(role);
        return dataSource;
    }
}
