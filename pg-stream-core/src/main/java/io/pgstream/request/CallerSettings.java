package io.pgstream.request;

import io.pgstream.catalog.Environment;
import io.pgstream.support.Session;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connections of the engine with the settings of a caller's session, so that names, times and intervals in a query mean what
 * they mean to the caller. They are given back with the settings that they came with.
 */
final class CallerSettings implements DataSource {

    private static final String SET = "SELECT set_config('search_path', ?, false), set_config('TimeZone', ?, false),"
            + " set_config('DateStyle', ?, false), set_config('IntervalStyle', ?, false)";

    private final DataSource dataSource;

    private final Environment environment;

    CallerSettings(DataSource dataSource, Environment environment) {
        this.dataSource = dataSource;
        this.environment = environment;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            connection.setAutoCommit(true);
            Session session = new Session(connection);
            Environment before = session.one(
                    Environment.SELECT,
                    row -> new Environment(row.getString(1), row.getString(2), row.getString(3), row.getString(4)));
            set(session, environment);
            return (Connection) Proxy.newProxyInstance(
                    CallerSettings.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (proxy, method, arguments) -> invoke(connection, before, method, arguments));
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static void set(Session session, Environment settings) throws SQLException {
        session.list(
                SET,
                row -> "",
                settings.searchPath(),
                settings.timeZone(),
                settings.dateStyle(),
                settings.intervalStyle());
    }

    private static @Nullable Object invoke(
            Connection connection, Environment before, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getName().equals("close") && !connection.isClosed()) {
            try {
                connection.setAutoCommit(true);
                set(new Session(connection), before);
            } finally {
                connection.close();
            }
            return null;
        }
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLException("Connections of other users are not to be had");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() throws SQLException {
        return dataSource.getLogWriter();
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter writer) throws SQLException {
        dataSource.setLogWriter(writer);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        dataSource.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return dataSource.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws java.sql.SQLFeatureNotSupportedException {
        return dataSource.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return dataSource.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return dataSource.isWrapperFor(type);
    }
}
