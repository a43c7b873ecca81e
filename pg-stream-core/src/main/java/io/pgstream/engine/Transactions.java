package io.pgstream.engine;

import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Runs work on connections of its own, each in a transaction that is committed at its end. */
final class Transactions {

    private final DataSource dataSource;

    Transactions(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** What needs a session of its own. */
    @FunctionalInterface
    interface Work<T> {

        T run(Session session) throws SQLException;
    }

    /**
     * Runs work that has a result.
     *
     * @param what what cannot be done if it fails, as the beginning of a sentence
     */
    <T> T run(String what, Work<T> work) {
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
