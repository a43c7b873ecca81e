package io.pgstream.test;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.sql.DataSource;

/**
 * Hands out connections as a pooler in transaction mode does: each transaction runs in any of a few sessions of the server,
 * which it shares with all other clients. What a session remembers beyond a transaction is found by others, or is not there.
 */
public final class TransactionPooler implements AutoCloseable {

    private final List<Connection> sessions = new ArrayList<>();

    /** For all threads but the one that made the pooler: two transactions cannot share a session. */
    private final Connection background;

    private final Thread owner = Thread.currentThread();

    private final Random random;

    public TransactionPooler(DataSource server, int sessions, long seed) throws SQLException {
        this.random = new Random(seed);
        for (int i = 0; i < sessions; i++) {
            this.sessions.add(server.getConnection());
        }
        this.background = server.getConnection();
    }

    /** A data source of such connections. */
    public DataSource dataSource() {
        return (DataSource) Proxy.newProxyInstance(
                TransactionPooler.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("getConnection")) {
                        return new Client().connection();
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    /** What every session says to a query; equal sessions say the same. */
    public List<String> ask(String query) throws SQLException {
        List<String> answers = new ArrayList<>();
        for (Connection session : sessions) {
            session.setAutoCommit(true);
            try (Statement statement = session.createStatement();
                    ResultSet rows = statement.executeQuery(query)) {
                rows.next();
                answers.add(String.valueOf(rows.getString(1)));
            }
        }
        return answers;
    }

    @Override
    public void close() throws SQLException {
        for (Connection session : sessions) {
            session.close();
        }
        background.close();
    }

    /** One connection of a client. */
    private final class Client implements InvocationHandler {

        private boolean autoCommit = true;

        private Connection session;

        private boolean open;

        private boolean closed;

        Client() throws SQLException {
            this.session = any();
        }

        private Connection any() throws SQLException {
            Connection any =
                    (Thread.currentThread() == owner) ? sessions.get(random.nextInt(sessions.size())) : background;
            any.setAutoCommit(autoCommit);
            return any;
        }

        Connection connection() {
            return (Connection) Proxy.newProxyInstance(
                    TransactionPooler.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            switch (method.getName()) {
                case "close" -> {
                    if (open && !autoCommit) {
                        session.rollback();
                    }
                    open = false;
                    closed = true;
                    return null;
                }
                case "isClosed" -> {
                    return closed;
                }
                case "setAutoCommit" -> {
                    boolean wanted = (Boolean) arguments[0];
                    if (wanted != autoCommit && open) {
                        session.commit();
                        open = false;
                    }
                    autoCommit = wanted;
                    session.setAutoCommit(wanted);
                    return null;
                }
                case "createStatement", "prepareStatement", "prepareCall" -> {
                    if (!open) {
                        session = any();
                    }
                    open = !autoCommit;
                }
                case "commit", "rollback" -> open = false;
                default -> {}
            }
            try {
                return method.invoke(session, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }
}
