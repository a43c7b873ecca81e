package io.pgstream.sqlapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.test.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every object of the catalog says what it is, is in the reference, and can be read by who may use the schema. */
class SqlObjectsTest {

    private static final Path REFERENCE = Path.of("..", "docs", "reference.md");

    private static TestDatabase database;

    @BeforeAll
    static void migrate() {
        database = TestDatabase.onDefault();
    }

    @Test
    void every_object_has_a_comment() throws SQLException {
        assertThat(database.column(
                        "SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'pgstream'::regnamespace AND"
                                + " c.relkind IN ('r', 'v') AND c.relname <> 'pg_stream_schema_history' AND"
                                + " obj_description(c.oid, 'pg_class') IS NULL UNION ALL SELECT p.proname FROM pg_proc AS p WHERE"
                                + " p.pronamespace = 'pgstream'::regnamespace AND obj_description(p.oid, 'pg_proc') IS NULL UNION ALL"
                                + " SELECT n.nspname FROM pg_namespace AS n WHERE starts_with(n.nspname, 'pgstream') AND"
                                + " obj_description(n.oid, 'pg_namespace') IS NULL"))
                .as("objects without COMMENT ON")
                .isEmpty();
    }

    @Test
    void the_reference_shows_every_view_function_and_procedure_as_it_is() throws SQLException, IOException {
        String reference = Files.readString(REFERENCE);
        List<String> signatures = database.column(
                "SELECT p.proname || '(' || (SELECT coalesce(string_agg(quote_ident(n.name) || CASE WHEN n.place >"
                        + " p.pronargs - p.pronargdefaults THEN ' => …' ELSE '' END, ', ' ORDER BY n.place), '') FROM"
                        + " unnest(p.proargnames) WITH ORDINALITY AS n(name, place) WHERE n.place <= p.pronargs) || ')'"
                        + " FROM pg_proc AS p WHERE p.pronamespace = 'pgstream'::regnamespace AND NOT"
                        + " starts_with(obj_description(p.oid, 'pg_proc'), 'Internal') ORDER BY 1");
        assertThat(signatures).contains("get_refresh_history(name, \"limit\" => …)");
        assertThat(signatures.stream().filter(signature -> !reference.contains("`" + signature + "`")))
                .as("functions and procedures that the reference lacks")
                .isEmpty();
        assertThat(database.column(
                        "SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'pgstream'::regnamespace AND"
                                + " c.relkind IN ('r', 'v')"))
                .filteredOn(relation -> !reference.contains("| `" + relation + "`"))
                .as("relations that the reference lacks")
                .isEmpty();
    }

    @Test
    void the_reference_names_every_column_of_the_views() throws SQLException, IOException {
        String reference = Files.readString(REFERENCE);
        assertThat(database.column(
                        "SELECT a.attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid WHERE"
                                + " c.relnamespace = 'pgstream'::regnamespace AND c.relkind = 'v' AND a.attnum > 0 UNION SELECT n.name"
                                + " FROM pg_proc AS p CROSS JOIN unnest(p.proargnames, p.proargmodes) AS n(name, mode) WHERE"
                                + " p.pronamespace = 'pgstream'::regnamespace AND n.mode = 't' AND NOT"
                                + " starts_with(obj_description(p.oid, 'pg_proc'), 'Internal')"))
                .filteredOn(column -> !reference.contains("`" + column + "`"))
                .as("columns that the reference lacks")
                .isEmpty();
    }

    @Test
    void a_role_that_may_use_the_schema_reads_all_of_it_but_the_key() throws SQLException {
        database.execute(
                "DROP ROLE IF EXISTS looker", "CREATE ROLE looker", "GRANT USAGE ON SCHEMA pgstream TO looker");
        try (Connection connection = database.connect()) {
            TestDatabase.execute(connection, "SET ROLE looker");
            for (String view : List.of(
                    "stream_tables_info",
                    "pg_stat_stream_tables",
                    "pgs_stream_tables",
                    "pgs_dependencies",
                    "pgs_status()",
                    "refresh_timeline(5)",
                    "health_check()",
                    "check_cdc_health()",
                    "slot_health()",
                    "change_buffer_sizes()",
                    "dependency_tree()",
                    "trigger_inventory()",
                    "diamond_groups()",
                    "pgs_scc_status()",
                    "watermark_status()")) {
                try (Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery("SELECT * FROM pgstream." + view)) {
                    assertThat(rows.getMetaData().getColumnCount()).as(view).isPositive();
                }
            }
        } finally {
            database.execute("DROP OWNED BY looker", "DROP ROLE looker");
        }
    }
}
