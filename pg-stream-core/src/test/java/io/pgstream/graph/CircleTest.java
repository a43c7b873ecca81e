package io.pgstream.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableAlteration;
import io.pgstream.engine.EngineSettings;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class CircleTest {

    @Test
    void walk() throws SQLException {
        TestDatabase database = TestDatabase.circular(TestServer.current().newDatabase());
        database.execute(
                "CREATE TABLE edge (s int, d int)", "INSERT INTO edge VALUES (1, 2), (2, 3), (3, 1), (3, 4), (7, 8)");
        database.create("path", "SELECT s, d FROM edge UNION SELECT s, d FROM edge");
        database.create("step", "SELECT p.s, e.d FROM path p JOIN edge e ON e.s = p.d");
        database.engine().alter("path", StreamTableAlteration.query("SELECT s, d FROM edge UNION SELECT s, d FROM step"));
        System.out.println(database.engine().refresh("path"));
        System.out.println(database.column("SELECT * FROM path p ORDER BY p"));
        for (String change : new String[] {
            "INSERT INTO edge VALUES (4, 5)", "INSERT INTO edge VALUES (8, 1)", "DELETE FROM edge WHERE s = 3", "UPDATE edge SET d = 3 WHERE s = 7"
        }) {
            database.execute(change);
            System.out.println(database.engine().refresh("step"));
            System.out.println(database.engine().refresh("path"));
            database.assertEqual("path");
            database.assertEqual("step");
            assertThat(database.column("(TABLE path EXCEPT ALL " + TC + ") UNION ALL (" + TC + " EXCEPT ALL TABLE path)")).isEmpty();
        }
    }
    static final String TC = "(WITH RECURSIVE t AS (SELECT s, d FROM edge UNION SELECT t.s, e.d FROM t JOIN edge e ON e.s = t.d) TABLE t)";
}
