package io.pgstream.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableStatus;
import io.pgstream.test.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a query relies on and is no column of a captured table: functions, keys, policies, and what FULL tables read. */
class ChangedSourcesTest {

    private static TestDatabase database(int version) throws SQLException {
        TestDatabase database = TestDatabase.on(version);
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, kind int, amount int)",
                "INSERT INTO item SELECT i, i % 5, i FROM generate_series(1, 30) AS i");
        return database;
    }

    private static PgStreamException refused(TestDatabase database, String name) {
        PgStreamException failure = catchThrowableOfType(
                PgStreamException.class, () -> database.engine().refresh(name));
        assertThat(failure).isNotNull();
        return failure;
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_replaced_function_is_noticed_although_no_row_has_changed(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute(
                "CREATE FUNCTION price(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1 * 2; END'",
                "CREATE VIEW priced AS SELECT kind, price(amount) AS price FROM item");
        database.create("prices", "SELECT kind, sum(price(amount)) AS price FROM item GROUP BY kind");
        database.create("priced_kinds", "SELECT kind, max(price) AS price FROM priced GROUP BY kind");
        database.execute(
                "CREATE OR REPLACE FUNCTION price(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1 * 3; END'");
        for (String name : List.of("prices", "priced_kinds")) {
            database.assertFollows(name);
            assertThat(database.engine().refresh(name).outcome()).isEqualTo(RefreshOutcome.NO_DATA);
        }
        database.execute("DROP VIEW priced", "DROP FUNCTION price(int)", "UPDATE item SET kind = 1 WHERE id = 2");
        assertThat(refused(database, "prices").code()).isEqualTo(ErrorCode.SOURCE_CHANGED);
        database.execute("CREATE FUNCTION price(int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 5::bigint'");
        database.engine().resume("prices");
        database.assertFollows("prices");
        database.execute("UPDATE item SET kind = 2 WHERE id = 3");
        assertThat(database.engine().refresh("prices").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("prices");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_part_of_an_aggregate_and_what_a_standard_body_calls_are_noticed_too(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute(
                "CREATE FUNCTION add(int, int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1 + coalesce($2, 0);"
                        + " END'",
                "CREATE AGGREGATE total_of(int) (SFUNC = add, STYPE = int, INITCOND = '0')",
                "CREATE FUNCTION outer_of(int) RETURNS int LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT add($1, 1); END");
        database.create("sums", "SELECT kind, total_of(amount) AS amount FROM item GROUP BY kind");
        database.create("outers", "SELECT id, outer_of(amount) AS amount FROM item");
        database.execute(
                "CREATE OR REPLACE FUNCTION add(int, int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1 + 2 *"
                        + " coalesce($2, 0); END'");
        database.assertFollows("sums");
        database.assertFollows("outers");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_table_that_is_refreshed_fully_notices_a_column_of_another_type_and_no_other_columns(int version)
            throws Exception {
        TestDatabase database = database(version);
        database.engine()
                .create(StreamTableDefinition.of("listed", "SELECT id, amount FROM item")
                        .withMode(RefreshMode.FULL));
        database.execute("ALTER TABLE item ALTER amount TYPE numeric(12,3) USING amount + 0.125");
        database.assertFollows("listed");
        assertThat(database.value("SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid ="
                        + " 'listed'::regclass AND attname = 'amount'"))
                .isEqualTo("numeric(12,3)");
        String version1 = database.value("SELECT version FROM pgstream.pgs_stream_tables");
        database.execute("ALTER TABLE item ADD COLUMN more int, DROP COLUMN kind");
        database.assertFollows("listed");
        assertThat(database.value("SELECT version FROM pgstream.pgs_stream_tables"))
                .isEqualTo(version1);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void a_key_that_is_dropped_leaves_a_bag_and_a_column_that_may_be_null_is_compared_as_one(int version)
            throws Exception {
        TestDatabase database = database(version);
        database.create("listed", "SELECT id, kind FROM item");
        database.create("joined", "SELECT a.id, b.amount FROM item a JOIN item b ON b.id = a.kind");
        database.execute(
                "ALTER TABLE item DROP CONSTRAINT item_pkey",
                "ALTER TABLE item ALTER id DROP NOT NULL",
                "INSERT INTO item VALUES (1, 1, 1), (1, 1, 2), (NULL, 2, 3), (NULL, 2, 3), (NULL, 1, 4)");
        for (String name : List.of("listed", "joined")) {
            database.assertFollows(name);
        }
        database.execute("DELETE FROM item WHERE amount IN (2, 4)", "UPDATE item SET kind = 1 WHERE id IS NULL");
        for (String name : List.of("listed", "joined")) {
            assertThat(database.engine().refresh(name).outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
            database.assertEqual(name);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void row_level_security_of_a_source_is_refused_at_once_and_when_it_comes_later(int version) throws Exception {
        TestDatabase database = database(version);
        database.create("listed", "SELECT id, kind FROM item");
        database.engine()
                .create(StreamTableDefinition.of("fully", "SELECT id FROM item").withMode(RefreshMode.FULL));
        database.execute("ALTER TABLE item ENABLE ROW LEVEL SECURITY");
        for (RefreshMode mode : List.of(RefreshMode.DIFFERENTIAL, RefreshMode.FULL)) {
            PgStreamException failure = catchThrowableOfType(
                    PgStreamException.class,
                    () -> database.engine()
                            .create(StreamTableDefinition.of("refused", "SELECT kind FROM item")
                                    .withMode(mode)));
            assertThat(failure.code()).isEqualTo(ErrorCode.ROW_SECURITY);
            assertThat(failure.getMessage()).contains("item").contains("row-level security");
        }
        for (String name : List.of("listed", "fully")) {
            assertThat(refused(database, name).code()).isEqualTo(ErrorCode.ROW_SECURITY);
        }
        database.execute("ALTER TABLE item DISABLE ROW LEVEL SECURITY", "DELETE FROM item WHERE id = 3");
        database.assertFollows("listed");
        database.assertFollows("fully");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void row_level_security_that_comes_later_ends_what_writers_maintain_and_fails_none_of_them(int version)
            throws Exception {
        TestDatabase database = database(version);
        for (RefreshMode mode : List.of(RefreshMode.IMMEDIATE, RefreshMode.ON_COMMIT)) {
            String name = mode.name().toLowerCase(Locale.ROOT);
            database.engine()
                    .create(StreamTableDefinition.of(name, "SELECT kind, count(*) AS n FROM item GROUP BY kind")
                            .withMode(mode));
        }
        database.execute("ALTER TABLE item ENABLE ROW LEVEL SECURITY", "INSERT INTO item VALUES (100, 1, 1)");
        for (String name : List.of("immediate", "on_commit")) {
            assertThat(database.engine().get(name).status()).isEqualTo(StreamTableStatus.ERROR);
            assertThat(refused(database, name).code()).isEqualTo(ErrorCode.ROW_SECURITY);
        }
        database.execute("ALTER TABLE item DISABLE ROW LEVEL SECURITY");
        for (String name : List.of("immediate", "on_commit")) {
            database.engine().resume(name);
            database.assertFollows(name);
            database.execute("DELETE FROM item WHERE id < 9");
            database.assertEqual(name);
        }
    }

    /** An altered source, or another version of the engine, leads to another plan, and the planner was asked about columns that the states did not have. */
    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void states_with_the_columns_of_an_earlier_plan_are_made_anew(int version) throws Exception {
        TestDatabase before = TestDatabase.on(version);
        before.execute(
                "CREATE TABLE p (id int PRIMARY KEY, nick text)",
                "CREATE TABLE h (person int, path text)",
                "CREATE TABLE s (id int, v int)",
                "INSERT INTO p SELECT i, 'n' || i FROM generate_series(1, 9) AS i",
                "INSERT INTO h SELECT i % 9, 'x' FROM generate_series(1, 40) AS i",
                "INSERT INTO s SELECT i, i FROM generate_series(1, 9) AS i");
        before.create(
                "st",
                "SELECT q.id, q.nick, q.n, s.v FROM (SELECT p.id, p.nick, count(*) AS n, min(h.path) AS path FROM p"
                        + " JOIN h ON h.person = p.id GROUP BY p.id, p.nick HAVING count(*) > 2) AS q JOIN s ON s.id = q.id");
        before.execute(
                "DO 'DECLARE c record; BEGIN FOR c IN SELECT attrelid::regclass AS state, attname FROM pg_attribute"
                        + " JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = ''pgstream_state''::regnamespace"
                        + " AND relkind = ''r'' AND attnum > 0 LOOP EXECUTE format(''ALTER TABLE %s RENAME COLUMN %I TO %I'',"
                        + " c.state, c.attname, ''earlier_'' || c.attname); END LOOP; END'",
                "UPDATE pgstream.pgs_frontiers SET plan_hash = 'earlier'");
        TestDatabase database = TestDatabase.of(before.dataSource());

        database.execute("INSERT INTO h SELECT 3, 'y' FROM generate_series(1, 3)");
        assertThat(database.engine().refresh("st").outcome()).isEqualTo(RefreshOutcome.FULL);
        database.assertEqual("st");
        database.execute("DELETE FROM h WHERE person < 3");
        assertThat(database.engine().refresh("st").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("st");
    }
}
