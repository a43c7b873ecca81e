package io.pgstream.support;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

/**
 * A connection with its statements, for code that decides itself when a transaction and its snapshot begin.
 *
 * @since 0.1.0
 */
public final class Session {

    private final Connection connection;

    public Session(Connection connection) {
        this.connection = connection;
    }

    /** Reads a row. */
    @FunctionalInterface
    public interface Row<T extends @Nullable Object> {

        /** Reads the current row. */
        T read(ResultSet row) throws SQLException;
    }

    public Connection connection() {
        return connection;
    }

    /** Runs statements that return nothing, without parameters; several are separated by semicolons. */
    public void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Runs one statement with parameters. */
    public int update(String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    /** All rows of a query. */
    public <T extends @Nullable Object> List<T> list(String sql, Row<T> row, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters);
                ResultSet rows = statement.executeQuery()) {
            return rows(rows, row);
        }
    }

    /** All rows of a result that has not been read yet. */
    public static <T extends @Nullable Object> List<T> rows(ResultSet rows, Row<T> row) throws SQLException {
        List<T> result = new ArrayList<>();
        while (rows.next()) {
            result.add(row.read(rows));
        }
        return result;
    }

    /** The first row of a query, or {@code null}. */
    public <T> @Nullable T first(String sql, Row<T> row, @Nullable Object... parameters) throws SQLException {
        List<T> rows = list(sql, row, parameters);
        return rows.isEmpty() ? null : rows.get(0);
    }

    /** The only row of a query that always has one. */
    public <T> T one(String sql, Row<T> row, @Nullable Object... parameters) throws SQLException {
        T first = first(sql, row, parameters);
        if (first == null) {
            throw new NoSuchElementException("The query returned no row: " + sql);
        }
        return first;
    }

    /**
     * A statement that will come again: the server keeps it from the first time on. Where the application has switched
     * prepared statements off, for the sake of a pooler, they stay off.
     */
    public PreparedStatement prepareAgain(String sql) throws SQLException {
        return prepareFrom(sql, 1);
    }

    /** A statement that is planned anew each time, with the tables as they are then. */
    public PreparedStatement prepareOnce(String sql) throws SQLException {
        return prepareFrom(sql, 0);
    }

    /** A statement that the server keeps from this use on, or never for 0; a lower threshold of the connection holds. */
    private PreparedStatement prepareFrom(String sql, int threshold) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            if (statement.isWrapperFor(PGStatement.class)) {
                PGStatement driver = statement.unwrap(PGStatement.class);
                driver.setPrepareThreshold(Math.min(driver.getPrepareThreshold(), threshold));
            }
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    private PreparedStatement prepare(String sql, @Nullable Object... parameters) throws SQLException {
        PreparedStatement statement = prepareAgain(sql);
        try {
            for (int i = 0; i < parameters.length; i++) {
                Object parameter = parameters[i];
                if (parameter instanceof String[] strings) {
                    statement.setArray(i + 1, connection.createArrayOf("text", strings));
                } else if (parameter instanceof Long[] numbers) {
                    statement.setArray(i + 1, connection.createArrayOf("bigint", numbers));
                } else {
                    statement.setObject(i + 1, parameter);
                }
            }
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    public void commit() throws SQLException {
        connection.commit();
    }

    /** Rolls back, hiding a second failure behind the first. */
    public void rollbackQuietly() {
        try {
            if (!connection.isClosed()) {
                connection.rollback();
            }
        } catch (SQLException ignored) {
            // The connection is broken; the server rolls back by itself.
        }
    }
}
