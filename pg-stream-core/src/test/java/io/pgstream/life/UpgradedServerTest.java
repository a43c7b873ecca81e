package io.pgstream.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableStatus;
import io.pgstream.test.TestDatabase;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A real {@code pg_upgrade}, and a real {@code pg_dump} that is restored in another cluster. The embedded servers have neither
 * program: {@code -Dpgstream.upgrade.old=/usr/lib/postgresql/15/bin -Dpgstream.upgrade.new=/usr/lib/postgresql/18/bin} names
 * the programs of two installed versions.
 */
@EnabledIfSystemProperty(named = "pgstream.upgrade.old", matches = ".+")
class UpgradedServerTest {

    private static final List<String> REFRESHED =
            List.of("total", "above", "joined", "parted", "newest", "path", "fully", "counted");

    private static final List<String> WRITTEN = List.of("at_once", "at_commit", "listed", "names");

    private final Path oldPrograms = Path.of(System.getProperty("pgstream.upgrade.old", ""));

    private final Path newPrograms = Path.of(System.getProperty("pgstream.upgrade.new", ""));

    @TempDir
    private Path directory;

    @BeforeEach
    void letTheServersRoleIn() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    private String run(Path programs, String program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(directory, program, ".log");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(program).isTrue();
        String text = Files.readString(output);
        assertThat(process.exitValue()).as("%s: %s", program, text).isZero();
        return text;
    }

    /** A cluster of one version. */
    private final class Cluster {

        private final Path programs;

        private final Path data;

        private final int port;

        Cluster(Path programs, String name) throws Exception {
            this.programs = programs;
            this.data = directory.resolve(name);
            try (ServerSocket free = new ServerSocket(0)) {
                this.port = free.getLocalPort();
            }
            run(programs, "initdb", "-D", data.toString(), "-A", "trust", "-U", "postgres", "--data-checksums");
        }

        TestDatabase start() throws Exception {
            run(
                    programs,
                    "pg_ctl",
                    "-D",
                    data.toString(),
                    "-w",
                    "-l",
                    directory.resolve("server" + port + ".log").toString(),
                    "-o",
                    "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=" + directory
                            + " -c fsync=off",
                    "start");
            PGSimpleDataSource dataSource = new PGSimpleDataSource();
            dataSource.setUrl("jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres");
            return TestDatabase.migrated(dataSource);
        }

        void stop() throws Exception {
            run(programs, "pg_ctl", "-D", data.toString(), "-w", "-m", "fast", "stop");
        }
    }

