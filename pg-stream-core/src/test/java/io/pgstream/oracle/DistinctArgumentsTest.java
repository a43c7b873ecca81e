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

/** Aggregates over different values of several arguments, filtered, beside others, over tables, joins and unions. */
class DistinctArgumentsTest {

    private static final int CASES = Integer.getInteger("pgstream.oracle.distinctCases", 6);

    private static final long SEED = Long.getLong("pgstream.oracle.seed", 20_261_127);

    private static final List<String> TABLES = List.of(
            "CREATE DOMAIN small AS int CHECK (VALUE < 1000)",
            "CREATE TYPE mood AS ENUM ('low', 'high')",
            "CREATE TABLE t (id int PRIMARY KEY, g int, h text COLLATE \"C\", x int, y bigint NOT NULL, p numeric(10,2),"
                    + " q numeric, f float8, s text, v varchar(8), d date, m mood, w small)",
            "CREATE TABLE u (k int, z int)",
            "INSERT INTO u SELECT i % 5, i FROM generate_series(1, 12) AS i");

    private static final List<String> SOURCES = List.of(
            "o.t",
            "o.t",
            "o.t WHERE y > 1",
            "o.t JOIN o.u ON u.k = t.g",
            "o.t LEFT JOIN o.u ON u.k = t.x",
            "(SELECT * FROM o.t UNION ALL SELECT * FROM o.t WHERE x > 2) AS t",
            "(SELECT DISTINCT g, h, x, y, p, q, f, s, v, d, m, w FROM o.t) AS t");

    private static final List<String> KEYS =
            List.of("", "g", "h", "g, h", "m", "y % 3", "to_char(d, 'YYYY-MM')", "w", "q", "v, g");

    private static final List<String> DISTINCT = List.of(
            "count(DISTINCT x)",
            "count(DISTINCT s)",
            "count(DISTINCT y)",
            "count(DISTINCT q)",
            "count(DISTINCT f)",
            "count(DISTINCT w)",
            "count(DISTINCT m)",
            "sum(DISTINCT x)",
            "sum(DISTINCT y)",
            "sum(DISTINCT p)",
            "sum(DISTINCT q)",
            "avg(DISTINCT x)",
            "avg(DISTINCT p)");

    private static final List<String> OTHERS = List.of(
            "count(*)",
            "count(x)",
            "count(t.*)",
            "sum(x)",
            "sum(x + 1)",
            "sum(y)",
            "sum(p * 2)",
            "sum(q)",
            "avg(y)",
            "avg(p)",
            "min(x)",
            "max(w)",
            "max(v)",
            "min(s || 'x')",
            "max(d)",
            "min(m)",
            "max(h)",
            "max(to_char(d, 'YYYY'))",
            "sum(f)");

    private static final List<String> FILTERS = List.of(
            "x > 2", "s = 'b'", "y % 2 = 0", "p IS NULL", "m = 'low' OR s IS NOT NULL", "true", "x BETWEEN 1 AND y");

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
    void different_values_of_several_arguments_are_followed() throws SQLException {
        for (int i = 0; i < CASES; i++) {
            String query = query();
            Pitfall pitfall = new Pitfall(oracle, TABLES).cycle(insert(0, 30));
            for (int cycle = 0; cycle < 4; cycle++) {
                pitfall.cycle(changes(cycle));
            }
            pitfall.maintainsMade(query, random.nextBoolean());
        }
    }

    private String query() {
        String key = pick(KEYS);
        List<String> calls = new ArrayList<>();
        for (int i = 2 + random.nextInt(4); i > 0; i--) {
            calls.add(filtered(pick(DISTINCT)));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            calls.add(filtered(pick(OTHERS)));
        }
        Collections.shuffle(calls, random);
        StringBuilder items = new StringBuilder();
        for (int i = 0; i < calls.size(); i++) {
            items.append(i == 0 ? "" : ", ")
                    .append(calls.get(i))
                    .append(" AS c")
                    .append(i);
        }
        String having = random.nextInt(4) == 0 ? " HAVING " + pick(DISTINCT) + " > 1" : "";
        String columns = key.isEmpty()
                ? ""
                : key.replace("(d, ", "(d@ ").replace(", ", " AS k1, ").replace('@', ',') + " AS k2, ";
        return "SELECT " + columns + items + " FROM " + pick(SOURCES) + (key.isEmpty() ? "" : " GROUP BY " + key)
                + having;
    }

    private String filtered(String call) {
        return random.nextBoolean() ? call : call + " FILTER (WHERE " + pick(FILTERS) + ")";
    }

    private List<String> changes(int cycle) {
        List<String> statements = new ArrayList<>(List.of(
                insert(100 * (cycle + 1), 1 + random.nextInt(12)),
                "DELETE FROM t WHERE id % 7 = " + random.nextInt(7),
                "UPDATE t SET x = nullif((x + 1) % 5, 0), p = p + 1, s = NULL WHERE id % 4 = " + random.nextInt(4),
                "UPDATE t SET g = nullif(" + random.nextInt(3) + ", 0), m = 'high', w = id % 3 WHERE id % 5 = "
                        + random.nextInt(5),
                "UPDATE u SET k = " + random.nextInt(5) + " WHERE z % 3 = " + random.nextInt(3),
                "DELETE FROM t WHERE g = " + random.nextInt(3)));
        Collections.shuffle(statements, random);
        return List.copyOf(statements.subList(0, 1 + random.nextInt(3)));
    }

    private String insert(int from, int rows) {
        return "INSERT INTO t SELECT i, nullif(i % 4, 0), nullif('h' || i % 3, 'h0'), nullif(i % 5, 1), i % 6, (i % 7) / 2.0,"
                + " CASE i % 3 WHEN 0 THEN 1.0 WHEN 1 THEN 1.00 END, i % 2, nullif(chr(97 + i % 4), 'a'), 'v' || i % 3,"
                + " DATE '2025-01-01' + i % 60, (ARRAY['low', 'high', NULL]::mood[])[1 + i % 3], i % 4 FROM generate_series("
                + from + ", " + (from + rows - 1) + ") AS i";
    }

    private String pick(List<String> list) {
        return list.get(random.nextInt(list.size()));
    }
}
