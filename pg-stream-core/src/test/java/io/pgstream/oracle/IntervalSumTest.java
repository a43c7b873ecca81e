package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums and averages of intervals are followed without reading a group again, and shown as PostgreSQL shows them: a day is not 24 hours. */
class IntervalSumTest {

    private static final String QUERY =
            "SELECT g, sum(x) AS s, avg(x) AS a, sum(x) FILTER (WHERE x > interval '1 day') AS f, avg(b - a) AS took, sum(x) / count(*) AS each FROM t GROUP BY g";

    private static final String SCALAR = "SELECT sum(x) AS s, avg(x) AS a, count(*) AS n FROM t";

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void follows_months_days_microseconds_and_infinities(int version) throws SQLException {
        TestDatabase database = TestDatabase.on(version);
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, g int, x interval, a timestamp NOT NULL DEFAULT '2026-01-31', b timestamp NOT NULL DEFAULT '2026-03-01 12:00')",
                "INSERT INTO t VALUES (1, 1, '1 day'), (2, 1, '24:00'), (3, 1, '-1 year 2 mons -3 days 04:05:06.789'), (4, 2, NULL), (5, 3, '1 mon')");
        for (String name : List.of("grouped", "scalar")) {
            database.engine()
                    .create(StreamTableDefinition.of(name, name.equals("scalar") ? SCALAR : QUERY)
                            .withMode(RefreshMode.DIFFERENTIAL));
        }
        List<String> changes = new ArrayList<>(List.of(
                "DELETE FROM t WHERE id = 3",
                "UPDATE t SET x = '24 hours' WHERE id = 1",
                "UPDATE t SET x = '-24 hours', b = b + interval '1 microsecond' WHERE id = 2",
                "INSERT INTO t VALUES (6, 2, '-1 mon +30 days'), (7, 3, '14 mons -00:00:00.000001')",
                "INSERT INTO t SELECT i, i % 4, make_interval(i % 5 - 2, i % 29 - 14, 0, i % 61 - 30, i % 49 - 24, 0, i * 1.000037 - 500) FROM generate_series(10, 2000) AS i",
                "UPDATE t SET x = x * 1.7, a = a - x WHERE id % 3 = 0",
                "UPDATE t SET x = interval '2000000 hours 0.123457 seconds' WHERE id % 5 = 0",
                "DELETE FROM t WHERE id % 7 = 0",
                "UPDATE t SET x = NULL WHERE g = 1"));
        if (version >= 17) {
            changes.addAll(List.of(
                    "UPDATE t SET x = 'infinity' WHERE id IN (11, 15)",
                    "UPDATE t SET x = '1 hour' WHERE id = 11",
                    "UPDATE t SET x = '-infinity' WHERE id = 15",
                    "UPDATE t SET x = '2 hours' WHERE id = 15"));
        }
        changes.addAll(List.of("DELETE FROM t", "INSERT INTO t VALUES (1, 1, '00:00:00.1'), (2, 1, '1 mon -1 day')"));
        for (String change : changes) {
            database.execute(change);
            for (String name : List.of("grouped", "scalar")) {
                RefreshOutcome outcome = database.engine().refresh(name).outcome();
                assertThat(outcome).as(change).isIn(RefreshOutcome.DIFFERENTIAL, RefreshOutcome.NO_DATA);
                database.assertEqual(name);
            }
        }
    }
}
