package io.pgstream.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.support.Session;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short question at the beginning of a refresh has another answer whenever the long one has. */
class RelianceTest {

    private static final String CAPTURED =
            "DO $$ DECLARE t record; BEGIN FOR t IN SELECT g.tgrelid::regclass AS source, g.tgname,"
                    + " g.tgfoid::regproc AS f FROM pg_trigger AS g WHERE g.tgrelid = 'u.b'::regclass AND g.tgname LIKE '%%_delete' LOOP"
                    + " EXECUTE format('%s', t.source, t.tgname, t.f); END LOOP; END $$";

    private static final List<String> TABLES = List.of(
            "CREATE SCHEMA u",
            "CREATE TABLE a (id int PRIMARY KEY, v int NOT NULL, n text)",
            "CREATE TABLE u.b (id int PRIMARY KEY, k int NOT NULL, z int)",
            "CREATE TABLE other (id int)",
            "CREATE TABLE part (id int NOT NULL, x int) PARTITION BY RANGE (id)",
            "CREATE TABLE p1 PARTITION OF part FOR VALUES FROM (0) TO (100)",
            "CREATE VIEW w AS SELECT id, n FROM a WHERE v > 0",
            "CREATE FUNCTION inner_one(v int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN v + 1; END'",
            "CREATE FUNCTION outer_one(v int) RETURNS int IMMUTABLE RETURN inner_one(v) * 2");

    private static final String QUERY = "SELECT a.id, outer_one(a.v) AS y, b.k, p.x, w.n FROM a JOIN u.b ON b.id = a.id"
            + " JOIN part AS p ON p.id = a.id JOIN w ON w.id = a.id";

    /** After each of these something else is read by the long statement. */
    private static final List<String> ALTERATIONS = List.of(
            "ALTER TABLE u.b ALTER k TYPE bigint",
            "ALTER TABLE u.b ALTER k DROP NOT NULL",
            "ALTER TABLE u.b RENAME k TO l",
            "ALTER TABLE u.b RENAME l TO k",
            "ALTER TABLE u.b DROP CONSTRAINT b_pkey",
            "ALTER TABLE u.b ADD PRIMARY KEY (id)",
            "CREATE UNIQUE INDEX of_k ON u.b (id, k)",
            "DROP INDEX u.of_k",
            "ALTER TABLE u.b ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE u.b DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE u.b DISABLE TRIGGER ALL",
            "ALTER TABLE u.b ENABLE TRIGGER ALL",
            "ALTER TABLE u.b RENAME TO c",
            "ALTER TABLE u.c RENAME TO b",
            "ALTER TABLE u.b SET SCHEMA public",
            "ALTER TABLE b SET SCHEMA u",
            "ALTER SCHEMA u RENAME TO v",
            "ALTER SCHEMA v RENAME TO u",
            "TRUNCATE u.b",
            "VACUUM FULL u.b",
            "CREATE RULE r AS ON UPDATE TO u.b WHERE old.k > 5 DO ALSO SELECT 1",
            "DROP RULE r ON u.b",
            "CREATE TABLE child () INHERITS (u.b)",
            "DROP TABLE child",
            "CREATE OR REPLACE VIEW w AS SELECT id, n FROM a WHERE v > 1",
            "CREATE TABLE p2 PARTITION OF part FOR VALUES FROM (100) TO (200)",
            "ALTER TABLE part DETACH PARTITION p2",
            "ALTER TABLE part ATTACH PARTITION p2 FOR VALUES FROM (100) TO (200)",
            "ALTER TABLE p1 DISABLE TRIGGER ALL",
            "ALTER TABLE p1 ENABLE TRIGGER ALL",
            "TRUNCATE p1",
            "DROP TABLE p2",
            "CREATE OR REPLACE FUNCTION inner_one(v int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN v + 3; END'",
            "CREATE OR REPLACE FUNCTION outer_one(v int) RETURNS int IMMUTABLE RETURN inner_one(v) * 3",
            "ALTER TABLE t ADD COLUMN more int",
            "ALTER TABLE t DROP COLUMN more",
            "ALTER TABLE t RENAME COLUMN y TO yy",
            "ALTER TABLE t RENAME COLUMN yy TO y",
            "ALTER TABLE t RENAME TO tt",
            "ALTER TABLE tt RENAME TO t",
            "ALTER TABLE t ADD CONSTRAINT key_of_a FOREIGN KEY (id) REFERENCES a",
            "ALTER TABLE t DROP CONSTRAINT key_of_a",
            CAPTURED.formatted("CREATE TRIGGER again AFTER DELETE ON other EXECUTE FUNCTION %3$s()"),
            "DROP TRIGGER again ON other",
            CAPTURED.formatted("ALTER FUNCTION %3$s() RENAME TO lost"),
            "ALTER FUNCTION pgstream_changes.lost() RENAME TO capture_2; "
                    + CAPTURED.formatted("DROP TRIGGER %2$I ON %1$s"),
            "UPDATE pgstream.pgs_dependencies SET fingerprint = 'x' WHERE source_relid = 'a'::regclass",
            "UPDATE pgstream.pgs_stream_tables SET version = version + 1",
            "UPDATE pgstream.pgs_stream_tables SET target_fingerprint = 'x'",
            "UPDATE pgstream.pgs_used_functions SET fingerprint = 'x'",
            "INSERT INTO pgstream.pgs_captures (source_relid, source_name, columns) SELECT source_relid, source_name, columns"
                    + " FROM pgstream.pgs_captures WHERE source_relid = 'a'::regclass",
            "DROP TABLE u.b CASCADE");

