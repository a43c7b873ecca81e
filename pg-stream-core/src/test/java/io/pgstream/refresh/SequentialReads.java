package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshOutcome;
import io.pgstream.test.TestDatabase;
import java.sql.SQLException;

/** How many rows refreshes read by going through whole tables. */
final class SequentialReads {

    private SequentialReads() {}

    /**
     * The rows that were read until now. Sessions report what they have read when they end at the latest.
     *
     * @param tables which tables, as a condition on {@code pg_stat_user_tables}
     */
    static long of(TestDatabase database, String tables) throws SQLException {
        return sum(database, "seq_tup_read", tables);
    }

    /** How often rows were looked for in an index until now. */
    static long lookUps(TestDatabase database, String tables) throws SQLException {
        return sum(database, "idx_scan", tables);
    }

    private static long sum(TestDatabase database, String column, String tables) throws SQLException {
        database.await(
                "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                        + " AND backend_type = 'client backend')");
        return Long.parseLong(database.value("SELECT sum(" + column + ") FROM pg_stat_user_tables WHERE " + tables));
    }

    /**
     * The rows that a differential refresh of {@code t} reads; the table must equal its query afterwards.
     *
     * @param tables which tables, as a condition on {@code pg_stat_user_tables}
     * @param changes what is changed before
     */
    static long ofRefresh(TestDatabase database, String tables, String... changes) throws SQLException {
        database.execute(changes);
        long before = of(database, tables);
        assertThat(database.engine().refresh("t").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        long rows = of(database, tables) - before;
        database.assertEqual("t");
        return rows;
    }
}
