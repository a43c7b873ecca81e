package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Circles of stream tables under random changes of small graphs, most of which have circles themselves. After each refresh
 * every member equals its query over the members, and all of them are the least such tables: those of a recursive query over the
 * base tables.
 */
class CircleOracleTest {

    private static final int STEPS = Integer.getInteger("pgstream.oracle.circles", 4);

    private static final long SEED = Long.getLong("pgstream.oracle.seed", System.nanoTime());

    private static final String CLOSURE = "WITH RECURSIVE t AS (SELECT s, d FROM edge UNION SELECT t.s, e.d FROM t JOIN"
            + " edge e ON e.s = t.d) SELECT s, d FROM t";

    /** What circle it is, its members with their queries, and what each of them must be. */
    private record Circle(String name, Map<String, String> queries, Map<String, String> least) {

        Circle(String name) {
            this(name, new TreeMap<>(), new TreeMap<>());
        }

        Circle member(String table, String query, String expected) {
            queries.put(table, query);
            least.put(table, expected);
            return this;
        }
    }

    private static List<Circle> circles() {
        String parity =
                "WITH RECURSIVE t AS (SELECT id AS n, 0 AS odd FROM start UNION SELECT e.d, 1 - t.odd FROM t JOIN"
                        + " edge e ON e.s = t.n) SELECT n FROM t WHERE odd = ";
        String chart = "WITH RECURSIVE t AS (SELECT id, id AS top, 0 AS depth FROM staff WHERE boss IS NULL UNION ALL"
                + " SELECT s.id, t.top, t.depth + 1 FROM t JOIN staff s ON s.boss = t.id) SELECT id, top, depth FROM t";
        String generation = "WITH RECURSIVE t AS (SELECT a.s AS x, b.s AS y FROM edge a JOIN edge b ON b.d = a.d UNION"
                + " SELECT a.s, b.s FROM t JOIN edge a ON a.d = t.x JOIN edge b ON b.d = t.y) SELECT x, y FROM t";
        String walled =
                "WITH RECURSIVE t AS (SELECT id AS n FROM start UNION SELECT e.d FROM t JOIN edge e ON e.s = t.n"
                        + " WHERE NOT EXISTS (SELECT FROM wall w WHERE w.id = e.d)) SELECT n FROM t";
        return List.of(
                new Circle("a table that reads itself")
                        .member(
                                "walk",
                                "SELECT s, d FROM edge UNION SELECT p.s, e.d FROM walk p JOIN edge e ON e.s = p.d",
                                CLOSURE),
                new Circle("a table that is joined with itself")
                        .member(
                                "leap",
                                "SELECT s, d FROM edge UNION SELECT p.s, q.d FROM leap p JOIN leap q ON q.s = p.d",
                                CLOSURE),
                new Circle("two tables")
                        .member("path", "SELECT s, d FROM edge UNION SELECT s, d FROM step", CLOSURE)
                        .member(
                                "step",
                                "SELECT p.s, e.d FROM path p JOIN edge e ON e.s = p.d",
                                "SELECT p.s, e.d FROM (" + CLOSURE + ") p JOIN edge e ON e.s = p.d"),
                new Circle("even and odd")
                        .member(
                                "even",
                                "SELECT id AS n FROM start UNION SELECT e.d FROM odd o JOIN edge e ON e.s = o.n",
                                parity + 0)
                        .member("odd", "SELECT DISTINCT e.d AS n FROM even v JOIN edge e ON e.s = v.n", parity + 1),
                new Circle("an org chart as a bag")
                        .member(
                                "chart",
                                "SELECT id, id AS top, 0 AS depth FROM staff WHERE boss IS NULL UNION ALL SELECT id, top,"
                                        + " depth FROM below",
                                chart)
                        .member(
                                "below",
                                "SELECT s.id, c.top, c.depth + 1 AS depth FROM chart c JOIN staff s ON s.boss = c.id",
                                chart + " WHERE depth > 0"),
                new Circle("same generation, by EXISTS and DISTINCT")
                        .member(
                                "cousin",
                                "SELECT a.s AS x, b.s AS y FROM edge a JOIN edge b ON b.d = a.d UNION SELECT x, y FROM"
                                        + " nearly",
                                generation)
                        .member(
                                "nearly",
                                "SELECT DISTINCT a.s AS x, b.s AS y FROM edge a, edge b WHERE EXISTS (SELECT FROM cousin c"
                                        + " WHERE c.x = a.d AND c.y = b.d)",
                                "SELECT DISTINCT a.s AS x, b.s AS y FROM edge a, edge b WHERE EXISTS (SELECT FROM ("
                                        + generation + ") c WHERE c.x = a.d AND c.y = b.d)"),
                new Circle("with an anti join, a left join and an IN outside of the circle")
                        .member(
                                "reach",
                                "SELECT id AS n FROM start UNION SELECT d FROM hop WHERE NOT EXISTS (SELECT FROM wall w"
                                        + " WHERE w.id = hop.d)",
                                walled)
                        .member(
                                "hop",
                                "SELECT r.n, e.d, w.id AS wall FROM (SELECT s, d FROM edge) e JOIN reach r ON e.s = r.n LEFT"
                                        + " JOIN wall w ON w.id = r.n WHERE e.s IN (SELECT n FROM reach)",
                                "SELECT r.n, e.d, w.id AS wall FROM edge e JOIN (" + walled
                                        + ") r ON e.s = r.n LEFT JOIN" + " wall w ON w.id = r.n"));
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void every_circle_is_the_least_that_equals_its_queries(int version) throws SQLException {
        TestDatabase database = TestDatabase.circular(TestServer.of(version));
        Random random = new Random(SEED);
        database.execute(
                "CREATE TABLE edge (s int, d int)",
                "CREATE TABLE start (id int)",
                "CREATE TABLE wall (id int)",
                "CREATE TABLE staff (id int PRIMARY KEY, boss int)",
                "INSERT INTO edge VALUES (1, 2), (2, 3), (3, 1), (3, 4)",
                "INSERT INTO start VALUES (1), (1)",
                "INSERT INTO staff SELECT i, nullif(i / 2, 0) FROM generate_series(1, 9) AS i");
        for (Circle circle : circles()) {
            List<StreamTableDefinition> definitions = new ArrayList<>();
            circle.queries().forEach((name, query) -> definitions.add(StreamTableDefinition.of(name, query)));
            database.engine().createTogether(definitions);
            assertLeast(database, circle, "the beginning");
        }
        Set<RefreshOutcome> outcomes = EnumSet.noneOf(RefreshOutcome.class);
        for (int step = 0; step < STEPS; step++) {
            List<String> changes = changes(random, step);
            database.execute(changes.toArray(String[]::new));
            for (Circle circle : circles()) {
                String one = List.copyOf(circle.queries().keySet())
                        .get(random.nextInt(circle.queries().size()));
                RefreshResult result = database.engine().refresh(one);
                outcomes.add(result.outcome());
                if (step % 2 == 0) {
                    assertThat(result.outcome())
                            .as("%s after %s: %s", circle.name(), changes, result.reason())
                            .isNotEqualTo(RefreshOutcome.FULL);
                }
                assertLeast(database, circle, "seed " + SEED + ", step " + step + ": " + changes + ", " + result);
            }
        }
        assertThat(outcomes).contains(RefreshOutcome.DIFFERENTIAL, RefreshOutcome.FULL);
    }

    private static void assertLeast(TestDatabase database, Circle circle, String when) throws SQLException {
        for (String name : circle.queries().keySet()) {
            for (String query :
                    List.of(circle.queries().get(name), circle.least().get(name))) {
                assertThat(database.column(
                                "(SELECT q::text FROM (" + query + ") q EXCEPT ALL SELECT t::text FROM " + name
                                        + " t) UNION ALL (SELECT t::text FROM " + name
                                        + " t EXCEPT ALL SELECT q::text FROM (" + query + ") q)"))
                        .as("%s, %s, after %s", circle.name(), name, when)
                        .isEmpty();
            }
        }
    }

    /** Only new rows in every other step, and in the others something goes; trees stay trees. */
    private static List<String> changes(Random random, int step) {
        List<String> changes = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            int a = random.nextInt(7);
            int b = random.nextInt(7);
            changes.add(step % 2 == 0 ? addition(random, a, b) : anything(random, a, b));
        }
        if (step % 2 == 1) {
            changes.add("DELETE FROM staff WHERE id = (SELECT max(id) FROM staff)");
            changes.add("DELETE FROM edge WHERE ctid = (SELECT min(ctid) FROM edge)");
            changes.add("DELETE FROM start WHERE ctid = (SELECT min(ctid) FROM start)");
            changes.add("INSERT INTO start VALUES (1)");
        }
        return changes;
    }

