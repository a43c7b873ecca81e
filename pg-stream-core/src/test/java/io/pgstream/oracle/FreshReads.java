package io.pgstream.oracle;

import io.pgstream.PgStreamException;
import io.pgstream.engine.StreamTableEngine;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * Reads stream tables by their fresh views after each statement, while changes are pending, and compares each with its
 * query in one statement. Some tables are refreshed after each cycle, others keep their changes.
 */
final class FreshReads {

    private final Oracle oracle;

    private final StreamTableEngine engine;

    private final Connection connection;

    private final Scenario scenario;

    private final Comparison comparison;

    private final Random random;

    private int comparisons;

    private int byQuery;

    FreshReads(Oracle oracle, StreamTableEngine engine, Connection connection, Scenario scenario, long seed) {
        this.oracle = oracle;
        this.engine = engine;
        this.connection = connection;
        this.scenario = scenario;
        this.comparison = new Comparison(oracle, engine, connection, scenario);
        this.random = new Random(seed);
    }

    /** The comparisons, in how many of them the view ran the query, and what was wrong. */
    Oracle.Outcome run() throws SQLException {
        scenario.streamTables().forEach(table -> engine.createFreshView("o." + table.name()));
        for (int i = 0; i < scenario.cycles().size(); i++) {
            for (String statement : scenario.cycles().get(i)) {
                oracle.run(statement);
                if (connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.FAILED) {
                    continue;
                }
                Oracle.Failure failure = compared(i, statement);
                if (failure != null) {
                    return outcome(failure);
                }
            }
            oracle.run("ROLLBACK");
            scenario.streamTables().stream()
                    .filter(table -> random.nextBoolean())
                    .forEach(this::refresh);
        }
        return outcome(null);
    }

    private Oracle.Outcome outcome(Oracle.@Nullable Failure failure) {
        return new Oracle.Outcome(failure, comparisons, comparisons - byQuery, byQuery);
    }

    private Oracle.@Nullable Failure compared(int cycle, String statement) throws SQLException {
        for (Scenario.StreamTable table : scenario.streamTables()) {
            boolean inTransaction =
                    connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.OPEN;
            if (inTransaction) {
                oracle.sql("SAVEPOINT fresh");
            }
            String message;
            try {
                message = comparison.difference(table, table.name() + "_fresh");
                byQuery += ranTheQuery(table) ? 1 : 0;
                comparisons++;
            } catch (SQLException e) {
                if (inTransaction) {
                    oracle.sql("ROLLBACK TO SAVEPOINT fresh");
                }
                message = oracle.run("SELECT count(q) FROM (" + table.query() + ") AS q") ? e.getMessage() : null;
                if (inTransaction) {
                    oracle.sql("ROLLBACK TO SAVEPOINT fresh");
                }
            }
            if (message != null) {
                return new Oracle.Failure(table.name(), cycle, message + " after " + statement);
            }
        }
        return null;
    }

    private boolean ranTheQuery(Scenario.StreamTable table) throws SQLException {
        try (Statement it = connection.createStatement()) {
            String function;
            try (ResultSet row = it.executeQuery("SELECT v.function_name FROM pgstream.pgs_fresh_views AS v JOIN"
                    + " pgstream.pgs_stream_tables AS t ON t.id = v.stream_table_id WHERE t.schema_name = 'o' AND"
                    + " t.table_name = '" + table.name() + "'")) {
                row.next();
                function = row.getString(1);
            }
            try (ResultSet row =
                    it.executeQuery("SELECT coalesce(bool_or(f.pgstream_all), false) FROM " + function + "() AS f")) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private void refresh(Scenario.StreamTable table) {
        try {
            engine.refresh("o." + table.name());
        } catch (PgStreamException e) {
            // A division by zero in the data, say: the view must still equal the query, or fail like it.
            System.out.println("  not refreshed: " + e.getMessage());
        }
    }
}
