package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Groups of the left side of a left join, with what the right side has for them: rows without a partner need not be followed. */
class GroupedLeftJoinTest {

    private static final int CASES = Integer.getInteger("pgstream.oracle.groupedLeftJoins", 10);

    private static final long SEED = Long.getLong("pgstream.oracle.seed", 20_261_128);

    private static final List<String> TABLES = List.of(
            "CREATE TABLE c (id int PRIMARY KEY, name text COLLATE \"C\", kind int, rate numeric(6,2) NOT NULL)",
            "CREATE TABLE o (id int, c int, x int, p numeric(8,2), q numeric, s text COLLATE \"C\", d date)",
            "CREATE TABLE i (o int, n int NOT NULL)",
            "CREATE INDEX ON o (c)");

    private static final List<String> SOURCES = List.of(
            "o.c LEFT JOIN o.o ON o.c = c.id",
            "o.c LEFT JOIN o.o ON o.c = c.id AND o.x > 1",
            "o.c LEFT JOIN o.o ON o.c = c.kind AND c.rate > 2",
            "o.c LEFT JOIN o.o ON o.x < c.kind",
            "o.o RIGHT JOIN o.c USING (id)",
            "(SELECT * FROM o.c WHERE kind > 0) AS c LEFT JOIN (SELECT * FROM o.o WHERE s <> 'b') AS o ON o.c = c.id",
            "o.c LEFT JOIN o.o ON o.c = c.id LEFT JOIN o.i ON i.o = o.id",
            "o.c LEFT JOIN (o.o JOIN o.i ON i.o = o.id) ON o.c = c.id",
            "(SELECT DISTINCT kind AS id, name, kind, rate FROM o.c) AS c LEFT JOIN o.o ON o.c = c.id");

    private static final List<String> KEYS =
            List.of("c.kind", "c.name", "c.kind, c.name", "c.rate", "c.kind + 1", "upper(c.name), c.kind", "");

    private static final List<String> CALLS = List.of(
            "count(o.x)",
            "count(o.c)",
            "sum(o.x)",
            "sum(o.x * 2 + 1)",
            "sum(o.p * c.rate)",
            "sum(o.q)",
            "avg(o.p)",
            "min(o.d)",
            "max(o.s)",
            "count(DISTINCT o.x)",
            "sum(DISTINCT o.x)",
            "max(c.name)",
            "min(c.kind)",
            "max(c.name) FILTER (WHERE c.kind > 1)",
            "count(o.x) FILTER (WHERE o.s = 'a' OR c.kind = 1)",
            "count(*) FILTER (WHERE o.x > 0)");

    /** With one of these, the rows without a partner count. */
    private static final List<String> OTHERS = List.of(
            "count(*)",
            "count(c.id)",
            "sum(c.rate)",
            "max(coalesce(o.x, c.kind))",
            "max(c.name) FILTER (WHERE o.x IS NULL)",
            "count(*) FILTER (WHERE o.x IS NULL)",
            "string_agg(o.s, ',' ORDER BY o.s)");

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
    void groups_of_the_left_side_are_followed() throws SQLException {
        for (int i = 0; i < CASES; i++) {
            String query = query();
            Pitfall pitfall = new Pitfall(oracle, TABLES).cycle(customers(0, 8), orders(0, 12), items(12));
            for (int cycle = 0; cycle < 4; cycle++) {
                pitfall.cycle(changes(cycle));
            }
            pitfall.maintainsMade(query, random.nextBoolean());
        }
    }

    @Test
    void what_counts_pairs_alone_follows_no_row_without_a_partner() throws SQLException {
        TestDatabase database = TestDatabase.onDefault();
        database.execute(
                "CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL)",
                "CREATE TABLE sale (id int PRIMARY KEY, customer int, amount int NOT NULL)",
                "CREATE INDEX ON sale (customer)");
        String from = " FROM customer AS c LEFT JOIN sale AS s ON s.customer = c.id GROUP BY c.id, c.name";

        assertThat(tree(database, "SELECT c.id, c.name, count(s.id), sum(s.amount)" + from))
                .contains("UnionAll")
                .doesNotContain("LeftJoin");
        assertThat(tree(database, "SELECT c.id, c.name, count(*)" + from)).contains("LeftJoin");
        assertThat(tree(database, "SELECT c.id, max(c.name)" + from)).contains("UnionAll");
    }

    private static String tree(TestDatabase database, String query) {
        return database.engine().explainQuery(query).operatorTree();
    }

    private String query() {
        String keys = pick(KEYS);
        List<String> items = new ArrayList<>();
        if (!keys.isEmpty()) {
            items.add(keys);
        }
        int calls = 1 + random.nextInt(3);
        for (int i = 0; i < calls; i++) {
            items.add(random.nextInt(8) == 0 ? pick(OTHERS) : pick(CALLS));
        }
        List<String> named = new ArrayList<>();
        String[] all = String.join(" ; ", items).split(" ; ");
        for (int i = 0; i < all.length; i++) {
            named.add(i == 0 && !keys.isEmpty() ? columns(keys) : all[i] + " AS a" + i);
        }
        String having = (!keys.isEmpty() && random.nextInt(4) == 0) ? " HAVING count(o.x) <> 1" : "";
        return "SELECT " + String.join(", ", named) + " FROM " + pick(SOURCES)
                + (keys.isEmpty() ? "" : " GROUP BY " + keys) + having;
    }

    private static String columns(String keys) {
        String[] each = keys.split(", ");
        List<String> named = new ArrayList<>();
        for (int i = 0; i < each.length; i++) {
            named.add(each[i] + " AS k" + i);
        }
        return String.join(", ", named);
    }

    private List<String> changes(int cycle) {
        List<String> all = new ArrayList<>(List.of(
                customers(10 * (cycle + 1), 2),
                orders(20 * (cycle + 1), 3),
                items(2),
                "UPDATE c SET kind = kind + 1 WHERE id % 4 = " + random.nextInt(4),
                "UPDATE c SET name = 'z' WHERE id % 5 = " + random.nextInt(5),
                "UPDATE o SET c = c + 1 WHERE id % 3 = " + random.nextInt(3),
                "UPDATE o SET x = x + 1, q = 1.50 WHERE id % 4 = " + random.nextInt(4),
                "DELETE FROM o WHERE id % 4 = " + random.nextInt(4),
                "DELETE FROM c WHERE id % 7 = " + random.nextInt(7),
                "DELETE FROM i WHERE n = " + random.nextInt(4)));
        Collections.shuffle(all, random);
        return List.copyOf(all.subList(0, 4));
    }

    private String customers(int from, int count) {
        return "INSERT INTO c SELECT " + from + " + i, (ARRAY['a', 'b', NULL])[1 + i % 3], nullif(i % 4, 3), i % 5"
                + " FROM generate_series(1, " + count + ") AS i ON CONFLICT DO NOTHING";
    }

    private String orders(int from, int count) {
        return "INSERT INTO o SELECT " + from + " + i, nullif(i % 7, 5) + " + from / 4 + ", nullif(i % 4, 2), i % 6,"
                + " (i % 3) / 2.0, (ARRAY['a', 'b', NULL])[1 + i % 3], DATE '2026-01-01' + i % 4"
                + " FROM generate_series(1, " + count + ") AS i";
    }

    private String items(int count) {
        return "INSERT INTO i SELECT i * 2, i % 4 FROM generate_series(1, " + count + ") AS i";
    }

    private String pick(List<String> list) {
        return list.get(random.nextInt(list.size()));
    }
}