    private static String addition(Random random, int a, int b) {
        return switch (random.nextInt(4)) {
            case 0 -> "INSERT INTO start VALUES (" + a + ")";
            case 1 ->
                "INSERT INTO staff SELECT coalesce(max(id), 0) + 1, "
                        + (b == 0 ? "NULL" : "max(id) - least(max(id) - 1, " + a + ")")
                        + " FROM staff";
            default -> "INSERT INTO edge VALUES (" + a + ", " + b + ")";
        };
    }

    private static String anything(Random random, int a, int b) {
        return switch (random.nextInt(9)) {
            case 0 -> "DELETE FROM start WHERE id = " + a;
            case 1 -> "UPDATE edge SET s = " + a + " WHERE d = " + b;
            case 2 -> "INSERT INTO wall VALUES (" + a + ")";
            case 3 -> "DELETE FROM wall WHERE id = " + a;
            case 4 -> "DELETE FROM staff WHERE id = " + (2 + a);
            case 5 -> "UPDATE staff SET boss = id - 1 - " + b + " WHERE id > 8 AND id % 3 = " + a % 3;
            case 6 -> "UPDATE staff SET boss = NULL WHERE id = " + a;
            case 7 -> "UPDATE edge SET s = d, d = s";
            default -> "DELETE FROM edge WHERE s = " + a + " OR d = " + b;
        };
    }
}
