package io.pgstream.oracle;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Many changes of few groups are added up by their weights first; the groups must not see the difference. */
class ManyChangesTest {

    private static final List<String> TABLES = List.of(
            "CREATE TABLE m (id int PRIMARY KEY, g int, a int, n numeric, p numeric(10, 2) NOT NULL, q int NOT NULL,"
                    + " b bigint, f float8)",
            "INSERT INTO m SELECT i, nullif(i % 5, 4), nullif(i % 11, 3), CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN i ELSE i"
                    + " * 0.5 END, i * 0.01, i % 7, 9007199254740993 + i, i / 3.0 FROM generate_series(1, 3000) AS i",
            "ANALYZE");

    private static final String[] QUERIES = {
        "SELECT count(*) AS c, count(a) AS ca, sum(a) AS a, avg(n) AS n, sum(p * (1 - p) * q) AS pq, sum(b) AS b FROM m",
        "SELECT g, count(*) AS c, sum(p * q) AS pq FROM m GROUP BY g",
        "SELECT g, count(n) AS cn, sum(n) AS n, avg(p * (1 - p)) AS p, sum(q) AS q, sum(b) AS b, avg(q) AS aq FROM m"
                + " GROUP BY g",
        "SELECT g, min(a) AS lo, max(n) AS hi, sum(f) AS f, count(*) AS c FROM m GROUP BY g",
        "SELECT g, sum(q) FILTER (WHERE a > 5) AS q, avg(p) AS p FROM m WHERE q < 6 GROUP BY g HAVING sum(q) > 100",
        "SELECT x.g, count(*) AS c, sum(x.p * y.q) AS s FROM m AS x JOIN m AS y ON y.id = x.id GROUP BY x.g",
    };

    private static Oracle oracle;

    @BeforeAll
    static void start() {
        oracle = new Oracle(TestServer.current());
    }

    @AfterAll
    static void stop() throws SQLException {
        oracle.close();
    }

    @Test
    void many_rows_come_go_and_change_in_few_groups() throws SQLException {
        new Pitfall(oracle, TABLES)
                .cycle("UPDATE m SET p = p + 1, q = q + 1, n = n + 0.25 WHERE id % 3 = 0")
                .cycle(
                        "DELETE FROM m WHERE g = 2",
                        "INSERT INTO m SELECT i, 2, NULL, 1.125, 0.5, 1, i, 0.1 FROM generate_series(4001, 4900) AS i")
                .cycle("UPDATE m SET g = 3 - g, a = NULL WHERE g IS NOT NULL AND id % 2 = 0")
                .cycle("UPDATE m SET n = 'NaN' WHERE id = 7", "UPDATE m SET b = -b")
                .cycle("UPDATE m SET n = 1.00 WHERE n = 'NaN'", "UPDATE m SET q = q - 1 WHERE id < 2000")
                .cycle("DELETE FROM m WHERE id < 2950")
                .cycle("DELETE FROM m")
                .cycle("INSERT INTO m VALUES (1, 1, 1, 1, 1, 1, 1, 1)")
                .maintains(QUERIES);
    }

    /** Since PostgreSQL 18 a column can be NOT NULL for what comes, and hold NULL in what has been there. */
    @Test
    void a_constraint_that_is_not_validated_promises_nothing() throws SQLException {
        assumeThat(TestServer.current().version()).isGreaterThanOrEqualTo(18);
        new Pitfall(
                        oracle,
                        List.of(
                                "CREATE TABLE v (id int, g int, x int)",
                                "INSERT INTO v VALUES (1, 1, 1), (2, 1, NULL), (3, 2, NULL), (NULL, 2, 4), (NULL, 3, 5)",
                                "ALTER TABLE v ADD CONSTRAINT x_there NOT NULL x NOT VALID",
                                "ALTER TABLE v ADD CONSTRAINT id_there NOT NULL id NOT VALID",
                                "CREATE UNIQUE INDEX ON v (id)"))
                .cycle("DELETE FROM v WHERE g = 3", "INSERT INTO v VALUES (7, 1, 7)")
                .cycle("DELETE FROM v WHERE x = 1", "INSERT INTO v VALUES (8, 3, 1)")
                .maintains(
                        "SELECT g, count(x) AS c, sum(x) AS s, count(*) AS n FROM v GROUP BY g",
                        "SELECT sum(x * 2) AS s, count(x + 1) AS c FROM v",
                        "SELECT id, g, x FROM v",
                        "SELECT a.g, b.x FROM v AS a JOIN v AS b ON b.id = a.id");
    }
}
