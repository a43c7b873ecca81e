package io.pgstream.oracle;

import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.Verification;
import io.pgstream.engine.StreamTableEngine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The changes of one scenario, with a refresh of each stream table after each of them and a comparison with its query. */
final class Comparison {

    private final Oracle oracle;

    private final StreamTableEngine engine;

    private final Connection connection;

    /** What the clean-up does for a consumer that is ahead of these: the changes wait where only those that need them look. */
    private static final String TO_BACKLOG =
            "DO $$ DECLARE c text; BEGIN FOR c IN SELECT 'pgstream_changes.c' || id || '_' FROM"
                    + " pgstream.pgs_captures LOOP FOR i IN 0 .. 1 LOOP BEGIN EXECUTE 'LOCK TABLE ' || c || i || ' IN ACCESS EXCLUSIVE MODE"
                    + " NOWAIT'; EXECUTE 'INSERT INTO ' || c || '2 TABLE ' || c || i; EXECUTE 'TRUNCATE ' || c || i; EXCEPTION WHEN"
                    + " lock_not_available THEN NULL; END; END LOOP; END LOOP; END $$";

    private final Scenario scenario;

    /** The tables of which something can be said. */
    private List<Scenario.StreamTable> usable;

    /** What compares a relation; its columns never change. */
    private final Map<String, String> statements = new HashMap<>();

    private int comparisons;

    private int differential;

    private int full;

    Comparison(Oracle oracle, StreamTableEngine engine, Connection connection, Scenario scenario) {
        this.oracle = oracle;
        this.engine = engine;
        this.connection = connection;
        this.scenario = scenario;
        this.usable = scenario.streamTables();
    }

    Oracle.Outcome run() throws SQLException {
        for (int i = 0; i < scenario.cycles().size(); i++) {
            List<String> cycle = scenario.cycles().get(i);
            cycle.forEach(oracle::run);
            oracle.run("ROLLBACK");
            if (i % 2 == 0 && scenario.lagging()) {
                oracle.run(TO_BACKLOG);
            }
            boolean fully = cycle.contains(Oracle.FULLY);
            boolean last = i == scenario.cycles().size() - 1;
            for (Scenario.StreamTable table : List.copyOf(usable)) {
                String message = refreshed(table, fully, last);
                if (message != null) {
                    return outcome(new Oracle.Failure(table.name(), i, message));
                }
                if (!usable.contains(table)) {
                    break;
                }
            }
        }
        return outcome(null);
    }

    private Oracle.Outcome outcome(Oracle.@Nullable Failure failure) {
        return new Oracle.Outcome(failure, comparisons, differential, full);
    }

    /** What is wrong with a table after its refresh. */
    private @Nullable String refreshed(Scenario.StreamTable table, boolean fully, boolean last) throws SQLException {
        String name = "o." + table.name();
        RefreshResult result;
        try {
            result = fully ? engine.refreshFully(name) : engine.refresh(name);
        } catch (RuntimeException e) {
            return leaveIfNotComputable(table) ? null : stack(e);
        }
        if (!fully && "requested".equals(result.reason())) {
            return "the delta did not fit the table, and the refresh was full instead";
        }
        String difference;
        try {
            difference = difference(table);
        } catch (SQLException e) {
            if (leaveIfNotComputable(table)) {
                return null;
            }
            throw e;
        }
        differential += result.outcome() == RefreshOutcome.DIFFERENTIAL ? 1 : 0;
        full += result.outcome() == RefreshOutcome.FULL ? 1 : 0;
        comparisons++;
        if (difference != null) {
            return difference + " (" + result.outcome() + ")";
        }
        // It compiles the query again, which takes longer than all the rest: once is enough. And it would compare with
        // the query at the server's time.
        return (last && !TestClock.used()) ? verified(table) : null;
    }

    /** The tables of which something can be said. */
    List<Scenario.StreamTable> usable() {
        return List.copyOf(usable);
    }

    private @Nullable String verified(Scenario.StreamTable table) {
        Verification verification = engine.verify("o." + table.name());
        return (verification.equal() || table.floats()) ? null : "verify() says " + verification;
    }

    /** A division by zero in the data, say: nothing can be said of this table or of those that read it. */
    boolean leaveIfNotComputable(Scenario.StreamTable table) {
        try {
            oracle.rows(TestClock.in(table.query()));
            return false;
        } catch (SQLException e) {
            usable = new ArrayList<>(usable.subList(0, usable.indexOf(table)));
            return true;
        }
    }

    /** Compares by plain SQL while nobody writes; the query is computed once. */
    @Nullable
    String difference(Scenario.StreamTable table) throws SQLException {
        return difference(table, table.name());
    }

    /**
     * The same while others write, and change modes: a table that its writers maintain is right in every snapshot. Nothing is said of
     * one that at this snapshot is refreshed.
     */
    @Nullable
    String brokenPromise(Scenario.StreamTable table) throws SQLException {
        return compare(
                "SELECT CASE WHEN m.promises THEN c.missing END, CASE WHEN m.promises THEN c.unexpected END FROM (SELECT"
                        + " effective_mode IN ('IMMEDIATE', 'ON_COMMIT') AS promises FROM pgstream.pgs_stream_tables WHERE relid ="
                        + " 'o." + table.name() + "'::regclass) AS m, ("
                        + statement(table, table.name()) + ") AS c");
    }

    /** The same for a relation that shows the table otherwise. */
    @Nullable
    String difference(Scenario.StreamTable table, String relation) throws SQLException {
        return compare(statement(table, relation));
    }

    private String statement(Scenario.StreamTable table, String relation) throws SQLException {
        String comparison = statements.get(relation);
        if (comparison == null) {
            comparison = comparison(table, relation);
            statements.put(relation, comparison);
        }
        return comparison;
    }

    private @Nullable String compare(String comparison) throws SQLException {
        try (Statement it = connection.createStatement();
                ResultSet rows = it.executeQuery(comparison)) {
            rows.next();
            String missing = rows.getString(1);
            String unexpected = rows.getString(2);
            return (missing == null && unexpected == null) ? null : "missing " + missing + ", unexpected " + unexpected;
        }
    }

    private String comparison(Scenario.StreamTable table, String relation) throws SQLException {
        // A query can end in a comment.
        String atClock = TestClock.in(table.query()) + "\n";
        String columns = comparable("SELECT * FROM (" + atClock + ") AS q LIMIT 0");
        return "WITH expected AS MATERIALIZED (SELECT " + columns + " FROM (" + atClock + ") AS q),"
                + " stored AS MATERIALIZED (SELECT " + columns + " FROM o." + relation + " AS q)"
                + " SELECT (SELECT string_agg(d::text, ' ') FROM (TABLE expected EXCEPT ALL TABLE stored) AS d) AS missing,"
                + " (SELECT string_agg(d::text, ' ') FROM (TABLE stored EXCEPT ALL TABLE expected) AS d) AS unexpected";
    }

    /** Types without an equality or an order by their text, floats within a tolerance. */
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
                            case "json", "xml", "jsonpath", "point", "box", "circle", "path", "odd", "addr", "xid" ->
                                name + "::text";
                            default -> name;
                        });
            }
        }
        return String.join(", ", columns);
    }

    static String stack(Throwable e) {
        StringWriter writer = new StringWriter();
        e.printStackTrace(new PrintWriter(writer));
        return writer.toString()
                .lines()
                .filter(line -> !line.startsWith("\tat ") || line.contains("io.pgstream."))
                .limit(30)
                .collect(Collectors.joining("\n"));
    }
}
