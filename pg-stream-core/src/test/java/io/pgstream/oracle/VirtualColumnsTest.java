package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Generated columns that PostgreSQL 18 does not store, and those of which the expression is altered. */
class VirtualColumnsTest {

    private static final String TABLE = "CREATE TABLE sale (id int PRIMARY KEY, n int NOT NULL, price numeric(8,2),"
            + " total numeric GENERATED ALWAYS AS (n * price) VIRTUAL, big boolean GENERATED ALWAYS AS (n > 3) VIRTUAL,"
            + " label text COLLATE \"C\" GENERATED ALWAYS AS ('n' || n) VIRTUAL)";

    private static final List<String> QUERIES = List.of(
            "SELECT id, total, big, label FROM sale",
            "SELECT big, sum(total) AS total, max(label) AS label, count(*) AS rows FROM sale GROUP BY big",
            "SELECT l.id, r.id AS dearer FROM sale AS l LEFT JOIN sale AS r ON r.n = l.n AND r.total > l.total",
            "SELECT id, (SELECT count(*) FROM sale AS i WHERE i.total > o.total AND i.big) AS c FROM sale AS o",
            "SELECT id, rank() OVER (PARTITION BY big ORDER BY total NULLS FIRST) AS place FROM sale",
            "SELECT s.id, to_jsonb(s) AS row FROM sale AS s WHERE s.big AND s.label > 'n3'");

    @Test
    void are_computed_of_the_columns_that_are_stored() throws Exception {
        for (RefreshMode mode : List.of(RefreshMode.DIFFERENTIAL, RefreshMode.IMMEDIATE)) {
            List<Scenario.StreamTable> tables = IntStream.range(0, QUERIES.size())
                    .filter(i -> mode == RefreshMode.DIFFERENTIAL || i < 2)
                    .mapToObj(i -> new Scenario.StreamTable("st" + i, QUERIES.get(i), mode, false))
                    .toList();
            Scenario scenario = new Scenario(
                    "virtual",
                    List.of(TABLE, "INSERT INTO sale SELECT i, i % 6, i * 1.25 FROM generate_series(1, 12) AS i"),
                    tables,
                    List.of(
                            List.of(
                                    "UPDATE sale SET n = 5 WHERE id < 3",
                                    "INSERT INTO sale VALUES (20, 9, 2.50), (21, 1, NULL)"),
                            List.of(
                                    "DELETE FROM sale WHERE n = 4",
                                    "UPDATE sale SET price = price + 1 WHERE id % 2 = 0")),
                    false);
            try (Oracle oracle = new Oracle(TestServer.of(18))) {
                assertThat(oracle.play(scenario).failure())
                        .as(scenario.script())
                        .isNull();
            }
        }
    }

    /** No row is written, and a refresh has nothing to follow. */
    @ParameterizedTest
    @EnumSource(names = {"DIFFERENTIAL", "FULL"})
    void another_expression_is_another_table(RefreshMode mode) throws Exception {
        TestDatabase database = TestDatabase.on(18);
        database.execute(TABLE, "INSERT INTO sale SELECT i, i, i FROM generate_series(1, 5) AS i");
        database.engine()
                .create(StreamTableDefinition.of("sales", "SELECT id, total FROM sale")
                        .withMode(mode));
        database.execute("ALTER TABLE sale ALTER total SET EXPRESSION AS (n * price + 1)");
        database.engine().refresh("sales");
        database.assertEqual("sales");
        database.execute("UPDATE sale SET n = 7 WHERE id = 2");
        database.engine().refresh("sales");
        database.assertEqual("sales");
    }

    /** Their functions would look for rows that the stream table does not have, and writes would fail. */
    @ParameterizedTest
    @EnumSource(names = {"IMMEDIATE", "ON_COMMIT"})
    void who_writes_passes_by_a_table_of_another_expression(RefreshMode mode) throws Exception {
        for (String kind : List.of("STORED", "VIRTUAL")) {
            TestDatabase database = TestDatabase.on(18);
            database.execute(
                    TABLE.replace("VIRTUAL", kind), "INSERT INTO sale SELECT i, i, i FROM generate_series(1, 5) AS i");
            database.engine()
                    .create(StreamTableDefinition.of("sales", "SELECT id, total FROM sale")
                            .withMode(mode));
            database.engine()
                    .create(StreamTableDefinition.of("sums", "SELECT big, sum(total) AS total FROM sale GROUP BY big")
                            .withMode(mode));
            database.execute(
                    "ALTER TABLE sale ALTER total SET EXPRESSION AS (n * price + 1)",
                    "UPDATE sale SET n = 7 WHERE id = 2");
            for (String table : List.of("sales", "sums")) {
                database.engine().refresh(table);
                database.assertEqual(table);
            }
            database.execute("UPDATE sale SET n = 8 WHERE id = 2", "DELETE FROM sale WHERE id = 3");
            database.assertEqual("sales");
            database.assertEqual("sums");
        }
    }
}
