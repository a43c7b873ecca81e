package io.pgstream.test;

import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.StreamTableEngine;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL server of a given major version, one per JVM, with a database of its own for each test class. The binaries
 * are those that the build copied, or, with {@code -Dpgstream.test.database=testcontainers}, those of a container;
 * {@code -Dpgstream.test.postgres=18} names the version where a test does not care.
 */
public final class TestServer {

    private static final Map<Integer, TestServer> SERVERS = new ConcurrentHashMap<>();

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final int version;

    private final ServerOfTests server;

    /** A database with a catalog and nothing else. */
    private @Nullable DataSource template;

    private TestServer(int version) {
        this.version = version;
        this.server = ServerOfTests.start(version);
    }

    /** The server of the version that tests run on by default. */
    public static TestServer current() {
        return of(Integer.getInteger("pgstream.test.postgres", 18));
    }

    public static TestServer of(int version) {
        return SERVERS.computeIfAbsent(version, TestServer::new);
    }

    public int version() {
        return version;
    }

    /** Creates an empty database, for a superuser. */
    public DataSource newDatabase() {
        String name = "test_" + DATABASES.incrementAndGet();
        try (var connection = server.database("postgres").getConnection();
                var statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return server.database(name);
    }

    /**
     * Creates a database with the catalog of an engine and nothing else: a copy, which takes a third of the time of the
     * migrations. What migrates is tested where a test starts from {@link #newDatabase()}.
     */
    public synchronized DataSource migratedDatabase() {
        try {
            if (template == null) {
                DataSource migrated = newDatabase();
                new StreamTableEngine(migrated, EngineSettings.defaults(), List.of()).migrate();
                template = migrated;
            }
            return copyOf(template);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Creates a database with all that another one holds; nobody may be connected to that meanwhile. */
    public DataSource copyOf(DataSource original) throws SQLException {
        String name = "test_" + DATABASES.incrementAndGet();
        String source = original.unwrap(PGSimpleDataSource.class).getDatabaseName();
        try (var connection = server.database("postgres").getConnection();
                var statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name + " TEMPLATE " + source);
        }
        return server.database(name);
    }

    public int port() {
        return server.port();
    }

    /** A server to be killed or made a standby: it writes to disk what it has committed. The caller closes it. */
    public static EmbeddedPostgres durable(int version, Path dataDirectory, boolean clean) throws IOException {
        return EmbeddedPostgres.builder()
                .setPgBinaryResolver((system, machine) -> binaries(version, system, machine))
                .setDataDirectory(dataDirectory)
                .setCleanDataDirectory(clean)
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start();
    }

    static InputStream binaries(int version, String system, String machine) throws IOException {
        Path directory = Path.of(System.getProperty("pgstream.test.binaries", "target/postgres-binaries"));
        ZipInputStream jar =
                new ZipInputStream(Files.newInputStream(directory.resolve("postgres-" + version + ".jar")));
        for (ZipEntry entry = jar.getNextEntry(); entry != null; entry = jar.getNextEntry()) {
            if (entry.getName().endsWith(".txz")) {
                return jar;
            }
        }
        throw new IOException("No PostgreSQL " + version + " binaries for " + system + " " + machine);
    }
}
