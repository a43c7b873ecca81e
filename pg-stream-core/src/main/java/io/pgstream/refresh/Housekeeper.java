package io.pgstream.refresh;

import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.cdc.BufferCleaner;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cleans up behind refreshes, on a thread of its own: whoever waits for a refresh does not wait for a TRUNCATE. What it
 * does not get to do is done after a later refresh. The thread ends when it has been idle for a moment.
 */
final class Housekeeper {

    private static final Logger LOG = LoggerFactory.getLogger(Housekeeper.class);

    private static final long IDLE_SECONDS = 5;

    private final DataSource dataSource;

    private final Catalog catalog;

    private final BufferCleaner cleaner;

    private final Set<Long> waiting = ConcurrentHashMap.newKeySet();

    private final ExecutorService executor;

    Housekeeper(DataSource dataSource, Catalog catalog, BufferCleaner cleaner) {
        this.dataSource = dataSource;
        this.catalog = catalog;
        this.cleaner = cleaner;
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Housekeeper::thread);
        pool.allowCoreThreadTimeOut(true);
        this.executor = pool;
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "pg-stream-housekeeper");
        thread.setDaemon(true);
        return thread;
    }

    /** Cleans up after a refresh of a stream table, unless that is waiting to be done already. */
    void afterRefresh(StreamTableRow row) {
        if (waiting.add(row.id())) {
            try {
                executor.execute(() -> clean(row));
            } catch (RejectedExecutionException e) {
                waiting.remove(row.id());
            }
        }
    }

    private void clean(StreamTableRow row) {
        waiting.remove(row.id());
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            Session session = new Session(connection);
            try {
                session.execute("SET LOCAL synchronous_commit = off");
                catalog.trimHistory(session, row.id());
                session.commit();
                for (StreamTableRow.Dependency dependency : row.dependencies()) {
                    Long capture = dependency.captureId();
                    if (capture != null) {
                        cleaner.clean(session, capture);
                    }
                }
            } finally {
                session.rollbackQuietly();
            }
        } catch (SQLException e) {
            LOG.debug("{}: the clean-up behind a refresh is left for later: {}", row.name(), SqlErrors.message(e));
        } catch (RuntimeException e) {
            // A pool that is closed meanwhile fails in its own ways.
            LOG.debug("{}: the clean-up behind a refresh is left for later", row.name(), e);
        }
    }

    /** Waits until nothing is left to clean, or the time is over. */
    void await(Duration time) throws InterruptedException {
        try {
            executor.submit(() -> {}).get(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            LOG.debug("The clean-up behind refreshes did not end in time", e);
        }
    }
}
