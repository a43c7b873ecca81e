package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.test.TestChoices;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Rows that one index finds are not looked for in another as well. */
class LookupConditionsTest {

    private static final String SUPPLIER_INDEX =
            "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'line_supplier_idx'";

    @Test
    void of_two_indexes_the_one_that_finds_fewer_rows_is_asked() throws SQLException {
        TestChoices.clear();
        TestDatabase database = TestDatabase.on(TestServer.current().version());
        database.execute(
                "CREATE TABLE line (id int PRIMARY KEY, order_id int, supplier int, amount int)",
                "CREATE TABLE claim (id int PRIMARY KEY, order_id int, supplier int, note text)",
                "INSERT INTO line SELECT i, i / 4, i % 100, i FROM generate_series(1, 60000) AS i",
                "INSERT INTO claim SELECT i, i, i * 4 % 100 FROM generate_series(1, 3000) AS i",
                "CREATE INDEX ON line (order_id)",
                "CREATE INDEX ON line (supplier)",
                "CREATE INDEX ON claim (order_id)",
                "ANALYZE");
        database.create(
                "t",
                "SELECT c.note, l.amount FROM claim c JOIN line l ON l.order_id = c.order_id AND l.supplier = c.supplier");
        assertThat(database.engine().explain("t").deltaStatements())
                .anyMatch(statement -> statement.contains("OFFSET 0) AS l")
                        && statement.matches("(?s).*OFFSET 0\\) AS (l\\d+) WHERE \\(\\1\\.c\\d+ = .*"));
        long before = Long.parseLong(database.value(SUPPLIER_INDEX));

        assertThat(SequentialReads.ofRefresh(
                        database,
                        "relname = 'line'",
                        "UPDATE claim SET note = 'late' WHERE id % 30 = 0",
                        "UPDATE claim SET supplier = NULL WHERE id % 31 = 0",
                        "INSERT INTO claim VALUES (4001, 77, 8, 'new'), (4002, NULL, 8, 'none')"))
                .isZero();

        assertThat(Long.parseLong(database.value(SUPPLIER_INDEX))).isEqualTo(before);
    }
}
