package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sums and averages of numerics whose display scales differ are followed without reading a group again, and are displayed
 * as PostgreSQL would display them: rows are compared as texts, in which 1.0 is not 1.00.
 */
class NumericScaleTest {

    private static final String QUERY =
            "SELECT g, sum(x) AS s, avg(x) AS a, sum(CASE WHEN x > 2 THEN x * 1.50 ELSE 0 END) AS c,"
                    + " sum(x) FILTER (WHERE x < 3) AS f, sum(x) / count(*) AS ratio FROM t GROUP BY g";

    private static final String SCALAR = "SELECT sum(x) AS s, avg(x) AS a FROM t";

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void follows_the_largest_scale_infinities_and_not_a_number(int version) throws SQLException {
        TestDatabase database = TestDatabase.on(version);
        database.execute("CREATE TABLE t (id int PRIMARY KEY, g int, x numeric)");
        database.execute("INSERT INTO t VALUES (1, 1, 1), (2, 1, 2.50), (3, 1, 1.125), (4, 2, NULL), (5, 3, 7)");
        for (String name : new String[] {"grouped", "scalar"}) {
            database.engine()
                    .create(StreamTableDefinition.of(name, name.equals("scalar") ? SCALAR : QUERY)
                            .withMode(RefreshMode.DIFFERENTIAL));
        }
        for (String change : new String[] {
            "DELETE FROM t WHERE id = 3",
            "UPDATE t SET x = 2.5 WHERE id = 2",
            "UPDATE t SET x = 2.500 WHERE id = 2",
            "INSERT INTO t VALUES (6, 2, 0.0000), (7, 3, -7.0)",
            "INSERT INTO t VALUES (8, 1, 'NaN'), (9, 2, 'Infinity'), (10, 3, 1e-20)",
            "INSERT INTO t VALUES (11, 1, 3.3), (12, 2, '-Infinity'), (13, 3, 5.55)",
            "UPDATE t SET x = x WHERE g = 3",
            "DELETE FROM t WHERE id IN (8, 9, 10)",
            "DELETE FROM t WHERE id IN (12, 13)",
            "UPDATE t SET x = NULL WHERE g = 1",
            "DELETE FROM t",
            "INSERT INTO t VALUES (1, 1, 123456789012345678901234567890.12), (2, 1, 0.1)"
        }) {
            database.execute(change);
            for (String name : new String[] {"grouped", "scalar"}) {
                RefreshOutcome outcome = database.engine().refresh(name).outcome();
                assertThat(outcome).as(change).isIn(RefreshOutcome.DIFFERENTIAL, RefreshOutcome.NO_DATA);
                database.assertEqual(name);
            }
        }
    }

    /** Nothing but the sum tells: there are as many rows, and as many values of each scale, as before. */
    @Test
    void one_value_of_a_large_scale_takes_the_place_of_another() throws SQLException {
        TestDatabase database = TestDatabase.onDefault();
        database.execute(
                "CREATE TABLE price (id int PRIMARY KEY, kind int, amount numeric)",
                "INSERT INTO price VALUES (1, 1, 0.50000000000000000000), (2, 1, 0), (3, 2, 1.00000000000000000000)");
        database.create("t", "SELECT kind, sum(amount) AS total FROM price GROUP BY kind");

        database.execute("UPDATE price SET amount = 1.00000000000000000000 WHERE id = 1");
        database.assertFollows("t");
        database.execute("UPDATE price SET amount = 'NaN' WHERE id = 3");
        database.assertFollows("t");
        database.execute("UPDATE price SET amount = 'Infinity' WHERE id = 3");
        database.assertFollows("t");
    }
}
