package io.pgstream.refresh;

import io.pgstream.PgStreamException;
import io.pgstream.RefreshListener;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableStatus;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log, the catalog and the listeners how refreshes have ended. */
final class RefreshReporter {

    private static final Logger LOG = LoggerFactory.getLogger(RefreshReporter.class);

    private final DataSource dataSource;

    private final Catalog catalog;

    private final int maxConsecutiveErrors;

    private final List<RefreshListener> listeners;

    RefreshReporter(DataSource dataSource, Catalog catalog, int maxConsecutiveErrors, List<RefreshListener> listeners) {
        this.dataSource = dataSource;
        this.catalog = catalog;
        this.maxConsecutiveErrors = maxConsecutiveErrors;
        this.listeners = List.copyOf(listeners);
    }

    void completed(StreamTableRow row, RefreshResult result) {
        LOG.debug(
                "{}: {} in {} ms, {} changes, {} rows written",
                row.name(),
                result.outcome(),
                result.duration().toMillis(),
                result.changes(),
                result.written());
        tell(row, listener -> listener.refreshCompleted(result));
    }

    /** Records a failure that is not, or no longer, tried again. */
    void failed(StreamTableRow row, PgStreamException failure, Instant startedAt, Duration duration) {
        String message = String.valueOf(failure.getMessage());
        boolean suspended = false;
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            Session session = new Session(connection);
            try {
                StreamTableStatus status = catalog.failed(session, row.id(), failure, maxConsecutiveErrors);
                RefreshResult attempt =
                        new RefreshResult(row.name(), RefreshOutcome.SKIPPED, null, 0, 0, 0, 0, startedAt, duration);
                catalog.recordFailure(session, row.id(), attempt, failure.code(), message);
                session.commit();
                suspended = status == StreamTableStatus.ERROR && row.status() != StreamTableStatus.ERROR;
                if (status == StreamTableStatus.ERROR) {
                    LOG.error("{}: suspended after repeated failure: {} {}", row.name(), message, failure.action());
                } else {
                    LOG.warn("{}: {}", row.name(), message);
                }
            } finally {
                session.rollbackQuietly();
            }
        } catch (SQLException e) {
            LOG.warn("{}: {} (which could not be recorded: {})", row.name(), message, SqlErrors.message(e));
        }
        tell(row, listener -> listener.refreshFailed(row.name(), failure));
        if (suspended) {
            tell(row, listener -> listener.suspended(row.name(), failure));
        }
    }

    /** A source was altered, and the stream table is defined and loaded anew. */
    void reinitializes(StreamTableRow row) {
        tell(row, listener -> listener.reinitializeNeeded(row.name()));
    }

    private void tell(StreamTableRow row, Consumer<RefreshListener> news) {
        for (RefreshListener listener : listeners) {
            try {
                news.accept(listener);
            } catch (RuntimeException e) {
                LOG.warn("{}: a listener failed", row.name(), e);
            }
        }
    }
}
