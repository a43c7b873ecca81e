package io.pgstream.oracle;

import io.pgstream.PgStreamException;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshResult;
import io.pgstream.Schedule;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableInfo;
import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.test.TestServer;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.ds.PGPoolingDataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Plays scenarios in a database of its own and compares each stream table with its query after each refresh. */
@SuppressWarnings("deprecation")
final class Oracle implements AutoCloseable {

    /** What went wrong, with which table, after which cycle; -1 stands for the creation. */
    record Failure(String table, int cycle, String message) {}

    /** How a scenario went. */
    record Outcome(@Nullable Failure failure, int comparisons, int differential, int full) {

        static Outcome failedToStart(Failure failure) {
            return new Outcome(failure, 0, 0, 0);
        }
    }

    /** Among the changes of a cycle: its refreshes are full, so that the next ones start from what those wrote. */
    static final String FULLY = "-- refreshed fully";

    private final PGSimpleDataSource database;

    private final PGPoolingDataSource dataSource;

    private final Connection connection;

    /** The session of {@link OtherSession}. */
    private final Connection other;

    private final StreamTableEngine engine;

    Oracle(TestServer server) {
        this(server, false);
    }

    /** With plans that the server keeps, as in an application, or with new ones for each statement. */
    Oracle(TestServer server, boolean keptPlans) {
        this.database = (PGSimpleDataSource) server.migratedDatabase();
        this.dataSource = pool(database, keptPlans);
        this.engine = new StreamTableEngine(dataSource, EngineSettings.defaults(), List.of());
        try {
            this.connection = dataSource.getConnection();
            this.other = dataSource.getConnection();
            for (Connection session : List.of(connection, other)) {
                execute(session, "SET lock_timeout = 100");
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The driver's own small pool is deprecated for applications, and saves a test half of its time. */
    private static PGPoolingDataSource pool(PGSimpleDataSource database, boolean keptPlans) {
        PGPoolingDataSource pool = new PGPoolingDataSource();
        pool.setDataSourceName(java.util.UUID.randomUUID().toString());
        pool.setUrl(database.getUrl());
        pool.setUser(database.getUser());
        pool.setPassword(database.getPassword());
        pool.setCurrentSchema("o");
        pool.setOptions("-c statement_timeout=20000");
        pool.setPrepareThreshold(keptPlans ? 5 : 0);
        pool.setMaxConnections(8);
        return pool;
    }

    @Override
    public void close() throws SQLException {
        other.close();
        connection.close();
        dataSource.close();
    }

    /** An empty schema. */
    void reset() throws SQLException {
        execute(other, "ROLLBACK");
        run("ROLLBACK");
        run("SET session_replication_role = origin");
        // What is prepared keeps its locks.
        for (String prepared : strings("SELECT gid FROM pg_prepared_xacts WHERE database = current_database()")) {
            run("ROLLBACK PREPARED '" + prepared + "'");
        }
        List<StreamTableInfo> tables = new ArrayList<>(engine.list());
        while (!tables.isEmpty()) {
            int before = tables.size();
            tables.removeIf(this::dropped);
            if (tables.size() == before) {
                throw new IllegalStateException("None can be dropped of " + tables);
            }
        }
        execute(other, "SET TimeZone = 'UTC'");
        sql("SET client_min_messages = error; DROP SCHEMA IF EXISTS o CASCADE; CREATE SCHEMA o; SET search_path = o;"
                + " SET TimeZone = 'UTC'");
    }

    private boolean dropped(StreamTableInfo info) {
        try {
            engine.drop(info.name().toString());
            return true;
        } catch (PgStreamException e) {
            return false;
        }
    }

    void sql(String statement) throws SQLException {
        execute(OtherSession.runs(statement) ? other : connection, statement);
    }

    private static void execute(Connection session, String statement) throws SQLException {
        try (Statement it = session.createStatement()) {
            it.execute(statement);
        }
    }

    /** Runs a statement that may fail; whether it did not. */
    boolean run(String statement) {
        try {
            play(OtherSession.runs(statement) ? other : connection, statement);
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    /** Runs a statement, or copies what follows it. */
    static void play(Connection session, String statement) throws SQLException {
        if (!statement.endsWith("\\.")) {
            execute(session, statement);
            return;
        }
        int end = statement.indexOf('\n');
        String data = statement.substring(end + 1, statement.length() - 2);
        try {
            session.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn(statement.substring(0, end - 1), new StringReader(data));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One more session in the schema of the scenario, which finds out soon that it is in a deadlock. */
    Connection connect() throws SQLException {
        Connection session = database.getConnection();
        execute(
                session,
                "SET search_path = o; SET TimeZone = 'UTC'; SET statement_timeout = 20000; SET deadlock_timeout = 50");
        return session;
    }

    /** Why PostgreSQL cannot run a query, or how many rows it has. */
    long rows(String query) throws SQLException {
        try (Statement it = connection.createStatement()) {
            it.execute("SET statement_timeout = 400");
            try (ResultSet result = it.executeQuery("SELECT count(q) FROM (" + query + "\n) AS q")) {
                result.next();
                return result.getLong(1);
            } finally {
                run("SET statement_timeout = 20000");
            }
        }
    }

    /** The columns of a query with their types. */
    List<ApplicationCatalog.Column> columns(String query) throws SQLException {
        List<ApplicationCatalog.Column> columns = new ArrayList<>();
        try (Statement it = connection.createStatement();
                ResultSet rows = it.executeQuery("SELECT * FROM (" + query + ") AS q LIMIT 0")) {
            ResultSetMetaData data = rows.getMetaData();
            for (int i = 1; i <= data.getColumnCount(); i++) {
                String name = "\"" + data.getColumnLabel(i).replace("\"", "\"\"") + "\"";
                columns.add(new ApplicationCatalog.Column(name, data.getColumnTypeName(i)));
            }
        }
        return columns;
    }

    /** The first column of each row. */
    List<String> strings(String query) throws SQLException {
        List<String> strings = new ArrayList<>();
        try (Statement it = connection.createStatement();
                ResultSet rows = it.executeQuery(query)) {
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
        }
        return strings;
    }

    /** Creates a stream table. */
    StreamTableInfo create(Scenario.StreamTable table) {
        loadBeside(Math.floorMod(table.query().hashCode(), 4) == 0);
        StreamTableDefinition definition =
                StreamTableDefinition.of("o." + table.name(), table.query()).withMode(table.mode());
        return engine.create(new StreamTableDefinition(
                definition.name(), definition.query(), Schedule.parse("manual"), definition.mode()));
    }

    /** Whether tables that their writers maintain are loaded beside them, which only large ones would be otherwise. */
    static void loadBeside(boolean always) {
        System.setProperty("pgstream.test.loadBeside", always ? "-1" : "10000");
    }

    /** The operator tree of a stream table. */
    String operatorTree(String name) {
        return engine.explain("o." + name).operatorTree();
    }

    /** Refreshes a stream table. */
    RefreshResult refresh(Scenario.StreamTable table) {
        return engine.refresh("o." + table.name());
    }

    /** Plays a scenario from the start. */
    Outcome play(Scenario scenario) throws SQLException {
        Outcome failed = start(scenario);
        if (failed != null) {
            return failed;
        }
        boolean written =
                scenario.streamTables().stream().anyMatch(table -> table.mode().synchronous());
        return written ? write(scenario) : change(scenario);
    }

    private @Nullable Outcome start(Scenario scenario) throws SQLException {
        reset();
        scenario.setup().forEach(this::run);
        if (scenario.analyzed()) {
            run(Scenario.ANALYZE);
        }
        choose(scenario.setup());
        for (Scenario.StreamTable table : scenario.streamTables()) {
            try {
                create(table);
            } catch (RuntimeException e) {
                return Outcome.failedToStart(new Failure(table.name(), -1, String.valueOf(e)));
            }
        }
        return null;
    }

    /** What only large tables have otherwise, some scenarios have, by what their tables are. */
    static void choose(List<String> setup) {
        // Filtered tables that are kept as states, and rows to spare.
        System.setProperty("pgstream.test.keepFilters", Boolean.toString((setup.hashCode() & 1) == 0));
        // Joins, and groups that are read again, choose how to go on by the rows that there are when they run.
        System.setProperty("pgstream.test.worthAChoice", (setup.hashCode() & 2) == 0 ? "0" : "5000");
        // Tables are met with all that stands behind them.
        System.setProperty("pgstream.test.branches", Boolean.toString((setup.hashCode() & 4) == 0));
        // Rows look others up in the order of an index.
        System.setProperty("pgstream.test.sortedLookups", Boolean.toString((setup.hashCode() & 8) == 0));
        // Changed rows without a partner in a table that is joined later are dropped.
        System.setProperty("pgstream.test.reductions", Boolean.toString((setup.hashCode() & 32) == 0));
        // The segment of a buffer that is empty is not read.
        System.setProperty("pgstream.test.oneSegment", Boolean.toString((setup.hashCode() & 16) == 0));
    }

    /** Plays the changes of a scenario whose tables exist. */
    Outcome change(Scenario scenario) throws SQLException {
        if (scenario.bulk()) {
            System.setProperty("pgstream.test.smallDelta", "-1");
        } else {
            System.clearProperty("pgstream.test.smallDelta");
        }
        return new Comparison(this, engine, connection, scenario).run();
    }

    /** Plays the changes of a scenario whose tables exist, and reads each table by its fresh view meanwhile. */
    Outcome read(Scenario scenario, long seed) throws SQLException {
        System.clearProperty("pgstream.test.smallDelta");
        return new FreshReads(this, engine, connection, scenario, seed).run();
    }

    /** Plays the changes of a scenario whose tables exist by several sessions at once. */
    ConcurrentSessions.Result writeAtOnce(Scenario scenario, int writers, long seed) throws Exception {
        Comparison comparison = new Comparison(this, engine, connection, scenario);
        return new ConcurrentSessions(this, engine, comparison, scenario, writers, seed).run();
    }

    /**
     * Plays the changes of a scenario whose tables are maintained by their writers, and compares each as soon as it
     * promises to be right: after each statement, or after each transaction.
     */
    Outcome write(Scenario scenario) throws SQLException {
        Comparison comparison = new Comparison(this, engine, connection, scenario);
        int comparisons = 0;
        for (int i = 0; i < scenario.cycles().size(); i++) {
            for (String statement : scenario.cycles().get(i)) {
                String problem = statement.equals(FULLY) ? null : problem(statement);
                if (problem != null) {
                    return new Outcome(new Failure("", i, problem + " in " + statement), comparisons, 0, 0);
                }
                TransactionState state = connection.unwrap(BaseConnection.class).getTransactionState();
                for (Scenario.StreamTable table : scenario.streamTables()) {
                    boolean promised = table.mode() == RefreshMode.IMMEDIATE
                            ? state != TransactionState.FAILED
                            : state == TransactionState.IDLE;
                    String difference = promised ? comparison.difference(table) : null;
                    if (difference != null) {
                        return new Outcome(
                                new Failure(table.name(), i, difference + " after " + statement), comparisons, 0, 0);
                    }
                    comparisons += promised ? 1 : 0;
                }
            }
            run("ROLLBACK");
        }
        return new Outcome(null, comparisons, 0, 0);
    }

    /** What is wrong about the error of a statement: one of our functions may fail only where the query does. */
    private @Nullable String problem(String statement) throws SQLException {
        try {
            if (statement.endsWith("\\.")) {
                run(statement);
            } else {
                sql(statement);
            }
            return null;
        } catch (PSQLException e) {
            String state = String.valueOf(e.getSQLState());
            ServerErrorMessage message = e.getServerErrorMessage();
            boolean ours = message != null && String.valueOf(message.getWhere()).contains("pgstream_");
            // A prepared transaction keeps its locks, and this session waits for none for long.
            return (ours && !state.startsWith("22") && !state.equals("21000") && !state.equals("55P03"))
                    ? state + " " + message.getMessage() + "\n" + message.getWhere()
                    : null;
        }
    }
}
