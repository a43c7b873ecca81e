package io.pgstream.sqlapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** With a thousand stream tables, looking stays cheap: what is asked every five seconds may take no more than milliseconds. */
class ThousandTablesTest {

    private static final Logger LOG = LoggerFactory.getLogger(ThousandTablesTest.class);

    private static TestDatabase database;

    /** Rows of the catalog are all that is looked at, so there need be no tables behind them, but for one source. */
    @BeforeAll
    static void fillCatalog() throws SQLException {
        database = TestDatabase.onDefault();
        database.execute(
                "CREATE TABLE source (id int)",
                "INSERT INTO pgstream.pgs_stream_tables (schema_name, table_name, application, query, canonical_query,"
                        + " requested_mode, effective_mode, schedule, relid, search_path, time_zone, date_style,"
                        + " interval_style) SELECT 'public', 't' || i, 'a', 'SELECT 1', 'SELECT 1', 'AUTO',"
                        + " 'DIFFERENTIAL', CASE WHEN i % 10 = 0 THEN '1s' ELSE 'calculated' END, 1000000 + i, '', '', '',"
                        + " '' FROM generate_series(1, 1000) AS i",
                "INSERT INTO pgstream.pgs_frontiers (stream_table_id, frontier, data_timestamp) SELECT id, '1:1:', now()"
                        + " FROM pgstream.pgs_stream_tables",
                "INSERT INTO pgstream.pgs_states (stream_table_id, status) SELECT id, 'ACTIVE' FROM"
                        + " pgstream.pgs_stream_tables",
                "INSERT INTO pgstream.pgs_captures (source_relid, source_name, columns) SELECT 'source'::regclass,"
                        + " 'public.source', '{id}' FROM generate_series(1, 1000)",
                "INSERT INTO pgstream.pgs_dependencies (stream_table_id, source_relid, source_name, columns, capture_id)"
                        + " SELECT id, CASE WHEN id % 10 = 1 THEN 'source'::regclass ELSE 1000000 + id - 1 END, 'public.t',"
                        + " '{id}', id FROM pgstream.pgs_stream_tables",
                "VACUUM ANALYZE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stream_tables_info",
                "pg_stat_stream_tables",
                "pgs_status()",
                "effective_schedules()",
                "change_buffer_sizes()",
                "dependency_tree()",
                "new_warnings()",
                "pgs_scc_status()",
                "health_check()",
            })
    void a_look_takes_milliseconds(String what) throws SQLException {
        long best = Long.MAX_VALUE;
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < 5; i++) {
                long started = System.nanoTime();
                try (ResultSet rows = statement.executeQuery("SELECT * FROM pgstream." + what)) {
                    rows.next();
                }
                best = Math.min(best, System.nanoTime() - started);
            }
        }
        LOG.info("{} took {} ms", what, best / 1_000_000);
        // Far from what it takes, because other tests run at the same time; a mistake of the order would still be seen.
        assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void a_chain_of_calculated_schedules_ends_at_its_last_reader() throws SQLException {
        assertThat(database.value("SELECT string_agg(DISTINCT every::text, ' ') FROM pgstream.effective_schedules()"))
                .isEqualTo("00:00:01");
    }
}
