package io.pgstream.autoconfigure;

import io.pgstream.StreamTableOperations;
import io.pgstream.TransactionToken;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.SQLErrorCodeSQLExceptionTranslator;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Lets a Spring transaction end when stream tables contain what it has written: who has called the transactional method
 * reads its writes.
 *
 * <pre>{@code
 * @Transactional
 * void order(Order order) {
 *     orders.save(order);
 *     readYourWrites.awaitAfterCommit(Duration.ofSeconds(5), "revenue_by_customer");
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
public final class ReadYourWrites {

    private static final long NO_THREAD = -1;

    private final StreamTableOperations operations;

    private final DataSource dataSource;

    ReadYourWrites(StreamTableOperations operations, DataSource dataSource) {
        this.operations = operations;
        this.dataSource = dataSource;
    }

    /**
     * To be called within a transaction, at any place of it. After its commit, and on its thread, the stream tables are refreshed
     * where they do not contain it yet. Should that fail or the time be over, the caller of the transaction gets the
     * exception of {@link StreamTableOperations#awaitFresh}; the transaction has committed all the same.
     *
     * @param timeout how long to wait for all tables together
     * @param tables the stream tables
     * @throws IllegalStateException if the thread has no transaction on the data source of the stream tables
     */
    public void awaitAfterCommit(Duration timeout, String... tables) {
        if (!TransactionSynchronizationManager.isSynchronizationActive()
                || !TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException(
                    "There is no transaction to wait for. Call awaitAfterCommit within one, or hand a TransactionToken"
                            + " to StreamTableOperations.awaitFresh.");
        }
        current();
        TransactionSynchronizationManager.registerSynchronization(new Wait(timeout, List.of(tables)));
    }

    /** With a number that it gets now if it has none: an EntityManager may write later, with the commit. */
    private TransactionToken current() {
        Connection connection = DataSourceUtils.getConnection(dataSource);
        Statement statement = null;
        try {
            if (!DataSourceUtils.isConnectionTransactional(connection, dataSource)) {
                throw new IllegalStateException(
                        "The transaction of this thread is not one of the data source of the stream tables.");
            }
            statement = connection.createStatement();
            ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_current_xact_id()::text");
            row.next();
            return new TransactionToken(row.getString(1), NO_THREAD);
        } catch (SQLException e) {
            throw new SQLErrorCodeSQLExceptionTranslator(dataSource)
                    .translate("taking the token of the transaction", null, e);
        } finally {
            JdbcUtils.closeStatement(statement);
            DataSourceUtils.releaseConnection(connection, dataSource);
        }
    }

    private final class Wait implements TransactionSynchronization {

        private final Duration timeout;

        private final List<String> tables;

        private @Nullable TransactionToken token;

        Wait(Duration timeout, List<String> tables) {
            this.timeout = timeout;
            this.tables = tables;
        }

        @Override
        public void beforeCommit(boolean readOnly) {
            token = current();
        }

        @Override
        public void afterCommit() {
            TransactionToken committed = token;
            if (committed == null) {
                return;
            }
            long deadline = System.nanoTime() + timeout.toNanos();
            for (String table : tables) {
                operations.awaitFresh(table, committed, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            }
        }
    }
}
