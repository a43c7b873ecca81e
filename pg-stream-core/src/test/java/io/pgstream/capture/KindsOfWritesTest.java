package io.pgstream.capture;

import io.pgstream.test.TestDatabase;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** Every statement that changes a table is captured (pitfalls 40 and 44). */
class KindsOfWritesTest {

    private static TestDatabase database(int version) throws Exception {
        TestDatabase database = TestDatabase.on(version);
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, kind int, amount numeric(10,2))",
                "CREATE TABLE other (id int PRIMARY KEY, item_id int REFERENCES item ON DELETE CASCADE ON UPDATE CASCADE"
                        + " DEFERRABLE INITIALLY DEFERRED, note text)",
                "INSERT INTO item SELECT i, i % 5, i FROM generate_series(1, 100) AS i",
                "INSERT INTO other SELECT i, 1 + i % 100, 'n' || i FROM generate_series(1, 300) AS i");
        database.create("total", "SELECT kind, count(*) AS n, sum(amount) AS amount FROM item GROUP BY kind");
        database.create("joined", "SELECT o.id, i.kind, o.note FROM other o JOIN item i ON i.id = o.item_id");
        return database;
    }

    private static void assertFollow(TestDatabase database) throws SQLException {
        database.assertFollows("total");
        database.assertFollows("joined");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void copy_is_captured(int version) throws Exception {
        TestDatabase database = database(version);
        try (Connection connection = database.connect()) {
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY item FROM STDIN CSV", new StringReader("201,1,5.00\n202,9,7.50\n203,,\n"));
        }
        assertFollow(database);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void merge_is_captured_with_all_its_actions(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute("MERGE INTO item AS t USING (SELECT g AS id FROM generate_series(90, 110) AS g) AS s"
                + " ON t.id = s.id"
                + " WHEN MATCHED AND s.id % 2 = 0 THEN DELETE"
                + " WHEN MATCHED THEN UPDATE SET kind = t.kind + 1, amount = amount * 2"
                + " WHEN NOT MATCHED THEN INSERT VALUES (s.id, 3, 0.5)");
        assertFollow(database);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void insert_on_conflict_is_captured_as_what_it_did(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute(
                "INSERT INTO item SELECT i, 7, 1 FROM generate_series(95, 105) AS i"
                        + " ON CONFLICT (id) DO UPDATE SET kind = 8, amount = item.amount + excluded.amount",
                "INSERT INTO item SELECT i, 9, 1 FROM generate_series(100, 108) AS i ON CONFLICT DO NOTHING");
        assertFollow(database);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void data_modifying_ctes_and_update_from_are_captured(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute(
                "WITH gone AS (DELETE FROM other WHERE id <= 50 RETURNING item_id),"
                        + " raised AS (UPDATE item SET amount = amount + 1 WHERE id IN (SELECT item_id FROM gone))"
                        + " INSERT INTO item SELECT 1000 + item_id, 1, 1 FROM gone ON CONFLICT DO NOTHING",
                "UPDATE item SET kind = o.id FROM other o WHERE o.item_id = item.id AND o.id BETWEEN 60 AND 70",
                "DELETE FROM other USING item WHERE item.id = other.item_id AND item.kind = 3");
        assertFollow(database);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void swapped_and_chained_keys_are_captured_as_bags(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute("ALTER TABLE item DROP CONSTRAINT item_pkey CASCADE, ADD PRIMARY KEY (id) DEFERRABLE");
        database.assertFollows("joined");
        database.execute("UPDATE item SET id = CASE id WHEN 1 THEN 2 WHEN 2 THEN 1 ELSE id + 1 END");
        assertFollow(database);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void foreign_key_cascades_are_captured_also_those_deferred_to_the_commit(int version) throws Exception {
        TestDatabase database = database(version);
        try (Connection connection = database.begin()) {
            TestDatabase.execute(connection, "DELETE FROM item WHERE id BETWEEN 10 AND 20");
            TestDatabase.execute(connection, "UPDATE item SET id = id + 5000 WHERE id BETWEEN 30 AND 40");
            TestDatabase.execute(connection, "INSERT INTO other VALUES (900, 7777, 'before its item')");
            TestDatabase.execute(connection, "INSERT INTO item VALUES (7777, 1, 1)");
            connection.commit();
        }
        assertFollow(database);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_trigger_that_writes_another_source_is_captured(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute(
                "CREATE FUNCTION mirror() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                        + " INSERT INTO other VALUES (new.id * 10000, new.id, 'mirrored');"
                        + " UPDATE item SET amount = amount + 1 WHERE id = 1; RETURN NULL; END $$",
                "CREATE TRIGGER mirror AFTER INSERT ON item FOR EACH ROW EXECUTE FUNCTION mirror()",
                "INSERT INTO item SELECT i, 2, 2 FROM generate_series(300, 310) AS i");
        assertFollow(database);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void writes_of_a_session_in_the_replica_role_are_captured(int version) throws Exception {
        TestDatabase database = database(version);
        try (Connection connection = database.connect()) {
            TestDatabase.execute(connection, "SET session_replication_role = replica");
            TestDatabase.execute(connection, "INSERT INTO item VALUES (400, 1, 1)");
            TestDatabase.execute(connection, "DELETE FROM item WHERE id = 5");
            TestDatabase.execute(connection, "UPDATE other SET note = 'replica' WHERE id < 9");
        }
        assertFollow(database);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void names_that_a_writer_puts_before_those_of_the_server_are_not_used(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute(
                "CREATE SCHEMA evil",
                "CREATE FUNCTION evil.failing(a text, b text) RETURNS boolean LANGUAGE plpgsql"
                        + " AS $$ BEGIN RAISE 'not to be called'; END $$",
                "CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.failing)",
                "CREATE FUNCTION evil.pg_current_xact_id() RETURNS xid8 LANGUAGE sql AS $$ SELECT '1'::xid8 $$",
                "CREATE FUNCTION evil.pg_typeof(anyelement) RETURNS regtype LANGUAGE sql AS $$ SELECT 'int'::regtype $$",
                "CREATE TABLE evil.new_rows (id int, kind int, amount numeric)");
        try (Connection connection = database.connect()) {
            TestDatabase.execute(connection, "SET search_path = evil, pg_catalog, public");
            TestDatabase.execute(connection, "CREATE TEMPORARY TABLE old_rows (id int, kind int, amount numeric)");
            TestDatabase.execute(connection, "INSERT INTO item VALUES (201, 1, 5), (202, 2, 6)");
            TestDatabase.execute(connection, "UPDATE item SET amount = amount + 1 WHERE id > 50");
            TestDatabase.execute(connection, "DELETE FROM item WHERE id < 5");
        }
        assertFollow(database);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void truncate_is_noticed_in_every_combination(int version) throws Exception {
        TestDatabase database = database(version);
        try (Connection connection = database.begin()) {
            TestDatabase.execute(connection, "INSERT INTO other VALUES (901, 1, 'lost')");
            TestDatabase.execute(connection, "SET CONSTRAINTS ALL IMMEDIATE");
            TestDatabase.execute(connection, "TRUNCATE other");
            TestDatabase.execute(connection, "INSERT INTO other VALUES (902, 1, 'kept')");
            connection.commit();
        }
        assertFollow(database);
        database.execute("INSERT INTO other VALUES (903, 2, 'a later transaction')", "TRUNCATE other");
        database.execute("INSERT INTO other VALUES (904, 3, 'after it')");
        assertFollow(database);
        database.execute("TRUNCATE item CASCADE");
        assertFollow(database);
        database.execute("INSERT INTO item VALUES (1, 1, 1)", "INSERT INTO other VALUES (1, 1, 'again')");
        assertFollow(database);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_truncate_that_is_rolled_back_changes_nothing(int version) throws Exception {
        TestDatabase database = database(version);
        try (Connection connection = database.begin()) {
            TestDatabase.execute(connection, "SAVEPOINT s");
            TestDatabase.execute(connection, "TRUNCATE item CASCADE");
            TestDatabase.execute(connection, "ROLLBACK TO s");
            TestDatabase.execute(connection, "INSERT INTO item VALUES (500, 1, 1)");
            connection.commit();
        }
        assertFollow(database);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void an_update_that_leaves_a_toasted_value_alone_keeps_it(int version) throws Exception {
        TestDatabase database = database(version);
        database.execute(
                "CREATE TABLE document (id int PRIMARY KEY, n int, body text)",
                "ALTER TABLE document ALTER body SET STORAGE EXTERNAL",
                "INSERT INTO document SELECT i, i, repeat('x', 20000) || i FROM generate_series(1, 5) AS i");
        database.create("bodies", "SELECT id, n, body FROM document WHERE n > 0");
        database.execute("UPDATE document SET n = n + 1", "UPDATE document SET n = -1 WHERE id = 3");
        database.assertFollows("bodies");
    }
}
