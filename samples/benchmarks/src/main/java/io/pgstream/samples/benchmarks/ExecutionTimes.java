package io.pgstream.samples.benchmarks;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Locale;
import java.util.Set;
import javax.sql.DataSource;

/**
 * A data source that asks the server, before each prepared statement that reads or writes rows, how long its execution
 * takes: by EXPLAIN ANALYZE of the same statement with the same parameters, which is rolled back. Planning, locks,
 * settings, round trips and the commit are not in it, nor the overhead of taking the time of every node.
 */
final class ExecutionTimes {

    private static final Set<String> EXPLAINED = Set.of("SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE");

    private static final String EXECUTION = "Execution Time: ";

    private final DataSource source;

    /** Whose statements count: an engine also cleans up, in threads of its own. */
    private final Thread thread = Thread.currentThread();

    private double milliseconds;

    ExecutionTimes(DataSource source) {
        this.source = source;
    }

    DataSource dataSource() {
        return proxy(DataSource.class, (proxy, method, arguments) -> {
            Object result = call(source, method, arguments);
            return (result instanceof Connection connection) ? observed(connection) : result;
        });
    }

    /** The sum since the last call, of the statements of the thread that made this. */
    double take() {
        double sum = milliseconds;
        milliseconds = 0;
        return sum;
    }

    private Connection observed(Connection connection) {
        return proxy(Connection.class, (proxy, method, arguments) -> {
            Object result = call(connection, method, arguments);
            return (result instanceof PreparedStatement statement
                            && Thread.currentThread() == thread
                            && isExplained(String.valueOf(arguments[0])))
                    ? observed(connection, statement, String.valueOf(arguments[0]))
                    : result;
        });
    }

    private static boolean isExplained(String sql) {
        String[] words = sql.strip().split("\\s+", 2);
        return EXPLAINED.contains(words[0].toUpperCase(Locale.ROOT));
    }

    private PreparedStatement observed(Connection connection, PreparedStatement statement, String sql)
            throws SQLException {
        PreparedStatement explain =
                connection.prepareStatement("EXPLAIN (ANALYZE, TIMING OFF) " + sql.replaceFirst("; COMMIT$", ""));
        return proxy(PreparedStatement.class, (proxy, method, arguments) -> {
            String name = method.getName();
            if (name.startsWith("execute")) {
                explain(connection, explain);
            } else if (name.equals("close") || (name.startsWith("set") && arguments != null && arguments.length > 1)) {
                call(explain, method, arguments);
            }
            return call(statement, method, arguments);
        });
    }

    private void explain(Connection connection, PreparedStatement explain) throws SQLException {
        Savepoint before = connection.getAutoCommit() ? null : connection.setSavepoint();
        try (ResultSet lines = explain.executeQuery()) {
            while (lines.next()) {
                String line = lines.getString(1);
                if (line.startsWith(EXECUTION)) {
                    milliseconds += Double.parseDouble(
                            line.substring(EXECUTION.length()).replace(" ms", ""));
                }
            }
        }
        if (before != null) {
            connection.rollback(before);
        }
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
