package io.pgstream.request;

import io.pgstream.support.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/**
 * A session that is woken by NOTIFY. Whether it is one is tried: a pooler that gives each transaction another session of the
 * server delivers nothing.
 */
final class Listening implements AutoCloseable {

    static final String CHANNEL = "pgstream_request";

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Connection connection;

    private final Session session;

    private final int backendPid;

    private boolean heard;

    private Listening(Connection connection) throws SQLException {
        this.connection = connection;
        this.session = new Session(connection);
        this.backendPid = session.one("SELECT pg_backend_pid()", row -> row.getInt(1));
    }

    static Listening begin(DataSource dataSource) throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            connection.setAutoCommit(true);
            Listening listening = new Listening(connection);
            listening.tryOut();
            return listening;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private void tryOut() throws SQLException {
        if (!connection.isWrapperFor(PGConnection.class)) {
            return;
        }
        session.execute("LISTEN " + CHANNEL);
        String own = UUID.randomUUID().toString();
        session.list("SELECT pg_notify('" + CHANNEL + "', ?)", row -> "", own);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!heard && System.nanoTime() < deadline) {
            var notifications = connection.unwrap(PGConnection.class).getNotifications((int) PATIENCE.toMillis());
            for (int i = 0; notifications != null && i < notifications.length; i++) {
                heard |= notifications[i].getParameter().equals(own);
            }
        }
        if (!heard) {
            session.execute("UNLISTEN " + CHANNEL);
        }
    }

    /** Whether notifications arrive. */
    boolean heard() {
        return heard;
    }

    Session session() {
        return session;
    }

    int backendPid() {
        return backendPid;
    }

    /** Waits until something has been notified, or the time is over; whether something has. */
    boolean await(Duration time) throws SQLException {
        var notifications = connection.unwrap(PGConnection.class).getNotifications((int) time.toMillis());
        return notifications != null && notifications.length > 0;
    }

    /** A session that has listened does not go on doing so for whoever gets it next. */
    @Override
    public void close() throws SQLException {
        try (connection) {
            if (!connection.isClosed()) {
                session.execute("UNLISTEN *");
            }
        }
    }
}
