package io.pgstream.oracle;

import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Window functions that only look back, of which the beginning of a partition stays as it is, and others that seem to. */
class WindowsLookBackTest {

    private static final int CASES = Integer.getInteger("pgstream.oracle.windowCases", 6);

    private static final long SEED = Long.getLong("pgstream.oracle.seed", 20_261_127);

    private static final List<String> TABLES = List.of(
            "CREATE TABLE e (id int PRIMARY KEY, g int, h int NOT NULL, t int NOT NULL, u timestamp NOT NULL, n int,"
                    + " x int, s text NOT NULL)",
            "CREATE INDEX ON e (h)");

    private static final List<String> PARTITIONS = List.of("g", "h", "h, g", "h, s");

    /** Most cases have one order for all functions, as sessions and running sums have. */
    private static final List<String> ORDERS = List.of(
            "t", "t DESC", "u", "t, id", "t DESC, id DESC", "h, t, id", "n, id", "s", "t + 0", "u DESC NULLS LAST");

    private static final List<String> FUNCTIONS = List.of(
            "count(*)",
            "count(*) FILTER (WHERE x > 2)",
            "sum(x)",
            "avg(x)",
            "max(x)",
            "rank()",
            "dense_rank()",
            "min(t)",
            "lag(t)",
            "lag(x, 1)",
            "lag(x, -1)",
            "lead(x)",
            "first_value(t)",
            "last_value(t)",
            "nth_value(t, 2)",
            "cume_dist()",
            "string_agg(s, ' OVER (ORDER BY ')");

    private static final List<String> FRAMES = List.of(
            "",
            "",
            "",
            " ROWS BETWEEN 2 PRECEDING AND CURRENT ROW",
            " ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING",
            " ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING",
            " GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW",
            " RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
            " ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW");

    private static Oracle oracle;

    private final Random random = new Random(SEED);

    @BeforeAll
    static void start() {
        oracle = new Oracle(TestServer.current());
    }

    @AfterAll
    static void stop() throws SQLException {
        oracle.close();
    }

    @Test
    void partitions_are_followed_wherever_their_first_changed_row_stands() throws SQLException {
        for (int i = 0; i < CASES; i++) {
            String query = query();
            Pitfall pitfall = new Pitfall(oracle, TABLES).cycle(insert(0, 40));
            for (int cycle = 0; cycle < 5; cycle++) {
                pitfall.cycle(changes(cycle));
            }
            pitfall.maintainsMade(query, random.nextBoolean());
        }
    }

    /** One level of windows, or two, the upper one above values and a filter of the lower one. */
    private String query() {
        String partition = pick(PARTITIONS);
        String order = pick(ORDERS);
        String lower = "SELECT id, g, h, t, u, n, x, s, " + function(partition, order) + " AS a, "
                + function(partition, random.nextInt(4) == 0 ? pick(ORDERS) : order) + " AS b FROM o.e";
        if (random.nextInt(3) == 0) {
            return lower;
        }
        String upper = "SELECT " + (random.nextBoolean() ? "id, " : "")
                + "g, h, t, a, b, count(*) FILTER (WHERE a IS NULL) OVER (PARTITION BY "
                + partition + " ORDER BY " + (random.nextInt(5) == 0 ? pick(ORDERS) : order) + ") AS c FROM (" + lower
                + ") AS l"
                + (random.nextBoolean() ? "" : " WHERE b::text IS DISTINCT FROM a::text");
        return random.nextBoolean()
                ? upper
                : "SELECT h, c, count(*) AS n, min(t) AS first, max(t) AS last FROM (" + upper + ") AS w GROUP BY h, c";
    }

    private String function(String partition, String order) {
        String function = pick(FUNCTIONS);
        boolean ranks = function.matches("(rank|dense_rank|lag|lead|cume_dist).*");
        // Rows that sort alike come in any order: only functions that treat them alike may have such an order.
        boolean whole = order.endsWith("id") || order.endsWith("id DESC");
        String frame = ranks || (!whole && function.matches("(string_agg|nth_value).*")) ? "" : pick(FRAMES);
        String unique = whole || function.matches("(rank|dense_rank|cume_dist).*") ? order : order + ", id";
        return function + " OVER (PARTITION BY " + partition + " ORDER BY " + unique + frame + ")";
    }

    private List<String> changes(int cycle) {
        int at = 100 * (cycle + 1);
        List<String> statements = new ArrayList<>(List.of(
                insert(at, 1 + random.nextInt(8)),
                // Events that come late.
                "INSERT INTO e SELECT " + (at + 50)
                        + " + i, i % 4, i % 3, i, TIMESTAMP '2025-01-01' + i * interval '1 h', i, i, 's'"
                        + " FROM generate_series(1, 3) AS i",
                "DELETE FROM e WHERE id % 9 = " + random.nextInt(9),
                "UPDATE e SET t = t + " + (random.nextInt(40) - 20) + " WHERE id % 8 = " + random.nextInt(8),
                "UPDATE e SET x = nullif((x + 1) % 5, 0) WHERE id % 11 = " + random.nextInt(11),
                "UPDATE e SET h = (h + 1) % 3, n = NULL WHERE id % 13 = " + random.nextInt(13),
                "UPDATE e SET g = nullif(" + random.nextInt(3) + ", 0), u = u - interval '5 h' WHERE id % 10 = "
                        + random.nextInt(10)));
        Collections.shuffle(statements, random);
        return List.copyOf(statements.subList(0, 1 + random.nextInt(3)));
    }

    private String insert(int from, int rows) {
        return "INSERT INTO e SELECT i, nullif(i % 4, 0), i % 3, i / 2, TIMESTAMP '2025-01-01' + i * interval '1 h', nullif(i % 5, 1), i % 6,"
                + " chr(97 + i % 4) FROM generate_series(" + from + ", " + (from + rows - 1) + ") AS i";
    }

    private String pick(List<String> list) {
        return list.get(random.nextInt(list.size()));
    }
}
