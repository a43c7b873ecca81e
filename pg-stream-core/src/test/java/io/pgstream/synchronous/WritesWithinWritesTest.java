package io.pgstream.synchronous;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;

/**
 * Statements that are many inside: cascades, triggers that write, parts of a WITH, subtransactions of functions. What follows statements
 * is right after each of them in the eyes of the writer, all is right after the commit, and nothing is kept any longer.
 */
class WritesWithinWritesTest {

    /** Not by TRUNCATE: every plan of the session would be made anew. */
    private static final String FILL = """
            SET session_replication_role = replica;
            DELETE FROM p; DELETE FROM c; DELETE FROM d; DELETE FROM n; DELETE FROM tree;
            INSERT INTO p SELECT i, i % 3, 'p' || i, i * 7 FROM generate_series(1, 8) AS i;
            INSERT INTO c SELECT i, i % 6 + 1, i * 5 % 40, i FROM generate_series(1, 20) AS i;
            INSERT INTO d SELECT i, i, i % 4 + 1, i * 3 FROM generate_series(1, 15) AS i;
            INSERT INTO n SELECT i % 4, 't' || i % 3 FROM generate_series(1, 12) AS i;
            INSERT INTO tree SELECT i, nullif(i / 2, 0), i FROM generate_series(1, 20) AS i;
            SET session_replication_role = origin
            """;

    private static final List<String> QUERIES = List.of(
            "SELECT g, count(*) AS n, sum(v) AS v FROM p GROUP BY g",
            "SELECT c.id, c.v, c.m, p.g, p.name FROM c JOIN p ON p.id = c.p_id",
            "SELECT p.g, count(*) AS n, sum(c.w) AS w, avg(c.v) AS a FROM c JOIN p ON p.id = c.p_id GROUP BY p.g",
            "SELECT p.id, p.g FROM p WHERE EXISTS (SELECT 1 FROM c WHERE c.p_id = p.id AND c.v > 10)",
            "SELECT p.id, p.v FROM p WHERE p.id NOT IN (SELECT p_id FROM d)",
            "SELECT p.id, c.id AS c, d.id AS d, d.v FROM p LEFT JOIN c ON c.p_id = p.id FULL JOIN d ON d.c_id = c.id",
            "SELECT p_id, min(v) AS low, max(w) AS high, count(DISTINCT m) AS ms FROM c GROUP BY p_id",
            "SELECT id, v FROM p UNION SELECT id, v FROM c UNION ALL SELECT k, length(t) FROM n",
            "SELECT id, v, p_id FROM c ORDER BY v DESC, id LIMIT 5",
            "WITH RECURSIVE t AS (SELECT id, v, 0 AS depth FROM tree WHERE parent IS NULL UNION ALL SELECT x.id, x.v, t.depth"
                    + " + 1 FROM tree x JOIN t ON x.parent = t.id) SELECT t.id, t.depth, p.g FROM t LEFT JOIN p ON p.id ="
                    + " t.id",
            "SELECT k, count(*) AS c, string_agg(t, ',' ORDER BY t) AS texts FROM n GROUP BY k");

    private static final Map<String, String> IMMEDIATE = new LinkedHashMap<>();

    private static final Map<String, String> ON_COMMIT = new LinkedHashMap<>();

    private static TestDatabase database;

    private static Connection writer;

