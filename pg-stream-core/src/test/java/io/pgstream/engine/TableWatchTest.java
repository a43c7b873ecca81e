package io.pgstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.QualifiedName;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One look for all stream tables: it never misses a change, and finds with one statement that nothing has happened. */
class TableWatchTest {

    private TestDatabase database;

    @BeforeEach
    void twoTables() throws SQLException {
        database = TestDatabase.onDefault();
        database.execute(
                "CREATE TABLE a (id int PRIMARY KEY, v int)",
                "CREATE TABLE b (id int PRIMARY KEY, v int)",
                "CREATE TABLE unrelated (id int)");
        database.create("over_a", "SELECT v, count(*) AS n FROM a GROUP BY v");
        database.create("over_b", "SELECT v, count(*) AS n FROM b GROUP BY v");
        refreshChanged();
        assertThat(changed()).isEmpty();
    }

    private TableWatch watch() {
        return database.engine().watch();
    }

    private Set<String> changed() {
        return watch().changed(watch().tables()).stream()
                .map(QualifiedName::name)
                .collect(Collectors.toSet());
    }

    /** What the clock does with what is due. */
    private void refreshChanged() {
        Set<QualifiedName> changed = watch().changed(watch().tables());
        String stamp = watch().stamp();
        for (QualifiedName name : changed) {
            if (database.engine().refreshScheduled(name).outcome() != RefreshOutcome.SKIPPED) {
                watch().refreshed(name, stamp);
            }
        }
    }

    private String transactions() throws SQLException {
        return database.value("SELECT pg_snapshot_xmax(pg_current_snapshot())");
    }

    @Test
    void only_what_has_captured_changes_is_looked_at_closely() throws SQLException {
        database.execute("INSERT INTO unrelated VALUES (1)");
        assertThat(changed()).isEmpty();
        database.execute("INSERT INTO a VALUES (1, 1)");
        assertThat(changed()).containsExactly("over_a");
        assertThat(changed()).as("until it is refreshed").containsExactly("over_a");
        refreshChanged();
        assertThat(changed()).isEmpty();
        database.assertEqual("over_a");
    }

    @Test
    void a_change_is_found_when_its_transaction_commits_however_long_that_takes() throws SQLException {
        try (Connection writer = database.begin()) {
            TestDatabase.execute(writer, "INSERT INTO a VALUES (2, 1)");
            database.execute("INSERT INTO b VALUES (2, 1)");
            assertThat(changed()).containsExactly("over_b");
            refreshChanged();
            assertThat(changed()).isEmpty();
            assertThat(changed()).isEmpty();
            writer.commit();
        }
        assertThat(changed()).containsExactly("over_a");
    }

    @Test
    void what_is_prepared_is_found_when_it_is_committed() throws SQLException {
        if (database.value("SHOW max_prepared_transactions").equals("0")) {
            return;
        }
        try (Connection writer = database.begin()) {
            TestDatabase.execute(writer, "INSERT INTO a VALUES (3, 1)");
            TestDatabase.execute(writer, "PREPARE TRANSACTION 'later'");
        }
        assertThat(changed()).isEmpty();
        database.execute("COMMIT PREPARED 'later'");
        assertThat(changed()).containsExactly("over_a");
    }

    @Test
    void altered_sources_and_captures_make_everybody_look() throws SQLException {
        for (String statement : List.of(
                "ALTER TABLE a ADD COLUMN w int",
                "ALTER TABLE a DISABLE TRIGGER USER; ALTER TABLE a ENABLE TRIGGER USER",
                "ALTER TABLE a ALTER COLUMN w TYPE bigint",
                "VACUUM FULL a")) {
            database.execute(statement);
            assertThat(changed()).as(statement).contains("over_a");
            refreshChanged();
            assertThat(changed()).isEmpty();
        }
    }

    @Test
    void idle_looks_write_how_fresh_the_tables_are_and_are_not_woken_by_that()
            throws SQLException, InterruptedException {
        database.execute(
                "UPDATE pgstream.pgs_states SET checked_at = NULL",
                "UPDATE pgstream.pgs_frontiers SET data_timestamp = '2020-01-01'");
        assertThat(changed()).isEmpty();
        assertThat(
                        database.value(
                                "SELECT count(*) FROM pgstream.pgs_freshness WHERE data_timestamp > now() - interval '1 minute'"))
                .isEqualTo("2");
        assertThat(database.value("SELECT count(DISTINCT look_id) FROM pgstream.pgs_states"))
                .as("said for both by one row")
                .isEqualTo("1");
        // The clean-up behind earlier refreshes writes, too.
        database.engine().awaitHousekeeping(Duration.ofSeconds(30));
        String before = transactions();
        assertThat(changed()).isEmpty();
        assertThat(changed()).isEmpty();
        assertThat(Long.parseLong(transactions()) - Long.parseLong(before))
                .as("one note for each look")
                .isEqualTo(2);
        assertThat(watch().tables()).allSatisfy(table -> assertThat(table.age()).isLessThan(Duration.ofMinutes(1)));
    }

