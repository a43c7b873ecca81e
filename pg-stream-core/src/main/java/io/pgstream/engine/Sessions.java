package io.pgstream.engine;

import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Gives work a session of its own, and commits. */
final class Sessions {

    private final DataSource dataSource;

    Sessions(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** What needs a session of its own. */
    @FunctionalInterface
    interface Work<T> {

        T run(Session session) throws SQLException;
    }

    /** @param what what has failed if the work fails */
    <T> T work(String what, Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            Session session = new Session(connection);
            try {
                T result = work.run(session);
                session.commit();
                return result;
            } finally {
                session.rollbackQuietly();
            }
        } catch (SQLException e) {
            throw SqlErrors.translate(what, e);
        }
    }
}
