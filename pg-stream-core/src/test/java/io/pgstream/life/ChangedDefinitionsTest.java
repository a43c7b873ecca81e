package io.pgstream.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableAlteration;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A changed query is migrated to in place: the table keeps its identity, and readers never see it empty or half-built. */
class ChangedDefinitionsTest {

    private static final String BELONGINGS =
            "SELECT concat_ws('|', c.oid, c.relacl, obj_description(c.oid, 'pg_class'),"
                    + " c.reloptions, (SELECT string_agg(indexrelid::regclass::text, ',' ORDER BY indexrelid::regclass::text) FROM"
                    + " pg_index WHERE indrelid = c.oid AND indexrelid::regclass::text LIKE 'mine%'), (SELECT string_agg(pubname, ',')"
                    + " FROM pg_publication_tables WHERE tablename = c.relname), (SELECT string_agg(tgname, ',' ORDER BY tgname) FROM"
                    + " pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal)) FROM pg_class AS c WHERE c.oid = 'total'::regclass";

    private static TestDatabase database(int version) throws SQLException {
        TestDatabase database = TestDatabase.on(version);
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, kind int, amount int, note text)",
                "INSERT INTO item SELECT i, i % 5, i, 'n' || i % 3 FROM generate_series(1, 50) AS i");
        database.create("total", "SELECT kind, count(*) AS n, sum(amount) AS amount FROM item GROUP BY kind");
        database.execute(
                "COMMENT ON TABLE total IS 'what is sold'",
                "GRANT SELECT ON total TO PUBLIC",
                "ALTER TABLE total SET (autovacuum_vacuum_scale_factor = 0.01)",
                "CREATE INDEX mine_on_n ON total (n)",
                "COMMENT ON INDEX mine_on_n IS 'by number'",
                "CREATE VIEW kinds AS SELECT kind FROM total",
                "CREATE PUBLICATION changes FOR TABLE total",
                "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
                "CREATE TRIGGER mine AFTER INSERT ON total FOR EACH ROW EXECUTE FUNCTION nothing()");
        return database;
    }

    private static TestDatabase database() throws SQLException {
        return database(TestServer.current().version());
    }

    private static void alter(TestDatabase database, String query) {
        database.engine().alter("total", StreamTableAlteration.query(query));
    }

    private static void assertMaintained(TestDatabase database) throws SQLException {
        database.assertEqual("total");
        database.execute(
                "UPDATE item SET amount = amount + 1, kind = (kind + 1) % 7 WHERE id % 4 = 0",
                "DELETE FROM item WHERE id % 9 = 5", "INSERT INTO item SELECT max(id) + 1, 2, 8, 'new' FROM item");
        assertThat(database.engine().refresh("total").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("total");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void whatever_the_query_becomes_the_table_stays_with_all_that_hangs_on_it(int version) throws Exception {
        TestDatabase database = database(version);
        String before = database.value(BELONGINGS);
        for (String query : List.of(
                // The same columns.
                "SELECT kind, count(*) + 1 AS n, sum(amount) AS amount FROM item WHERE id > 3 GROUP BY kind",
                // Columns at the end.
                "SELECT kind, count(*) AS n, sum(amount) AS amount, max(id) AS newest FROM item GROUP BY kind",
                // Another type, which every column behind it has to follow.
                "SELECT kind, count(*)::numeric AS n, sum(amount) AS amount, max(id) AS newest FROM item GROUP BY kind",
                // Another key, with a column in between, of a bag, and of one row.
                "SELECT kind, note, count(*) AS n FROM item GROUP BY kind, note",
                "SELECT kind, amount AS n FROM item WHERE kind <> 1 UNION ALL SELECT kind, id FROM item",
                "SELECT DISTINCT kind, amount AS n FROM item",
                "SELECT max(kind) AS kind, count(*) AS n FROM item",
                "SELECT kind, n, id FROM (SELECT kind, amount AS n, id FROM item) AS i")) {
            alter(database, query);
            assertThat(database.value(BELONGINGS)).as(query).isEqualTo(before);
            assertMaintained(database);
            assertThat(database.column("SELECT * FROM kinds")).hasSameSizeAs(database.column("SELECT * FROM total"));
        }
        assertThat(database.value("SELECT obj_description('mine_on_n'::regclass, 'pg_class')"))
                .isEqualTo("by number");
        assertThatExceptionOfType(SQLException.class)
                .as("still protected")
                .isThrownBy(() -> database.execute("DELETE FROM total"));
    }

    @Test
    void with_the_same_columns_only_what_differs_is_written() throws Exception {
        TestDatabase database = database();
        database.execute(
                "CREATE TABLE log (what text)",
                """
                CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN INSERT INTO log VALUES (TG_OP || ' ' || coalesce(NEW.kind, OLD.kind)); RETURN NULL; END $$
                """,
                "CREATE TRIGGER log AFTER INSERT OR UPDATE OR DELETE ON total FOR EACH ROW EXECUTE FUNCTION log()");
        alter(database, "SELECT kind, count(*) AS n, sum(amount) AS amount FROM item WHERE id <> 12 GROUP BY kind");
        assertThat(database.column("SELECT * FROM log")).containsExactly("UPDATE 2");
        database.assertEqual("total");
    }

    @Test
    void comments_and_grants_on_columns_follow_a_column_of_another_type() throws Exception {
        TestDatabase database = database();
        database.execute("COMMENT ON COLUMN total.amount IS 'in cents'", "GRANT SELECT (amount) ON total TO PUBLIC");
        alter(database, "SELECT kind, count(*) AS n, sum(amount)::numeric(12,2) AS amount FROM item GROUP BY kind");
        assertThat(database.value("SELECT col_description(attrelid, attnum) || attacl::text FROM pg_attribute WHERE"
                        + " attrelid = 'total'::regclass AND attname = 'amount'"))
                .startsWith("in cents{=r/");
        assertMaintained(database);
    }

    @Test
    void a_view_on_a_column_that_goes_refuses_the_change_by_its_name_and_the_old_table_serves_on() throws Exception {
        TestDatabase database = database();
        PgStreamException failure = catchThrowableOfType(
                PgStreamException.class, () -> alter(database, "SELECT note, count(*) AS n FROM item GROUP BY note"));
        assertThat(failure.code()).isEqualTo(ErrorCode.HAS_DEPENDANTS);
        assertThat(failure.getMessage()).contains("view kinds");
        assertMaintained(database);
    }

    @Test
    void a_change_that_fails_while_it_loads_leaves_the_old_table_serving() throws Exception {
        TestDatabase database = database();
        String before = database.value(BELONGINGS);
        PgStreamException failure = catchThrowableOfType(
                PgStreamException.class,
                () -> alter(database, "SELECT kind, count(*) AS n, sum(1 / (id - 7)) AS s FROM item GROUP BY kind"));
        assertThat(failure.getMessage()).contains("division by zero");
        assertThat(database.value(BELONGINGS)).isEqualTo(before);
        assertMaintained(database);
    }

    @Test
    void readers_never_see_the_table_empty_or_half_built_and_one_with_an_older_snapshot_sees_its_rows()
            throws Exception {
        TestDatabase database = database();
        AtomicBoolean done = new AtomicBoolean();
        AtomicReference<String> wrong = new AtomicReference<>("");
        Thread reader = new Thread(() -> {
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement()) {
                while (!done.get() && wrong.get().isEmpty()) {
                    try (ResultSet row = statement.executeQuery(
                            "SELECT count(*), count(kind), sum(n) FROM total AS t WHERE to_jsonb(t) ->> 'n' IS NOT NULL")) {
                        row.next();
                        if (row.getInt(1) != 5 || row.getInt(2) != 5 || row.getInt(3) != 50) {
                            wrong.set(row.getInt(1) + " " + row.getInt(2) + " " + row.getInt(3));
                        }
                    }
                }
            } catch (SQLException e) {
                wrong.set(e.toString());
            }
        });
        reader.start();
        try (Connection old = database.begin()) {
            TestDatabase.execute(old, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            TestDatabase.execute(old, "SELECT 1 FROM item");
            for (String columns : List.of(
                    "count(*) AS n, max(id) AS newest",
                    "count(*)::int AS n",
                    "count(*)::numeric AS n, min(id) AS oldest",
                    "count(*) AS n")) {
                alter(database, "SELECT kind, " + columns + " FROM item GROUP BY kind");
            }
            try (Statement statement = old.createStatement();
                    ResultSet row = statement.executeQuery("SELECT count(*), sum(kind) FROM total")) {
                row.next();
                assertThat(List.of(row.getInt(1), row.getInt(2))).containsExactly(5, 10);
            }
        } finally {
            done.set(true);
            reader.join();
        }
        assertThat(wrong.get()).isEmpty();
        database.assertEqual("total");
    }

    @Test
    void stream_tables_above_follow_every_change_below() throws Exception {
        TestDatabase database = database();
        database.create("above", "SELECT n, count(*) AS kinds FROM total GROUP BY n");
        alter(database, "SELECT kind, count(*) * 2 AS n, sum(amount) AS amount FROM item GROUP BY kind");
        database.assertFollows("above");
        alter(database, "SELECT kind, count(*)::int AS n, max(note) AS note FROM item GROUP BY kind");
        database.assertFollows("above");
        database.execute("DELETE FROM item WHERE id < 20");
        database.assertFollows("total");
        assertThat(database.engine().refresh("above").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("above");
    }

    @Test
    void dropping_with_dependants_is_refused_by_their_names_and_done_when_asked() throws Exception {
        TestDatabase database = database();
        PgStreamException view = catchThrowableOfType(
                PgStreamException.class, () -> database.engine().drop("total"));
        assertThat(view.code()).isEqualTo(ErrorCode.HAS_DEPENDANTS);
        assertThat(view.getMessage()).contains("view kinds");
        database.create("above", "SELECT n, count(*) AS kinds FROM total GROUP BY n");
        database.create("top", "SELECT max(kinds) AS most FROM above");
        PgStreamException reader = catchThrowableOfType(
                PgStreamException.class, () -> database.engine().drop("total"));
        assertThat(reader.getMessage()).contains("above");
        database.engine().dropCascading("total");
        assertThat(database.engine().list()).isEmpty();
        assertThat(database.value("SELECT to_regclass('kinds') IS NULL")).isEqualTo("t");
        assertThat(database.column("SELECT tgname FROM pg_trigger WHERE tgrelid = 'item'::regclass"))
                .isEmpty();
    }
}