    private static void fill(TestDatabase database) throws SQLException {
        database.engine().migrate();
        // As on a server that has been at work for a while.
        try (Connection connection = database.connect()) {
            for (int i = 0; i < 2_000; i++) {
                TestDatabase.execute(connection, "SELECT pg_current_xact_id()");
            }
        }
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, kind int, price numeric)",
                "INSERT INTO item SELECT i, i % 5, i FROM generate_series(1, 50) AS i",
                "CREATE TABLE kind (id int PRIMARY KEY, name text)",
                "INSERT INTO kind SELECT i, 'k' || i FROM generate_series(0, 6) AS i",
                "CREATE TABLE reading (id int, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
                "CREATE TABLE reading_1 PARTITION OF reading FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')",
                "CREATE TABLE reading_2 PARTITION OF reading FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')",
                "INSERT INTO reading SELECT i, date '2026-01-10' + i FROM generate_series(1, 40) AS i",
                "CREATE TABLE edge (a int, b int, PRIMARY KEY (a, b))",
                "INSERT INTO edge SELECT i, i + 1 FROM generate_series(1, 9) AS i",
                "CREATE FUNCTION doubled(v numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT 2 * v'");
        database.create("total", "SELECT kind, count(*) AS n, sum(doubled(price)) AS price FROM item GROUP BY kind");
        database.create("above", "SELECT max(n) AS n FROM total");
        database.create("joined", "SELECT i.id, k.name FROM item i LEFT JOIN kind k ON k.id = i.kind");
        database.create("parted", "SELECT day, count(*) AS n FROM reading GROUP BY day");
        database.create("newest", "SELECT id, kind FROM item ORDER BY id DESC LIMIT 4");
        database.create(
                "path",
                "WITH RECURSIVE p AS (SELECT a, b FROM edge UNION SELECT p.a, e.b FROM p JOIN edge e ON e.a = p.b)"
                        + " SELECT a, b FROM p");
        database.create(
                "counted",
                "SELECT n.name, count(DISTINCT j.id) AS n FROM joined j JOIN kind n ON n.name ="
                        + " j.name GROUP BY n.name");
        create(database, "fully", "SELECT kind, max(price) AS price FROM item GROUP BY kind", RefreshMode.FULL);
        create(database, "at_once", "SELECT kind, count(*) AS n FROM item GROUP BY kind", RefreshMode.IMMEDIATE);
        create(
                database,
                "at_commit",
                "SELECT k.name, max(i.price) AS price FROM item i JOIN kind k ON k.id = i.kind GROUP BY k.name",
                RefreshMode.ON_COMMIT);
        create(database, "names", "SELECT name, count(*) AS n FROM kind GROUP BY name", RefreshMode.IMMEDIATE);
        create(database, "listed", "SELECT id, kind FROM item WHERE price > 10", RefreshMode.IMMEDIATE);
        database.engine().createFreshView("total");
        database.engine().watermarks().createGroup("shop", List.of("item", "kind"), Duration.ofMinutes(5));
        database.engine().watermarks().advance("item", Instant.EPOCH);
        database.engine().watermarks().advance("kind", Instant.EPOCH);
        database.execute(
                "CREATE VIEW over_total AS SELECT kind FROM total",
                "CREATE INDEX mine ON total (n)",
                "GRANT SELECT ON total TO PUBLIC",
                "COMMENT ON TABLE total IS 'mine'");
    }

    private static void create(TestDatabase database, String name, String query, RefreshMode mode) {
        database.engine().create(StreamTableDefinition.of(name, query).withMode(mode));
    }

    private static void change(TestDatabase database, int round) throws SQLException {
        database.execute(
                "UPDATE item SET kind = (kind + 1) % 7 WHERE id % 4 = " + round % 4,
                "DELETE FROM item WHERE id % 17 = " + round,
                "INSERT INTO item SELECT max(id) + 1, 3, 7 FROM item",
                "INSERT INTO reading SELECT max(id) + 1, '2026-02-02' FROM reading",
                "DELETE FROM edge WHERE a = " + (3 + round));
        for (String isolation : List.of("REPEATABLE READ", "SERIALIZABLE")) {
            try (Connection writer = database.begin()) {
                TestDatabase.execute(writer, "SET TRANSACTION ISOLATION LEVEL " + isolation);
                TestDatabase.execute(writer, "UPDATE item SET price = price + 1 WHERE id % 5 = 1");
                TestDatabase.execute(writer, "INSERT INTO item SELECT max(id) + 1, 2, 30 FROM item");
                writer.commit();
            }
        }
    }

    /** Changes that nobody has applied when the server stops. */
    private static void leavePending(TestDatabase database) throws SQLException {
        change(database, 0);
        for (String name : REFRESHED) {
            database.assertFollows(name);
        }
        change(database, 1);
    }

    private static void assertEverythingFollows(TestDatabase database) throws SQLException {
        for (int round = 0; round < 2; round++) {
            for (String name : REFRESHED) {
                database.assertFollows(name);
            }
            for (String name : WRITTEN) {
                database.assertEqual(name);
            }
            change(database, 4 + round);
            database.execute("UPDATE kind SET name = name || 'x' WHERE id IN (1, 2)");
        }
        for (String name : REFRESHED) {
            if (!name.equals("fully")) {
                assertThat(database.engine().refresh(name).outcome())
                        .as("%s by its changes again", name)
                        .isNotEqualTo(RefreshOutcome.FULL);
            }
            database.assertFollows(name);
        }
        assertThat(database.value("SELECT count(*) FROM total_fresh"))
                .isEqualTo(database.value("SELECT count(*) FROM total"));
        assertThat(database.value("SELECT bool_and(aligned) FROM pgstream.watermark_status()"))
                .isEqualTo("t");
        assertThat(database.value("SELECT count(*) > 0 AND obj_description('total'::regclass) = 'mine' AND"
                        + " to_regclass('mine') IS NOT NULL FROM over_total"))
                .isEqualTo("t");
    }

    @Test
    void after_pg_upgrade_each_table_is_refreshed_fully_once_and_what_writers_maintain_goes_on() throws Exception {
        Cluster before = new Cluster(oldPrograms, "before");
        TestDatabase database = before.start();
        try {
            fill(database);
            leavePending(database);
        } finally {
            before.stop();
        }
        Cluster after = new Cluster(newPrograms, "after");
        run(
                newPrograms,
                "pg_upgrade",
                "-b",
                oldPrograms.toString(),
                "-B",
                newPrograms.toString(),
                "-d",
                before.data.toString(),
                "-D",
                after.data.toString(),
                "-p",
                Integer.toString(before.port),
                "-P",
                Integer.toString(after.port),
                "-s",
                directory.toString(),
                "-U",
                "postgres");
        TestDatabase upgraded = after.start();
        try {
            // Writers come first.
            change(upgraded, 2);
            for (String name : WRITTEN) {
                upgraded.assertEqual(name);
                assertThat(upgraded.engine().get(name).status()).isEqualTo(StreamTableStatus.ACTIVE);
            }
            upgraded.engine().migrate();
            RefreshResult first = upgraded.engine().refresh("parted");
            assertThat(first.outcome()).isEqualTo(RefreshOutcome.FULL);
            assertThat(first.reason()).contains("another server or database");
            // Its function has another row in the catalog, as if it had been replaced: the table is defined and loaded
            // anew.
            upgraded.assertFollows("total");
            assertThat(upgraded.engine().history("total", 1).get(0).reason()).contains("definition has changed");
            assertEverythingFollows(upgraded);
        } finally {
            after.stop();
        }
    }

    @Test
    void a_dump_that_is_restored_in_another_cluster_goes_on_from_what_it_holds() throws Exception {
        Cluster before = new Cluster(oldPrograms, "before");
        TestDatabase database = before.start();
        Path dump = directory.resolve("dump.sql");
        try {
            fill(database);
            leavePending(database);
            run(
                    newPrograms,
                    "pg_dump",
                    "-h",
                    "127.0.0.1",
                    "-p",
                    Integer.toString(before.port),
                    "-U",
                    "postgres",
                    "-f",
                    dump.toString(),
                    "postgres");
        } finally {
            before.stop();
        }
        Cluster after = new Cluster(newPrograms, "after");
        TestDatabase restored = after.start();
        try {
            run(
                    newPrograms,
                    "psql",
                    "-h",
                    "127.0.0.1",
                    "-p",
                    Integer.toString(after.port),
                    "-U",
                    "postgres",
                    "-X",
                    "-q",
                    "-v",
                    "ON_ERROR_STOP=1",
                    "-f",
                    dump.toString(),
                    "postgres");
            // Writers come first, and none of them fails.
            change(restored, 2);
            restored.engine().migrate();
            for (String name : WRITTEN) {
                restored.engine().refresh(name);
                restored.assertEqual(name);
            }
            assertEverythingFollows(restored);
        } finally {
            after.stop();
        }
    }
}
