package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.test.TestChoices;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lines of orders that came or went are not looked for where a foreign key says that they came and went as well, and only there. */
class ForeignKeyTest {

    private static final String QUERY =
            "SELECT l.id, l.amount, o.note FROM line l JOIN purchase o ON o.id = l.purchase";

    /** Each has an order for the delta in which lines, and one in which purchases come first. */
    private static final List<String> QUERIES = List.of(
            QUERY,
            "SELECT o.kind, sum(l.amount) AS amount, count(*) AS lines FROM line l JOIN purchase o ON o.id = l.purchase"
                    + " WHERE o.kind <> 3 GROUP BY o.kind",
            "SELECT c.name, sum(l.amount) AS amount FROM line l JOIN purchase o ON o.id = l.purchase"
                    + " JOIN customer c ON c.id = o.customer WHERE l.amount > 10 GROUP BY c.name",
            "SELECT o.id, s.amount FROM (SELECT purchase, sum(amount) AS amount FROM line GROUP BY purchase) s"
                    + " JOIN purchase o ON o.id = s.purchase WHERE o.kind < 3",
            "SELECT o.id, l.id AS line FROM purchase o LEFT JOIN line l ON l.purchase = o.id AND l.amount > 20",
            "SELECT l.id, p.id AS part, n.words FROM line l JOIN purchase o ON o.id = l.purchase"
                    + " LEFT JOIN note n ON n.line = l.id AND n.purchase = o.id JOIN line p ON p.id = l.part",
            "SELECT n.words, l.amount FROM note n JOIN line l ON l.id = n.line AND l.purchase = n.purchase");

    private TestDatabase database;

    @BeforeEach
    void create() throws SQLException {
        TestChoices.clear();
        // Few rows are otherwise cheaper to look for.
        System.setProperty("pgstream.test.references", "true");
        database = TestDatabase.on(TestServer.current().version());
        database.execute(
                "CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL)",
                "CREATE TABLE purchase (id int PRIMARY KEY, customer int REFERENCES customer, kind int, note text)",
                "CREATE TABLE line (id int PRIMARY KEY, purchase int REFERENCES purchase DEFERRABLE INITIALLY DEFERRED,"
                        + " part int REFERENCES line DEFERRABLE INITIALLY DEFERRED, amount int, UNIQUE (id, purchase))",
                "CREATE TABLE note (line int, purchase int, words text, FOREIGN KEY (line, purchase) REFERENCES line (id, purchase)"
                        + " DEFERRABLE INITIALLY DEFERRED)",
                "CREATE INDEX ON line (purchase)",
                "CREATE INDEX ON line (part)",
                "CREATE INDEX ON note (line, purchase)",
                "INSERT INTO customer SELECT i, 'c' || i % 7 FROM generate_series(1, 20) AS i",
                "INSERT INTO purchase SELECT i, i % 20 + 1, i % 5 FROM generate_series(1, 4000) AS i",
                "INSERT INTO line SELECT i, i % 4000 + 1, nullif(i % 9, 0), i % 97 FROM generate_series(1, 12000) AS i",
                "INSERT INTO note SELECT i, i % 4000 + 1, 'w' || i FROM generate_series(1, 60) AS i",
                "ANALYZE");
    }

    @AfterEach
    void withoutTestSettings() {
        TestChoices.clear();
    }

    /** The first refresh finds out what can be relied on, and the next ones do. */
    private void createAndRefresh(String name, String query) throws SQLException {
        database.create(name, query);
        database.execute("UPDATE line SET amount = amount + 1 WHERE id = 1");
        database.assertFollows(name);
    }

    private List<String> trusted(String name) throws SQLException {
        return database.column("SELECT k.referencing::oid::regclass || ' ' || array_to_string(k.columns, ',') FROM"
                + " pgstream.pgs_stream_tables AS t JOIN pgstream.pgs_frontiers AS f ON f.stream_table_id = t.id CROSS JOIN LATERAL"
                + " pgstream.trusted_foreign_keys(t.id, f.frontier) AS k WHERE t.table_name = '" + name
                + "' AND NOT k.later ORDER BY 1");
    }

    /** What was there before the changes, if only rows of one side were looked at, would be missed now. */
    private void assertNoticed(String... bypassing) throws SQLException {
        database.execute(bypassing);
        database.assertFollows("t");
        database.execute(
                "INSERT INTO purchase VALUES (7, 1, 1, 'again')", "UPDATE line SET amount = amount + 1 WHERE id = 9");
        database.assertFollows("t");
        assertThat(trusted("t")).doesNotContain("line purchase");
        database.execute(
                "UPDATE line SET amount = amount + 1 WHERE id = 1",
                "DELETE FROM line WHERE purchase = 3000",
                "DELETE FROM purchase WHERE id = 3000");
        database.assertFollows("t");
    }

