package io.pgstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableAlteration;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import io.pgstream.test.TransactionPooler;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** An engine behind a pooler in transaction mode, with prepared statements switched off as such a pooler asks for. */
class TransactionPoolerTest {

    private static final int SESSIONS = 3;

    private static final String SETTINGS =
            "SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings WHERE source = 'session' AND"
                    // What each transaction had is shown, not what the next one will have.
                    + " name <> 'transaction_isolation'";

    private final DataSource server = TestServer.current().newDatabase();

    /** The catalog is migrated directly: Flyway needs a session of its own, as {@code pg-stream.catalog.url} gives it one. */
    private TransactionPooler pooler() throws SQLException {
        TestDatabase.of(server);
        PGSimpleDataSource dataSource = server.unwrap(PGSimpleDataSource.class);
        dataSource.setPrepareThreshold(0);
        return new TransactionPooler(dataSource, SESSIONS, 11);
    }

    @Test
    void everything_works_in_any_session_and_none_remembers_it() throws SQLException {
        try (TransactionPooler pooler = pooler()) {
            List<String> before = pooler.ask(SETTINGS);
            TestDatabase database = TestDatabase.migrated(pooler.dataSource());
            database.execute(
                    "CREATE TABLE item (id int PRIMARY KEY, kind int, price int)",
                    "INSERT INTO item SELECT i, i % 5, i FROM generate_series(1, 100) AS i");
            database.create(
                    "above",
                    "SELECT t.total, count(*) AS n FROM (SELECT kind, sum(price) AS total FROM item GROUP BY kind) t"
                            + " GROUP BY t.total");
            database.create("copied", "SELECT id, kind FROM item WHERE price > 10");
            for (int i = 1; i <= 10; i++) {
                database.execute("UPDATE item SET price = price + 1 WHERE id % 10 = " + i % 10);
                assertThat(database.engine().refresh("above").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
                database.assertEqual("above");
                database.engine().refreshTogether(Set.of("above", "copied"));
                database.assertEqual("copied");
                TableWatch watch = database.engine().watch();
                watch.changed(watch.tables());
            }
            assertThat(database.engine().verify("above").equal()).isTrue();
            assertThat(pooler.ask(SETTINGS)).isEqualTo(before);
            assertThat(pooler.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))
                    .containsOnly("0");
            assertThat(pooler.ask("SELECT count(*) FROM pg_listening_channels()"))
                    .containsOnly("0");
            assertThat(pooler.ask("SELECT count(*) FROM pg_prepared_statements"))
                    .containsOnly("0");
            assertThat(pooler.ask("SELECT count(*) FROM pg_cursors WHERE is_holdable"))
                    .containsOnly("0");
        }
    }

    @Test
    void a_session_that_has_the_temporary_tables_of_an_older_definition_serves_the_newer_one() throws SQLException {
        try (TransactionPooler pooler = pooler()) {
            TestDatabase database = TestDatabase.migrated(pooler.dataSource());
            database.execute(
                    "CREATE TABLE item (id int PRIMARY KEY, kind int, price int)",
                    "INSERT INTO item SELECT i, i % 5, i FROM generate_series(1, 100) AS i");
            database.engine()
                    .create(StreamTableDefinition.of(
                                    "above",
                                    "SELECT t.total, count(*) AS n FROM (SELECT kind, sum(price) AS total FROM item"
                                            + " GROUP BY kind) t GROUP BY t.total")
                            .withMode(RefreshMode.DIFFERENTIAL));
            change(database);
            database.engine()
                    .alter(
                            "above",
                            StreamTableAlteration.query(
                                    "SELECT t.most, t.least, count(*) AS n FROM (SELECT kind, max(price::text) AS"
                                            + " most, min(price) AS least FROM item GROUP BY kind) t GROUP BY t.most,"
                                            + " t.least"));
            change(database);
        }
    }

    private static void change(TestDatabase database) throws SQLException {
        for (int i = 1; i <= 2 * SESSIONS; i++) {
            database.execute("UPDATE item SET price = price + 1 WHERE id % 10 = " + i);
            database.assertFollows("above");
        }
    }
}
