package io.pgstream.engine;

import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Connections of the engine, one for each piece of work, and never the caller's. */
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

    /**
     * Runs work in a transaction, which is committed if the work did not do that itself.
     *
     * @param what what has failed if it fails, as the beginning of a sentence
     */
    <T> T work(String what, Work<T> work) {
        try {
            return attempt(work);
        } catch (SQLException e) {
            throw SqlErrors.translate(what, e);
        }
    }

    /** The same for work whose errors are the caller's affair. */
    <T> T attempt(Work<T> work) throws SQLException {
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
        }
    }

    /** Runs single statements, each a transaction of its own: a round trip each, and no more. */
    <T> T statement(String what, Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(true);
            return work.run(new Session(connection));
        } catch (SQLException e) {
            throw SqlErrors.translate(what, e);
        }
    }
}