    @Test
    void orders_that_come_and_go_with_their_lines_look_for_no_lines() throws SQLException {
        TestChoices.clear();
        createAndRefresh("t", QUERY);
        assertThat(trusted("t")).containsExactly("line purchase");
        assertThat(database.engine().explain("t").notes())
                .anyMatch(note -> note.contains("line (purchase) to ") && note.contains("foreign keys"));
        // These orders have other lines than those that have changed.
        database.execute(
                "UPDATE purchase SET note = 'new' WHERE id BETWEEN 901 AND 902",
                "DELETE FROM line WHERE purchase BETWEEN 1001 AND 2000",
                "DELETE FROM purchase WHERE id BETWEEN 1001 AND 2000",
                "INSERT INTO purchase SELECT i, 1, 1 FROM generate_series(5001, 6000) AS i",
                "INSERT INTO line SELECT i, i - 15000, 1, 5 FROM generate_series(20001, 21000) AS i",
                "INSERT INTO line SELECT i, i - 30000, 1, 5 FROM generate_series(35001, 36000) AS i");
        long before = SequentialReads.lookUps(database, "relname = 'line'");
        database.assertFollowsDifferentially("t");
        assertThat(SequentialReads.lookUps(database, "relname = 'line'") - before)
                .isLessThan(100);
    }

    @Test
    void random_changes_of_both_sides_are_followed() throws SQLException {
        Random random = new Random(Long.getLong("pgstream.oracle.seed", 20261128));
        for (int i = 0; i < QUERIES.size(); i++) {
            createAndRefresh("t" + i, QUERIES.get(i));
        }
        assertThat(trusted("t5")).containsExactly("line part", "line purchase", "note line,purchase");
        assertThat(String.join("\n", database.engine().explain("t1").deltaStatements()))
                .contains("-abs(");
        for (int cycle = 0; cycle < Integer.getInteger("pgstream.oracle.cycles", 12); cycle++) {
            database.execute(transaction(random));
            for (int i = 0; i < QUERIES.size(); i++) {
                database.assertFollows("t" + i);
            }
        }
        assertThat(trusted("t5")).hasSize(3);
    }

    private static String[] transaction(Random random) {
        List<String> statements = new ArrayList<>(List.of("BEGIN"));
        for (int i = 0; i < 6; i++) {
            int from = random.nextInt(4000);
            int to = from + random.nextInt(60);
            int other = random.nextInt(4000);
            String between = " BETWEEN " + from + " AND " + to;
            String existing = "(SELECT p.id FROM purchase AS p WHERE p.id >= " + other + " LIMIT 1)";
            statements.addAll(
                    switch (random.nextInt(9)) {
                        case 0 ->
                            List.of(
                                    "DELETE FROM note WHERE purchase" + between,
                                    "UPDATE line SET part = NULL WHERE part IN (SELECT id FROM line WHERE purchase"
                                            + between + ")",
                                    "DELETE FROM line WHERE purchase" + between,
                                    "DELETE FROM purchase WHERE id" + between);
                        case 1 ->
                            List.of(
                                    "INSERT INTO line SELECT i + 100000 * (1 + (SELECT max(id) / 100000 FROM line)), i, (SELECT min(id) FROM line), i % 50 FROM generate_series("
                                            + from + ", " + to + ") AS i",
                                    "INSERT INTO purchase SELECT i, i % 20 + 1, i % 5 FROM generate_series(" + from
                                            + ", " + to + ") AS i ON CONFLICT (id) DO UPDATE SET kind = 3");
                        case 2 -> List.of("UPDATE purchase SET kind = (kind + 1) % 5 WHERE id" + between);
                        case 3 ->
                            List.of(
                                    "DELETE FROM note WHERE purchase" + between,
                                    "UPDATE line SET purchase = " + existing + " WHERE purchase" + between);
                        case 4 ->
                            List.of(
                                    "DELETE FROM note WHERE purchase" + between,
                                    "UPDATE line SET purchase = NULL WHERE purchase" + between);
                        case 5 ->
                            List.of("UPDATE line SET purchase = " + existing + ", amount = 30 WHERE purchase IS NULL");
                        case 6 ->
                            // The orders are other ones afterwards, and their lines theirs.
                            List.of(
                                    "DELETE FROM note WHERE purchase" + between,
                                    "UPDATE line SET purchase = -purchase WHERE purchase" + between
                                            + " AND NOT EXISTS (SELECT FROM purchase AS p WHERE p.id = -line.purchase)",
                                    "UPDATE purchase SET id = -id WHERE id" + between
                                            + " AND NOT EXISTS (SELECT FROM purchase AS p WHERE p.id = -purchase.id)");
                        case 7 -> List.of("UPDATE customer SET name = 'c' || (id + " + from + ") % 5 WHERE id % 4 = 1");
                        default -> List.of("UPDATE line SET amount = amount + 3 WHERE purchase" + between);
                    });
        }
        statements.add("COMMIT");
        return statements.toArray(String[]::new);
    }

