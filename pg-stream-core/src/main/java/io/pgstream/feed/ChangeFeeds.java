package io.pgstream.feed;

import io.pgstream.QualifiedName;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners what has changed in stream tables. Safe for use by several threads, and by several instances on one
 * database: what a listener is told in one of them, it is told in no other at the same time.
 *
 * @since 0.1.0
 */
public final class ChangeFeeds {

    private static final Logger LOG = LoggerFactory.getLogger(ChangeFeeds.class);

    private final DataSource dataSource;

    private final FeedSettings settings;

    private final Catalog catalog;

    private final FeedTables tables;

    private final FeedPositions positions;

    private final FeedCleaner cleaner;

    /**
     * @param dataSource connections of the role that owns the stream tables; a delivery holds one
     * @param settings how feeds are kept
     */
    public ChangeFeeds(DataSource dataSource, FeedSettings settings) {
        this.dataSource = dataSource;
        this.settings = settings;
        this.catalog = new Catalog(settings.catalogSchema());
        this.tables = new FeedTables(settings.catalogSchema(), settings.stateSchema());
        this.positions = new FeedPositions(settings);
        this.cleaner = new FeedCleaner(tables, settings);
    }

    /** What became of an attempt to tell a listener something. */
    public enum Outcome {

        /** There may be more to tell. */
        MORE,

        /** All has been told. */
        DONE,

        /** Nothing was told: another instance does, or there is no such stream table. */
        NOT_HERE
    }

    @FunctionalInterface
    private interface Work<T> {

        T run(Session session) throws SQLException, ListenerFailedException;
    }

    private <T> T work(Work<T> work) throws SQLException, ListenerFailedException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            Session session = new Session(connection);
            try {
                return work.run(session);
            } finally {
                session.rollbackQuietly();
            }
        }
    }

    /**
     * Tells a listener some of what is pending. The position moves in the transaction that keeps others out, so that a
     * process that dies before leaves it where it was.
     *
     * @throws ListenerFailedException if the listener has thrown; what it returned from before counts
     */
    public <R> Outcome deliver(Subscription<R> subscription) throws ListenerFailedException {
        try {
            return work(session -> deliver(session, subscription));
        } catch (SQLException e) {
            throw SqlErrors.translate(
                    "The changes of " + subscription.table() + " cannot be told to " + subscription.listener(), e);
        }
    }

    private <R> Outcome deliver(Session session, Subscription<R> subscription)
            throws SQLException, ListenerFailedException {
        if (!positions.lock(session, subscription.listener())) {
            return Outcome.NOT_HERE;
        }
        FeedPosition position = positions.read(session, subscription.listener(), subscription.table());
        if (position == null || position.currentShape() == null) {
            return open(session, subscription) ? Outcome.MORE : Outcome.NOT_HERE;
        }
        Outcome outcome = new Delivery<>(session, positions, tables, settings, subscription, position).run();
        if (outcome == Outcome.DONE && position.unseen()) {
            positions.seen(session, subscription.listener());
        }
        session.commit();
        return outcome;
    }

    /** Whether the stream table exists, and its changes are written down from now on. */
    private boolean open(Session session, Subscription<?> subscription) throws SQLException {
        StreamTableRow row = catalog.find(session, subscription.table());
        if (row == null) {
            return false;
        }
        session.execute("SET LOCAL lock_timeout = " + settings.lockTimeout().toMillis());
        tables.lock(session, row);
        if (!tables.isOpen(session, row)) {
            tables.open(session, row);
        }
        positions.enrol(session, subscription.listener(), row);
        session.commit();
        LOG.info("The changes of {} are told to {}", subscription.table(), subscription.listener());
        return true;
    }

    /** Whether any stream table of the catalog has a feed, of this application or another one. */
    public boolean inUse() {
        try {
            return work(session -> !cleaner.feeds(session).isEmpty());
        } catch (SQLException | ListenerFailedException e) {
            LOG.debug("The change feeds cannot be listed", e);
            return false;
        }
    }

    /**
     * Shortens the logs and forgets listeners that are gone, of all applications. What is locked is left for the next time.
     */
    public void clean() {
        try {
            work(session -> {
                cleaner.forgetGone(session);
                for (long feed : cleaner.feeds(session)) {
                    session.commit();
                    clean(session, feed);
                }
                return true;
            });
        } catch (SQLException | ListenerFailedException e) {
            LOG.debug("The clean-up of change feeds is left for later", e);
        }
    }

    private void clean(Session session, long feed) {
        try {
            cleaner.clean(session, feed);
        } catch (SQLException e) {
            LOG.debug("The clean-up of the change feed {} is left for later: {}", feed, SqlErrors.message(e));
            session.rollbackQuietly();
        }
    }

    /** A name with its schema: its own, or the first one of the search path. */
    public QualifiedName qualified(QualifiedName name) {
        try {
            return work(session -> name.orInSchema(
                    session.one("SELECT coalesce(current_schema(), 'public')", row -> row.getString(1))));
        } catch (SQLException e) {
            throw SqlErrors.translate("The schema of " + name + " cannot be found", e);
        } catch (ListenerFailedException e) {
            throw new IllegalStateException(e);
        }
    }
}
