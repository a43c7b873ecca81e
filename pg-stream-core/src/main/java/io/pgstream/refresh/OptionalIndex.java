package io.pgstream.refresh;

import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;
import java.sql.Savepoint;

/** An index that makes a refresh cheaper where there can be one. */
final class OptionalIndex {

    /** Statements that make it, or decide that it is not worth it. */
    @FunctionalInterface
    interface Making {

        void run() throws SQLException;
    }

    private OptionalIndex() {}

    /** Leaves it out where PostgreSQL refuses what it is on: by a function that is not immutable, say. */
    static void make(Session session, Making making) throws SQLException {
        Savepoint savepoint = session.connection().setSavepoint();
        try {
            making.run();
        } catch (SQLException e) {
            if (!SqlErrors.state(e).startsWith("42") && !SqlErrors.state(e).startsWith("0A")) {
                throw e;
            }
            session.connection().rollback(savepoint);
        }
    }
}
