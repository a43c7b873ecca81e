package io.pgstream.oracle;

import io.pgstream.PgStreamException;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.Schedule;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableInfo;
import io.pgstream.Verification;
import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.test.TestServer;
import java.io.StringReader;
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
    record Outcome(@Nullable Failure failure, int comparisons, int differential) {}

    /** Among the changes of a cycle: its refreshes are full, so that the next ones start from what those wrote. */
    static final String FULLY = "-- refreshed fully";

    private final PGPoolingDataSource dataSource;

    private final Connection connection;

    private final StreamTableEngine engine;

    Oracle(TestServer server) {
        this.dataSource = pool((PGSimpleDataSource) server.newDatabase());
        this.engine = new StreamTableEngine(dataSource, EngineSettings.defaults(), List.of());
        engine.migrate();
        try {
            this.connection = dataSource.getConnection();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The driver's own small pool is deprecated for applications, and saves a test half of its time. */
    private static PGPoolingDataSource pool(PGSimpleDataSource database) {
        PGPoolingDataSource pool = new PGPoolingDataSource();
        pool.setDataSourceName(java.util.UUID.randomUUID().toString());
        pool.setUrl(database.getUrl());
        pool.setUser(database.getUser());
        pool.setPassword(database.getPassword());
        pool.setCurrentSchema("o");
        pool.setOptions("-c statement_timeout=20000");
        pool.setPrepareThreshold(0);
        pool.setMaxConnections(8);
        return pool;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
        dataSource.close();
    }

    /** An empty schema. */
    void reset() throws SQLException {
        List<StreamTableInfo> tables = new ArrayList<>(engine.list());
        while (!tables.isEmpty()) {
            int before = tables.size();
            tables.removeIf(this::dropped);
            if (tables.size() == before) {
                throw new IllegalStateException("None can be dropped of " + tables);
            }
        }
        run("ROLLBACK");
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
        try (Statement it = connection.createStatement()) {
            it.execute(statement);
        }
    }

    /** Runs a statement that may fail; whether it did not. */
    boolean run(String statement) {
        try {
            if (statement.endsWith("\\.")) {
                int end = statement.indexOf('\n');
                String data = statement.substring(end + 1, statement.length() - 2);
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn(statement.substring(0, end - 1), new StringReader(data));
            } else {
                sql(statement);
            }
            return true;
        } catch (SQLException | java.io.IOException e) {
            return false;
        }
    }

    /** Why PostgreSQL cannot run a query, or how many rows it has. */
    long rows(String query) throws SQLException {
        try (Statement it = connection.createStatement()) {
            it.execute("SET statement_timeout = 400");
            try (ResultSet result = it.executeQuery("SELECT count(q) FROM (" + query + ") AS q")) {
                result.next();
                return result.getLong(1);
            } finally {
                run("SET statement_timeout = 20000");
            }
        }
    }

    /** Creates a stream table. */
    StreamTableInfo create(Scenario.StreamTable table) {
        StreamTableDefinition definition =
                StreamTableDefinition.of("o." + table.name(), table.query()).withMode(table.mode());
        return engine.create(new StreamTableDefinition(
                definition.name(), definition.query(), Schedule.parse("manual"), definition.mode()));
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
        for (Scenario.StreamTable table : scenario.streamTables()) {
            try {
                create(table);
            } catch (RuntimeException e) {
                return new Outcome(new Failure(table.name(), -1, String.valueOf(e)), 0, 0);
            }
        }
        return null;
    }

    /** Plays the changes of a scenario whose tables exist. */
    Outcome change(Scenario scenario) throws SQLException {
        List<Scenario.StreamTable> usable = new ArrayList<>(scenario.streamTables());
        int comparisons = 0;
        int differential = 0;
        if (scenario.bulk()) {
            System.setProperty("pgstream.test.smallDelta", "-1");
        } else {
            System.clearProperty("pgstream.test.smallDelta");
        }
        for (int i = 0; i < scenario.cycles().size(); i++) {
            scenario.cycles().get(i).forEach(this::run);
            run("ROLLBACK");
            for (Scenario.StreamTable table : List.copyOf(usable)) {
                if (!computable(table)) {
                    // A division by zero in the data, say: nothing can be said of this table or of those that read it.
                    usable = new ArrayList<>(usable.subList(0, usable.indexOf(table)));
                    break;
                }
                RefreshResult result;
                try {
                    String name = "o." + table.name();
                    result =
                            scenario.cycles().get(i).contains(FULLY) ? engine.refreshFully(name) : engine.refresh(name);
                } catch (RuntimeException e) {
                    return new Outcome(new Failure(table.name(), i, stack(e)), comparisons, differential);
                }
                differential += result.outcome() == RefreshOutcome.DIFFERENTIAL ? 1 : 0;
                comparisons++;
                boolean last = i == scenario.cycles().size() - 1;
                boolean fully = scenario.cycles().get(i).contains(FULLY);
                if (!fully && "requested".equals(result.reason())) {
                    String message = "the delta did not fit the table, and the refresh was full instead";
                    return new Outcome(new Failure(table.name(), i, message), comparisons, differential);
                }
                String difference = difference(table, result, last);
                if (difference != null) {
                    return new Outcome(new Failure(table.name(), i, difference), comparisons, differential);
                }
            }
        }
        return new Outcome(null, comparisons, differential);
    }

    /**
     * Plays the changes of a scenario whose tables are maintained by their writers, and compares each as soon as it
     * promises to be right: after each statement, or after each transaction.
     */
    Outcome write(Scenario scenario) throws SQLException {
        int comparisons = 0;
        for (int i = 0; i < scenario.cycles().size(); i++) {
            for (String statement : scenario.cycles().get(i)) {
                String problem = statement.equals(FULLY) ? null : problem(statement);
                if (problem != null) {
                    return new Outcome(new Failure("", i, problem + " in " + statement), comparisons, 0);
                }
                TransactionState state = connection.unwrap(BaseConnection.class).getTransactionState();
                for (Scenario.StreamTable table : scenario.streamTables()) {
                    boolean promised = table.mode() == RefreshMode.IMMEDIATE
                            ? state != TransactionState.FAILED
                            : state == TransactionState.IDLE;
                    String difference = promised ? compare(table) : null;
                    if (difference != null) {
                        return new Outcome(
                                new Failure(table.name(), i, difference + " after " + statement), comparisons, 0);
                    }
                    comparisons += promised ? 1 : 0;
                }
            }
            run("ROLLBACK");
        }
        return new Outcome(null, comparisons, 0);
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
            return (ours && !state.startsWith("22") && !state.equals("21000"))
                    ? state + " " + message.getMessage() + "\n" + message.getWhere()
                    : null;
        }
    }

    private static String stack(Throwable e) {
        java.io.StringWriter writer = new java.io.StringWriter();
        e.printStackTrace(new java.io.PrintWriter(writer));
        return writer.toString()
                .lines()
                .filter(line -> !line.startsWith("\tat ") || line.contains("io.pgstream."))
                .limit(30)
                .collect(java.util.stream.Collectors.joining("\n"));
    }

    private boolean computable(Scenario.StreamTable table) {
        try {
            rows(table.query());
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private @Nullable String difference(Scenario.StreamTable table, RefreshResult result, boolean last)
            throws SQLException {
        String independent = compare(table);
        if (independent != null) {
            return independent + " (" + result.outcome() + ")";
        }
        if (!last) {
            return null;
        }
        // It compiles the query again, which takes longer than all the rest: once is enough.
        if (TestClock.used()) {
            // It would compare with the query at the server's time.
            return null;
        }
        Verification verification = engine.verify("o." + table.name());
        return (verification.equal() || table.floats()) ? null : "verify() says " + verification;
    }

    /** Compares by plain SQL while nobody writes. */
    private @Nullable String compare(Scenario.StreamTable table) throws SQLException {
        String atClock = TestClock.in(table.query());
        String columns = comparable("SELECT * FROM (" + atClock + ") AS q LIMIT 0");
        String query = "SELECT " + columns + " FROM (" + atClock + ") AS q";
        String stored = "SELECT " + columns + " FROM o." + table.name() + " AS q";
        String missing = first("(" + query + ") EXCEPT ALL (" + stored + ")");
        String unexpected = first("(" + stored + ") EXCEPT ALL (" + query + ")");
        return (missing == null && unexpected == null) ? null : "missing " + missing + ", unexpected " + unexpected;
    }

    private @Nullable String first(String query) throws SQLException {
        try (Statement it = connection.createStatement();
                ResultSet rows = it.executeQuery("SELECT string_agg(d::text, ' ') FROM (" + query + ") AS d")) {
            rows.next();
            return rows.getString(1);
        }
    }

    /** Types without an equality by their text, floats within a tolerance. */
    private String comparable(String query) throws SQLException {
        List<String> columns = new ArrayList<>();
        try (Statement it = connection.createStatement();
                ResultSet rows = it.executeQuery(query)) {
            ResultSetMetaData data = rows.getMetaData();
            for (int i = 1; i <= data.getColumnCount(); i++) {
                String name = "q.\"" + data.getColumnLabel(i).replace("\"", "\"\"") + "\"";
                columns.add(
                        switch (data.getColumnTypeName(i)) {
                            // The odd factor keeps sums of short decimals away from the points where rounding turns.
                            case "float8", "float4" -> "round(" + name + "::numeric * 1234567.8912345, 1)";
                            case "json", "xml" -> name + "::text";
                            default -> name;
                        });
            }
        }
        return String.join(", ", columns);
    }
}
