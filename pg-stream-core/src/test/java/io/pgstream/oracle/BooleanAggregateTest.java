package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Aggregates of conditions are numbers of true and false values, so that no group is read again; NULLs and groups of nothing else decide nothing. */
class BooleanAggregateTest {

    private static final Map<String, String> QUERIES = Map.of(
            "grouped",
            "SELECT g, bool_or(b) AS o, bool_and(b) AS a, every(x > 3 OR b) AS e, bool_or(x IN (1, 2)) FILTER (WHERE b IS NOT NULL) AS f,"
                    + " bool_and(NOT b OR x = 1) AS n, bool_or(DISTINCT b) AS d FROM t GROUP BY g",
            "scalar",
            "SELECT bool_or(b) AS o, bool_and(n) AS a, NOT bool_and(x > 1) AS m FROM t",
            "kept",
            "SELECT g FROM t GROUP BY g HAVING bool_and(b) AND NOT bool_or(x = 2)",
            "correlated",
            "SELECT k, (SELECT bool_or(b) FROM t WHERE t.g = u.k) AS o, coalesce((SELECT every(n) FROM t WHERE t.g = u.k AND x > 2), true) AS e FROM u",
            "sets",
            "SELECT g, x, bool_or(b) AS o, bool_and(n) AS a FROM t GROUP BY GROUPING SETS ((g), (x), ())");

    @Test
    void are_followed_as_numbers_of_values() throws SQLException {
        TestDatabase database = TestDatabase.onDefault();
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, g int, x int, b boolean, n boolean NOT NULL DEFAULT true)",
                "CREATE TABLE u (k int PRIMARY KEY)",
                "INSERT INTO u SELECT generate_series(1, 5)",
                "INSERT INTO t VALUES (1, 1, 1, true), (2, 1, 2, false), (3, 1, 3, NULL), (4, 2, 4, NULL), (5, NULL, 5, true)");
        for (Map.Entry<String, String> query : QUERIES.entrySet()) {
            database.engine()
                    .create(StreamTableDefinition.of(query.getKey(), query.getValue())
                            .withMode(RefreshMode.DIFFERENTIAL));
        }
        for (String change : List.of(
                "DELETE FROM t WHERE id = 1",
                "UPDATE t SET b = NULL WHERE id = 2",
                "INSERT INTO t VALUES (6, 2, 1, false), (7, 3, 2, true), (8, NULL, 1, false)",
                "UPDATE t SET b = NOT b, x = x - 1",
                "UPDATE t SET n = false WHERE g = 2",
                "DELETE FROM t WHERE g IS NULL OR id = 6",
                "DELETE FROM t",
                "INSERT INTO t SELECT i, i % 4, i % 5, i % 3 = 0, i % 7 > 0 FROM generate_series(1, 60) AS i",
                "UPDATE t SET b = nullif(x > 2, id % 11 = 0), g = g + 1 WHERE id % 2 = 0")) {
            database.execute(change);
            for (String name : QUERIES.keySet()) {
                assertThat(database.engine().refresh(name).outcome())
                        .as(change)
                        .isIn(RefreshOutcome.DIFFERENTIAL, RefreshOutcome.NO_DATA);
                database.assertEqual(name);
            }
        }
    }
}
