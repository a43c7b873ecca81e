package io.pgstream;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that a stream table may be asked to contain: to read one's own writes, take it from the connection that
 * writes, commit, and wait with {@link StreamTableOperations#awaitFresh}.
 *
 * @param xid the server's number of the transaction, or {@code null} if it had not written anything
 * @param threadId the thread that took it, which cannot commit while it waits
 * @since 0.1.0
 */
public record TransactionToken(@Nullable String xid, long threadId) {

    /**
     * Takes the token of the transaction that is open on a connection, after its writes. In a Spring transaction the
     * connection is that of {@code DataSourceUtils.getConnection} or of a {@code ConnectionCallback}.
     *
     * @param connection the connection that has written
     * @return the token
     * @throws SQLException if the server cannot be asked
     */
    public static TransactionToken current(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_current_xact_id_if_assigned()::text")) {
            row.next();
            return new TransactionToken(row.getString(1), Thread.currentThread().getId());
        }
    }
}