    @Test
    void a_table_with_changes_is_no_fresher_than_when_it_was_last_found_without_them() throws SQLException {
        assertThat(changed()).isEmpty();
        String before = dataOf("over_a");
        database.execute("INSERT INTO a VALUES (1, 1)");
        assertThat(changed()).containsExactly("over_a");
        String left = dataOf("over_a");
        assertThat(left).isGreaterThanOrEqualTo(before);
        database.execute("INSERT INTO unrelated VALUES (1)");
        assertThat(changed()).containsExactly("over_a");
        assertThat(dataOf("over_a")).isEqualTo(left);
        assertThat(dataOf("over_b")).isGreaterThan(left);
        refreshChanged();
        assertThat(changed()).isEmpty();
        assertThat(dataOf("over_a")).isEqualTo(dataOf("over_b"));
    }

    private String dataOf(String table) throws SQLException {
        return database.value(
                "SELECT data_timestamp::text FROM pgstream.stream_tables_info WHERE pgs_name = '" + table + "'");
    }

    @Test
    void a_table_that_is_not_scheduled_any_more_keeps_the_age_it_had() throws SQLException {
        assertThat(changed()).isEmpty();
        database.engine().suspend("over_a");
        assertThat(changed()).isEmpty();
        String suspended = dataOf("over_a");
        assertThat(changed()).isEmpty();
        assertThat(dataOf("over_a")).isEqualTo(suspended);
        assertThat(dataOf("over_b")).isGreaterThan(suspended);
    }

    @Test
    void what_another_instance_found_unchanged_is_not_due_here() throws SQLException {
        assertThat(changed()).isEmpty();
        database.execute(
                "UPDATE pgstream.pgs_looks SET checked_at = '2020-01-01'",
                "UPDATE pgstream.pgs_states SET checked_at = NULL",
                "UPDATE pgstream.pgs_frontiers SET data_timestamp = '2020-01-01'");
        TableWatch other =
                new StreamTableEngine(database.dataSource(), database.engine().settings(), List.of()).watch();
        assertThat(other.tables()).allSatisfy(table -> assertThat(table.age()).isGreaterThan(Duration.ofDays(1)));
        assertThat(changed()).isEmpty();
        assertThat(other.tables()).allSatisfy(table -> assertThat(table.age()).isLessThan(Duration.ofMinutes(1)));
    }

    @Test
    void a_function_that_is_replaced_makes_everybody_look() throws SQLException {
        database.execute("CREATE FUNCTION twice(v int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2 * v'");
        database.create("doubled", "SELECT id, twice(v) AS v FROM a");
        database.execute("INSERT INTO a VALUES (1, 1)");
        refreshChanged();
        assertThat(changed()).isEmpty();
        database.execute(
                "CREATE OR REPLACE FUNCTION twice(v int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT v + v + 1'");
        assertThat(changed()).contains("doubled");
        refreshChanged();
        database.assertEqual("doubled");
        // It has another version now, so that the others are looked at once more.
        refreshChanged();
        assertThat(changed()).isEmpty();
    }

    @Test
    void what_changes_do_not_tell_of_is_always_looked_at_closely() {
        database.engine()
                .create(StreamTableDefinition.of("full", "SELECT * FROM a").withMode(RefreshMode.FULL));
        database.create("timed", "SELECT id FROM a WHERE now() > '2020-01-01'");
        refreshChanged();
        assertThat(changed()).containsExactlyInAnyOrder("full", "timed");
        assertThat(changed()).containsExactlyInAnyOrder("full", "timed");
    }

    @Test
    void tables_that_follow_commits_are_found_by_one_poll() throws SQLException {
        List<ScheduledTable> live = watch().tables();
        assertThat(watch().committed(live)).isEmpty();
        database.execute("INSERT INTO b VALUES (9, 9)");
        assertThat(watch().committed(live)).extracting(QualifiedName::name).containsExactly("over_b");
        refreshChanged();
        assertThat(watch().committed(live)).isEmpty();
    }

    @Test
    void another_roles_stream_tables_are_left_to_its_applications() throws SQLException {
        database.execute("DROP ROLE IF EXISTS somebody", "CREATE ROLE somebody", "CREATE ROLE runtime LOGIN");
        try {
            database.execute(
                    "ALTER TABLE over_a OWNER TO runtime",
                    "GRANT USAGE ON SCHEMA pgstream TO runtime",
                    "GRANT SELECT ON ALL TABLES IN SCHEMA pgstream TO runtime",
                    "GRANT USAGE ON SCHEMA pgstream_changes TO runtime");
            try (Connection connection = database.connect()) {
                TestDatabase.execute(connection, "SET ROLE runtime");
                List<Boolean> ours = new io.pgstream.catalog.WatchQueries("pgstream")
                        .states(new io.pgstream.support.Session(connection)).stream()
                                .map(io.pgstream.catalog.WatchQueries.State::ours)
                                .toList();
                assertThat(ours).containsExactly(true, false);
            }
        } finally {
            database.execute("DROP OWNED BY runtime CASCADE", "DROP ROLE runtime", "DROP ROLE somebody");
        }
    }
}
