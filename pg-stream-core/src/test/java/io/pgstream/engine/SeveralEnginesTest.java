package io.pgstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Several engines on one database: with catalogs of their own, with one catalog, of two versions. */
class SeveralEnginesTest {

    private final DataSource dataSource = TestServer.current().newDatabase();

    private final TestDatabase database = TestDatabase.of(dataSource);

    private static EngineSettings settings(String prefix, String application) {
        EngineSettings defaults = EngineSettings.defaults();
        return new EngineSettings(
                prefix,
                prefix + "_changes",
                prefix + "_state",
                application,
                defaults.minSchedule(),
                defaults.defaultSchedule(),
                defaults.maxConsecutiveErrors(),
                defaults.maxRetries(),
                defaults.retryDelay(),
                defaults.differentialMaxChangeRatio(),
                defaults.lockTimeout(),
                defaults.ddlTimeout(),
                defaults.statementTimeout(),
                defaults.createSourceIndexes(),
                defaults.graph(),
                defaults.life(),
                SynchronousSettings.defaults());
    }

    @Test
    void two_catalogs_capture_one_table_each_for_itself() throws SQLException {
        database.execute("CREATE TABLE item (id int PRIMARY KEY, v int)", "INSERT INTO item VALUES (1, 1)");
        StreamTableEngine other = new StreamTableEngine(dataSource, settings("other", "other"), List.of());
        other.migrate();
        database.create("ours", "SELECT id, v FROM item");
        other.create(StreamTableDefinition.of("theirs", "SELECT v, count(*) AS n FROM item GROUP BY v")
                .withMode(RefreshMode.DIFFERENTIAL));
        database.execute("INSERT INTO item VALUES (2, 1)", "UPDATE item SET v = 7 WHERE id = 1");
        assertThat(other.refresh("theirs").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        assertThat(other.verify("theirs").equal()).isTrue();
        database.assertFollows("ours");
        other.drop("theirs");
        database.execute("DELETE FROM item WHERE id = 2");
        database.assertFollows("ours");
        assertThat(database.value("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'item'::regclass"))
                .isEqualTo("4");
    }

    @Test
    void a_capture_with_the_names_of_an_older_version_keeps_working() throws SQLException {
        database.execute("CREATE TABLE item (id int PRIMARY KEY, v int)", "INSERT INTO item VALUES (1, 1)");
        database.create("copied", "SELECT id, v FROM item");
        for (String operation : List.of("insert", "update", "delete", "truncate")) {
            String name =
                    database.value("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgstream%" + operation + "'");
            database.execute("ALTER TRIGGER " + name + " ON item RENAME TO pgstream_1_" + operation);
        }
        // A renamed trigger is another row: the next refresh is careful. From then on all is as always.
        database.assertFollows("copied");
        database.execute("INSERT INTO item VALUES (2, 2)");
        assertThat(database.engine().refresh("copied").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("copied");
        assertThat(database.value("SELECT count(*) FROM pgstream.pgs_captures")).isEqualTo("1");
    }

    @Test
    void instances_of_one_catalog_share_the_work_and_none_doubles_it() throws SQLException {
        database.execute("CREATE TABLE item (id int PRIMARY KEY, v int)");
        database.create("counted", "SELECT v, count(*) AS n FROM item GROUP BY v");
        StreamTableEngine second = new StreamTableEngine(dataSource, EngineSettings.defaults(), List.of());
        for (int i = 0; i < 6; i++) {
            database.execute("INSERT INTO item VALUES (" + i + ", 1)");
            StreamTableEngine first = (i % 2 == 0) ? database.engine() : second;
            StreamTableEngine other = (i % 2 == 0) ? second : database.engine();
            assertThat(first.refresh("counted").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
            assertThat(other.refresh("counted").outcome()).isEqualTo(RefreshOutcome.NO_DATA);
            database.assertEqual("counted");
        }
    }

    @Test
    void two_data_sources_have_an_engine_each_for_tables_of_the_same_names() throws SQLException {
        TestDatabase other = TestDatabase.onDefault();
        for (TestDatabase each : List.of(database, other)) {
            each.execute("CREATE TABLE item (id int PRIMARY KEY, v int)", "INSERT INTO item VALUES (1, 1)");
            each.create("counted", "SELECT v, count(*) AS n FROM item GROUP BY v");
        }
        database.execute("INSERT INTO item VALUES (2, 1)");
        other.execute("INSERT INTO item VALUES (2, 7), (3, 7)");
        for (TestDatabase each : List.of(database, other)) {
            assertThat(each.engine().refresh("counted").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
            each.assertEqual("counted");
        }
        other.engine().drop("counted");
        database.execute("DELETE FROM item WHERE id = 1");
        database.assertFollows("counted");
    }
}