    /** After none of these the short question may have another answer, or it would be asked for nothing. */
    private static final List<String> USUAL = List.of(
            "INSERT INTO u.b VALUES (1, 2, 3)",
            "UPDATE a SET n = n || 'x'",
            "ANALYZE",
            "CREATE TABLE unrelated (id int PRIMARY KEY); DROP TABLE unrelated",
            "CREATE TEMPORARY TABLE passing AS SELECT 1; DROP TABLE passing");

    /** What says yes or no only has to say no again before the next alteration. */
    private static final String SETTLED =
            "UPDATE pgstream.pgs_used_functions SET fingerprint = pgstream.functions_fingerprint(functions)";

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void every_alteration_gives_the_short_question_another_answer(int version) throws SQLException {
        TestDatabase database = TestDatabase.on(version);
        database.execute(TABLES.toArray(String[]::new));
        database.create("t", QUERY);
        database.execute("INSERT INTO a SELECT i, i, i FROM generate_series(1, 9) AS i");
        database.engine().refresh("t");
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            Session session = new Session(connection);
            FrontierQuery query = new Catalog("pgstream").frontier(1);
            FrontierRow before = query.read(session, "true", "");
            assertThat(Reliance.settled(before)).isTrue();
            Reliance reliance = Reliance.of(session, "pgstream", 1, before);
            for (String usual : USUAL) {
                statement.execute(usual);
                assertThat(answer(session, reliance)).as(usual).isEqualTo(reliance.answer());
            }
            for (String alteration : ALTERATIONS) {
                statement.execute(alteration);
                FrontierRow after = query.read(session, "true", "");
                assertThat(said(after)).as(alteration).isNotEqualTo(said(before));
                assertThat(answer(session, reliance)).as(alteration).isNotEqualTo(reliance.answer());
                statement.execute(SETTLED);
                before = query.read(session, "true", "");
                reliance = Reliance.of(session, "pgstream", 1, before);
            }
        }
    }

    @Test
    void a_refresh_reads_everything_again_only_after_something_has_changed() throws SQLException {
        TestDatabase database = TestDatabase.onDefault();
        database.execute("CREATE TABLE a (id int PRIMARY KEY, v int NOT NULL)");
        database.create("t", "SELECT v, count(*) AS n FROM a GROUP BY v");
        for (int i = 1; i < 4; i++) {
            database.execute("INSERT INTO a VALUES (" + i + ", 1)");
            database.engine().refresh("t");
        }
        database.execute(
                "CREATE OR REPLACE FUNCTION pgstream.source_fingerprint(source oid, capture bigint, captured text[]) RETURNS text"
                        + " LANGUAGE plpgsql STABLE AS 'BEGIN RAISE EXCEPTION ''everything is read''; END'",
                "INSERT INTO a VALUES (4, 1)");

        database.engine().refresh("t");
        assertThat(database.value("SELECT n FROM t")).isEqualTo("4");

        database.execute("GRANT SELECT ON a TO PUBLIC", "INSERT INTO a VALUES (5, 1)");
        assertThatThrownBy(() -> database.engine().refresh("t")).hasMessageContaining("everything is read");
    }

    private static long answer(Session session, Reliance reliance) throws SQLException {
        return session.one("SELECT " + reliance.question(), row -> row.getLong(1));
    }

    private static List<Object> said(FrontierRow read) {
        return List.of(read.version(), read.surroundings(), read.sources());
    }
}
