package io.pgstream.alert;

import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshListener;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableAlert;
import io.pgstream.StreamTableAlertListener;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells everybody who listens what happens to stream tables. Refreshes leave their news in a queue and go on: one thread
 * hands them to the listeners, and to the server in transactions of its own, because a transaction with a NOTIFY commits
 * while no other such one does. It also looks for what happens by itself: data that grows old, and buffers that grow.
 *
 * @since 0.1.0
 */
public final class Alerts implements RefreshListener {

    /** The channel of all alerts. */
    public static final String ALERTS = "pg_stream_alert";

    /** The channel of those who only want to know that a table was computed anew. */
    public static final String FULL_REFRESHES = "pgstream_refresh";

    private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);

    /** More than that and nobody reads them; the catalog has them all. */
    private static final int WAITING = 10_000;

    private static final int AT_A_TIME = 500;

    private final DataSource dataSource;

    private final String schema;

    private final Supplier<List<StreamTableAlertListener>> listeners;

    private final Clock clock;

    private final Duration interval;

    private final BlockingQueue<StreamTableAlert> waiting = new ArrayBlockingQueue<>(WAITING);

    private volatile @Nullable Thread thread;

    private volatile boolean stopping;

    private boolean complained;

    private long nextLook;

    /**
     * Creates alerts that are not sent yet.
     *
     * @param dataSource the engine's connections
     * @param catalogSchema the catalog's schema, not quoted
     * @param interval how often to look for what happens by itself
     * @param clock the time of alerts
     * @param listeners who is told beside the listeners of the server's channels; asked for when there is news, because they may
     *     need the engine, which needs these alerts
     */
    public Alerts(
            DataSource dataSource,
            String catalogSchema,
            Duration interval,
            Clock clock,
            Supplier<List<StreamTableAlertListener>> listeners) {
        this.dataSource = dataSource;
        this.schema = Identifiers.quote(catalogSchema);
        this.interval = interval;
        this.clock = clock;
        this.listeners = listeners;
    }

    /** Begins to send; returns at once. */
    public synchronized void start() {
        if (thread == null) {
            stopping = false;
            Thread sender = new Thread(this::run, "pg-stream-alerts");
            sender.setDaemon(true);
            thread = sender;
            sender.start();
        }
    }

    /** Whether alerts are sent. */
    public boolean isRunning() {
        Thread current = thread;
        return current != null && current.isAlive();
    }

    /** Sends what is waiting, and ends; blocks until then. */
    public synchronized void stop() {
        Thread current = thread;
        if (current == null) {
            return;
        }
        stopping = true;
        current.interrupt();
        try {
            current.join(interval.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread = null;
    }

    @Override
    public void refreshCompleted(RefreshResult result) {
        if (result.outcome() == RefreshOutcome.DIFFERENTIAL || result.outcome() == RefreshOutcome.FULL) {
            add(new StreamTableAlert(
                    StreamTableAlert.Event.REFRESH_COMPLETED,
                    result.name(),
                    clock.instant(),
                    result,
                    null,
                    null,
                    null));
        }
    }

    @Override
    public void refreshFailed(QualifiedName name, PgStreamException failure) {
        add(failed(StreamTableAlert.Event.REFRESH_FAILED, name, failure));
    }

    @Override
    public void suspended(QualifiedName name, PgStreamException failure) {
        add(failed(StreamTableAlert.Event.AUTO_SUSPENDED, name, failure));
    }

    @Override
    public void reinitializeNeeded(QualifiedName name) {
        add(StreamTableAlert.of(StreamTableAlert.Event.REINITIALIZE_NEEDED, name, clock.instant()));
    }

    private StreamTableAlert failed(StreamTableAlert.Event event, QualifiedName name, PgStreamException failure) {
        return new StreamTableAlert(event, name, clock.instant(), null, failure.code(), null, null);
    }

    private void add(StreamTableAlert alert) {
        if (!waiting.offer(alert)) {
            LOG.debug("{}: an alert is lost, because too many wait: {}", alert.name(), alert.event());
        }
    }

    private void run() {
        nextLook = System.nanoTime() + interval.toNanos();
        // Where the server is away at the end there is nothing to wait for.
        while (!stopping || !(waiting.isEmpty() || complained)) {
            List<StreamTableAlert> news = new ArrayList<>();
            try {
                StreamTableAlert first = stopping
                        ? waiting.poll()
                        : waiting.poll(Math.max(0, nextLook - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (first != null) {
                    news.add(first);
                    waiting.drainTo(news, AT_A_TIME);
                }
            } catch (InterruptedException e) {
                // The end: what is waiting is sent, and the connection for it must not see the interrupt.
                LOG.debug("Alerts end");
            }
            // Without news the end needs no connection, which may be a long time in coming.
            if (!stopping || !news.isEmpty()) {
                tell(news);
            }
        }
    }

    private void tell(List<StreamTableAlert> news) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(true);
            Session session = new Session(connection);
            if (!stopping && System.nanoTime() - nextLook >= 0) {
                nextLook = System.nanoTime() + interval.toNanos();
                news.addAll(session.list("SELECT * FROM " + schema + ".new_warnings()", this::warning));
            }
            notify(session, news);
            complained = false;
        } catch (SQLException e) {
            if (!complained) {
                LOG.warn("Alerts cannot be sent by NOTIFY: {}", SqlErrors.message(e));
            }
            complained = true;
            nextLook = System.nanoTime() + interval.toNanos();
        } catch (RuntimeException e) {
            LOG.error("Alerts could not be sent", e);
        }
        news.forEach(this::tell);
    }

    private StreamTableAlert warning(ResultSet row) throws SQLException {
        long staleness = row.getLong("staleness_seconds");
        boolean stale = !row.wasNull();
        long bytes = row.getLong("buffer_bytes");
        return new StreamTableAlert(
                stale ? StreamTableAlert.Event.STALE_DATA : StreamTableAlert.Event.BUFFER_GROWTH_WARNING,
                new QualifiedName(row.getString("schema_name"), row.getString("table_name")),
                clock.instant(),
                null,
                null,
                stale ? Duration.ofSeconds(staleness) : null,
                stale ? null : bytes);
    }

    private static void notify(Session session, List<StreamTableAlert> news) throws SQLException {
        List<String> channels = new ArrayList<>();
        List<String> payloads = new ArrayList<>();
        for (StreamTableAlert alert : news) {
            channels.add(ALERTS);
            payloads.add(AlertText.of(alert));
            String full = AlertText.ofFullRefresh(alert);
            if (full != null) {
                channels.add(FULL_REFRESHES);
                payloads.add(full);
            }
        }
        if (!channels.isEmpty()) {
            session.list(
                    "SELECT pg_notify(n.channel, n.payload) FROM unnest(?::text[], ?::text[]) AS n(channel, payload)",
                    row -> "",
                    channels.toArray(new String[0]),
                    payloads.toArray(new String[0]));
        }
    }

    private void tell(StreamTableAlert alert) {
        for (StreamTableAlertListener listener : listeners.get()) {
            try {
                listener.alerted(alert);
            } catch (RuntimeException e) {
                LOG.warn("{}: a listener of alerts failed", alert.name(), e);
            }
        }
    }
}