    @BeforeAll
    static void create() throws SQLException, IOException {
        database = TestDatabase.onDefault();
        database.execute(lines("tables.txt").toArray(String[]::new));
        database.execute(FILL);
        for (int i = 0; i < QUERIES.size(); i++) {
            create(IMMEDIATE, "i" + i, QUERIES.get(i));
            create(ON_COMMIT, "o" + i, QUERIES.get(i));
        }
        create(IMMEDIATE, "ii", "SELECT p.id, a.n, r.v FROM p JOIN i0 a ON a.g = p.g JOIN i1 r ON r.id = p.id");
        create(
                IMMEDIATE,
                "iii",
                "SELECT n, count(*) AS c FROM ii WHERE NOT EXISTS (SELECT 1 FROM d WHERE d.v = ii.id) GROUP BY n");
        create(
                ON_COMMIT,
                "oi",
                "SELECT a.n, count(*) AS c FROM i0 a JOIN p ON p.g = a.g JOIN c ON c.p_id = p.id GROUP BY a.n");
        create(ON_COMMIT, "oo", "SELECT a.n, o.c, d.id FROM o0 a JOIN oi o ON o.n = a.n LEFT JOIN d ON d.v = o.c");
        database.engine()
                .create(StreamTableDefinition.of("io", "SELECT n, count(*) AS c FROM o0 GROUP BY n")
                        .withMode(RefreshMode.IMMEDIATE));
        ON_COMMIT.put("io", "SELECT n, count(*) AS c FROM o0 GROUP BY n");
        writer = database.begin();
    }

    @AfterAll
    static void end() throws SQLException {
        writer.close();
    }

    private static void create(Map<String, String> tables, String name, String query) {
        RefreshMode mode = (tables == IMMEDIATE) ? RefreshMode.IMMEDIATE : RefreshMode.ON_COMMIT;
        database.engine().create(StreamTableDefinition.of(name, query).withMode(mode));
        tables.put(name, query);
    }

    @ParameterizedTest
    @MethodSource("transactions")
    void everything_is_followed(String transaction) throws SQLException, IOException {
        TestDatabase.execute(writer, FILL);
        writer.commit();
        assertEqual(ON_COMMIT);
        writer.commit();
        boolean older = transaction.startsWith("SET TRANSACTION");
        for (String statement : transaction.split(" ;; ")) {
            write(statement);
            if (!older) {
                assertEqual(IMMEDIATE);
            }
        }
        writer.commit();
        assertEqual(IMMEDIATE);
        assertEqual(ON_COMMIT);
        assertNothingIsKept();
        writer.commit();
    }

    private static List<String> transactions() throws IOException {
        return lines("writes.txt");
    }

    private static List<String> lines(String file) throws IOException {
        try (InputStream in = WritesWithinWritesTest.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }

    private static void write(String statement) throws SQLException, IOException {
        if (statement.startsWith("COPY ")) {
            String[] parts = statement.split("!");
            writer.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn(parts[0], new StringReader(parts[1].replace('|', '\n')));
        } else if (statement.startsWith("FAIL ")) {
            TestDatabase.execute(writer, "SAVEPOINT fails");
            assertThatThrownBy(() -> TestDatabase.execute(writer, statement.substring("FAIL ".length())))
                    .isInstanceOf(SQLException.class);
            TestDatabase.execute(writer, "ROLLBACK TO SAVEPOINT fails");
        } else {
            TestDatabase.execute(writer, statement);
        }
    }

    /** As the writer sees it. */
    private static void assertEqual(Map<String, String> tables) throws SQLException {
        for (Map.Entry<String, String> table : tables.entrySet()) {
            String query = "SELECT whole::text FROM (" + table.getValue() + ") AS whole";
            String stored = "SELECT whole::text FROM " + table.getKey() + " AS whole";
            assertThat(column("(" + query + " EXCEPT ALL " + stored + ") UNION ALL (" + stored + " EXCEPT ALL " + query
                            + ")"))
                    .as("rows that %s lacks or should not have: %s", table.getKey(), table.getValue())
                    .isEmpty();
        }
    }

    private static void assertNothingIsKept() throws SQLException {
        List<String> kept =
                column("SELECT c.oid::regclass FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid"
                        + " WHERE c.relkind = 'r' AND a.attname = 'kept'");
        assertThat(kept).isNotEmpty();
        for (String table : kept) {
            assertThat(column("SELECT 'a row' FROM " + table)).as(table).isEmpty();
        }
    }

    private static List<String> column(String query) throws SQLException {
        try (Statement statement = writer.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> values = new java.util.ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }
}
