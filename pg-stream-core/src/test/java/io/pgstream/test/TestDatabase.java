package io.pgstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableInfo;
import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.GraphSettings;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.engine.SynchronousSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** A database of its own with an engine that has migrated, and short words for what tests do with them. */
public final class TestDatabase {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final DataSource dataSource;

    private final StreamTableEngine engine;

    private TestDatabase(DataSource dataSource, EngineSettings settings) {
        this.dataSource = dataSource;
        this.engine = new StreamTableEngine(dataSource, settings, List.of());
    }

    /** A new database of a server of this version. */
    public static TestDatabase on(int version) {
        return migrated(TestServer.of(version).migratedDatabase());
    }

    /** A new database of the server that tests run on by default. */
    public static TestDatabase onDefault() {
        return migrated(TestServer.current().migratedDatabase());
    }

    public static TestDatabase of(DataSource dataSource) {
        TestDatabase database = migrated(dataSource);
        database.engine.migrate();
        return database;
    }

    /** With an engine that finds its catalog there. */
    public static TestDatabase migrated(DataSource dataSource) {
        // Refreshes wait for locks for five times as long, which must be enough for what tests do meanwhile.
        return new TestDatabase(dataSource, settings(Duration.ofSeconds(4), Duration.ofSeconds(60)));
    }

    /** With an engine that waits less, for tests of waiting. */
    public static TestDatabase impatient(TestServer server) {
        return new TestDatabase(server.migratedDatabase(), settings(Duration.ofMillis(200), Duration.ofSeconds(2)));
    }

    public static EngineSettings settings(Duration lockTimeout, Duration ddlTimeout) {
        EngineSettings defaults = EngineSettings.defaults();
        return new EngineSettings(
                defaults.catalogSchema(),
                defaults.changeBufferSchema(),
                defaults.stateSchema(),
                defaults.application(),
                defaults.minSchedule(),
                defaults.defaultSchedule(),
                defaults.maxConsecutiveErrors(),
                defaults.maxRetries(),
                defaults.retryDelay(),
                defaults.differentialMaxChangeRatio(),
                lockTimeout,
                ddlTimeout,
                defaults.statementTimeout(),
                defaults.createSourceIndexes(),
                defaults.graph(),
                defaults.life(),
                SynchronousSettings.defaults());
    }

    /** With an engine that lets stream tables read each other in circles. */
    public static TestDatabase circular(TestServer server) {
        EngineSettings patient = settings(Duration.ofSeconds(4), Duration.ofSeconds(60));
        return new TestDatabase(
                server.migratedDatabase(),
                patient.with(patient.graph().withCircles(true, GraphSettings.MAX_ITERATIONS)));
    }

    public DataSource dataSource() {
        return dataSource;
    }

    public StreamTableEngine engine() {
        return engine;
    }

    public Connection connect() throws SQLException {
        return dataSource.getConnection();
    }

    /** A connection with an open transaction as soon as it does something. */
    public Connection begin() throws SQLException {
        Connection connection = connect();
        connection.setAutoCommit(false);
        return connection;
    }

    public void execute(String... statements) throws SQLException {
        try (Connection connection = connect()) {
            for (String statement : statements) {
                execute(connection, statement);
            }
        }
    }

    public static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    public List<String> column(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(String.valueOf(rows.getString(1)));
            }
            return values;
        }
    }

    public String value(String query) throws SQLException {
        return column(query).get(0);
    }

    /** Creates a stream table that must be maintained differentially. */
    public StreamTableInfo create(String name, String query) {
        return engine.create(StreamTableDefinition.of(name, query).withMode(RefreshMode.DIFFERENTIAL));
    }

    /** Changes the tables, refreshes by the changes alone, and compares the table with its query as bags. */
    public void assertFollowsDifferentially(String name, String... changes) throws SQLException {
        execute(changes);
        assertThat(engine.refresh(name).outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        assertEqual(name);
    }

    /** Refreshes, and compares the table with its query as bags. */
    public void assertFollows(String name) throws SQLException {
        engine.refresh(name);
        assertEqual(name);
    }

    public void assertEqual(String name) throws SQLException {
        String query = engine.get(name).query();
        assertThat(column("(SELECT q::text FROM (" + query + ") q EXCEPT ALL SELECT t::text FROM " + name + " t)"))
                .as("rows that %s lacks", name)
                .isEmpty();
        assertThat(column("(SELECT t::text FROM " + name + " t EXCEPT ALL SELECT q::text FROM (" + query + ") q)"))
                .as("rows that %s should not have", name)
                .isEmpty();
    }

    /** Waits until a session waits for a lock on a relation. */
    public void awaitWaiterFor(String relation) throws SQLException {
        await("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = '" + relation + "'::regclass)");
    }

    /** Waits until a query says true. */
    public void await(String condition) throws SQLException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!value(condition).equals("t")) {
            assertThat(System.nanoTime()).as("waiting for %s", condition).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
