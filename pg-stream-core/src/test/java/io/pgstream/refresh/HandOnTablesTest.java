package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshOutcome;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGPoolingDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** All refreshes of a session use the same temporary tables, which keep the rows of refreshes before. */
@SuppressWarnings("deprecation")
class HandOnTablesTest {

    private static final String SIZE =
            "SELECT coalesce(sum(pg_relation_size(oid)), 0) FROM pg_class WHERE relpersistence = 't'"
                    + " AND relkind = 'r'";

    /** Hands out the session that came back last: it is always the same. */
    private PGPoolingDataSource pool;

    private TestDatabase database;

    @BeforeEach
    void create() throws SQLException {
        PGSimpleDataSource server = (PGSimpleDataSource) TestServer.current().newDatabase();
        pool = new PGPoolingDataSource();
        pool.setDataSourceName(UUID.randomUUID().toString());
        pool.setUrl(server.getUrl());
        pool.setUser(server.getUser());
        pool.setMaxConnections(3);
        database = TestDatabase.of(pool);
        database.execute(
                "CREATE TABLE sale (id int PRIMARY KEY, customer int NOT NULL, amount int NOT NULL)",
                "INSERT INTO sale SELECT i, i % 30000, i % 100 FROM generate_series(1, 120000) AS i");
        database.create(
                "histogram",
                "SELECT c.total, count(*) AS customers FROM (SELECT customer, sum(amount) AS total FROM sale GROUP BY customer)"
                        + " AS c GROUP BY c.total");
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private void refreshAfter(String change) throws SQLException {
        database.execute(change);
        assertThat(database.engine().refresh("histogram").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("histogram");
    }

    private long size() throws SQLException {
        return Long.parseLong(database.value(SIZE));
    }

    @Test
    void rows_of_refreshes_before_are_not_read_again() throws SQLException {
        refreshAfter("UPDATE sale SET amount = amount + 1 WHERE id <= 100");
        long first = size();
        assertThat(first).isPositive();
        refreshAfter("UPDATE sale SET amount = amount + 1 WHERE id <= 100");
        refreshAfter("DELETE FROM sale WHERE id <= 100");
        assertThat(size()).isGreaterThan(first);
    }

    @Test
    void many_rows_are_removed_before_the_next_refresh() throws SQLException {
        refreshAfter("UPDATE sale SET amount = amount + 1 WHERE customer < 6000");
        assertThat(size()).isGreaterThan(256 * 1024);
        refreshAfter("UPDATE sale SET amount = amount + 1 WHERE customer < 10");
        assertThat(size()).isPositive().isLessThan(256 * 1024);
    }

    @Test
    void a_session_that_has_lost_them_makes_them_again() throws SQLException {
        refreshAfter("UPDATE sale SET amount = amount + 1 WHERE id <= 100");
        database.execute("DISCARD TEMP");
        refreshAfter("UPDATE sale SET amount = amount + 1 WHERE id <= 100");
    }
}