    @Test
    void a_session_that_is_a_replica_is_noticed() throws SQLException {
        createAndRefresh("t", QUERY);
        assertThat(trusted("t")).containsExactly("line purchase");
        assertNoticed(
                "SET session_replication_role = replica",
                "DELETE FROM purchase WHERE id = 7",
                "SET session_replication_role = origin");
    }

    private static String switched(String how) {
        return "DO $$ DECLARE t record; BEGIN FOR t IN SELECT g.tgrelid::regclass AS source, g.tgname FROM pg_trigger AS g"
                + " JOIN pg_constraint AS k ON k.oid = g.tgconstraint WHERE k.conname = 'line_purchase_fkey' LOOP EXECUTE"
                + " format('ALTER TABLE %s " + how + " TRIGGER %I', t.source, t.tgname); END LOOP; END $$";
    }

    @Test
    void triggers_that_are_switched_off_and_on_are_noticed() throws SQLException {
        createAndRefresh("t", QUERY);
        assertNoticed("BEGIN", switched("DISABLE"), "DELETE FROM purchase WHERE id = 7", switched("ENABLE"), "COMMIT");
    }

    @Test
    void a_constraint_that_is_dropped_and_added_is_noticed() throws SQLException {
        createAndRefresh("t", QUERY);
        assertNoticed(
                "ALTER TABLE line DROP CONSTRAINT line_purchase_fkey",
                "DELETE FROM purchase WHERE id = 7",
                "ALTER TABLE line ADD CONSTRAINT line_purchase_fkey FOREIGN KEY (purchase) REFERENCES purchase NOT VALID");
    }

    @Test
    void rows_that_refer_to_nothing_are_found_first() throws SQLException {
        database.execute(
                "SET session_replication_role = replica",
                "DELETE FROM purchase WHERE id = 7",
                "SET session_replication_role = origin");
        createAndRefresh("t", QUERY);
        assertThat(trusted("t")).isEmpty();
        assertNoticed("UPDATE line SET amount = amount + 1 WHERE id = 1");
        database.create("u", QUERY);
        assertThat(trusted("u")).containsExactly("line purchase");
    }

    @Test
    void a_transaction_that_is_open_during_the_check_is_noticed() throws SQLException {
        database.create("l", "SELECT id, purchase, amount FROM line");
        database.create("p", "SELECT id, note FROM purchase");
        try (Connection replica = database.connect()) {
            replica.setAutoCommit(false);
            TestDatabase.execute(replica, "SET LOCAL session_replication_role = replica");
            TestDatabase.execute(replica, "DELETE FROM purchase WHERE id = 7");
            createAndRefresh("t", QUERY);
            assertThat(trusted("t")).containsExactly("line purchase");
            replica.commit();
        }
        assertNoticed("UPDATE line SET amount = amount + 1 WHERE id = 1");
    }

    @Test
    void what_can_be_prevented_by_a_trigger_is_not_relied_on() throws SQLException {
        database.execute(
                "ALTER TABLE line DROP CONSTRAINT line_purchase_fkey",
                "ALTER TABLE line ADD FOREIGN KEY (purchase) REFERENCES purchase ON DELETE CASCADE",
                "CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
                "CREATE TRIGGER stay BEFORE DELETE ON line FOR EACH ROW EXECUTE FUNCTION stay()");
        createAndRefresh("t", QUERY);
        assertNoticed("DELETE FROM purchase WHERE id = 7");
    }

    @Test
    void a_key_goes_on_to_be_relied_on_behind_a_newer_capture() throws SQLException {
        createAndRefresh("t", QUERY);
        database.create(
                "u", "SELECT l.id, l.part, o.kind, o.customer FROM line l JOIN purchase o ON o.id = l.purchase");
        database.execute("UPDATE line SET amount = amount + 1 WHERE id = 2");
        database.assertFollows("t");
        assertThat(trusted("t")).containsExactly("line purchase");
        assertThat(trusted("u")).containsExactly("line part", "line purchase");
        assertNoticed(
                "SET session_replication_role = replica",
                "DELETE FROM purchase WHERE id = 7",
                "SET session_replication_role = origin");
    }
}
