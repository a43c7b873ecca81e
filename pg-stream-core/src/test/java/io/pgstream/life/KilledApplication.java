package io.pgstream.life;

import io.pgstream.PgStreamException;
import io.pgstream.StreamTableDefinition;
import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.StreamTableEngine;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** An application with writers and refreshing threads whose connections break all at once, as when its process dies. */
final class KilledApplication implements Killed {

    private static final Executor AT_ONCE = Runnable::run;

    /** What writers were told is committed, of orders that are never deleted. */
    static class Acknowledged {

        private final Set<String> orders = new ConcurrentSkipListSet<>();

        private final AtomicLong next = new AtomicLong();

        Set<String> present() {
            return orders;
        }

        /** Orders of this number and above have not been used. */
        void continueAt(long number) {
            next.set(number);
        }

        long next() {
            return next.get();
        }

        void add(Collection<String> committed) {
            orders.addAll(committed);
        }
    }

    private final Tracked dataSource;

    private final Acknowledged acknowledged;

    private final List<Thread> threads = new ArrayList<>();

    private volatile boolean alive = true;

    private KilledApplication(DataSource dataSource, Acknowledged acknowledged) {
        this.dataSource = new Tracked(dataSource);
        this.acknowledged = acknowledged;
    }

    /** Knows the connections that are open. */
    private static final class Tracked extends DelegatingDataSource {

        private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

        Tracked(DataSource target) {
            super(target);
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = super.getConnection();
            connections.add(connection);
            return connection;
        }
    }

    static KilledApplication start(
            DataSource dataSource, List<StreamTableDefinition> graph, Acknowledged acknowledged, long seed) {
        KilledApplication application = new KilledApplication(dataSource, acknowledged);
        StreamTableEngine engine = new StreamTableEngine(application.dataSource, EngineSettings.defaults(), List.of());
        for (int i = 0; i < 2; i++) {
            Random random = new Random(seed + i);
            application.run(() -> application.write(random));
            application.run(() -> application.refresh(engine, graph, random));
        }
        return application;
    }

    private void run(Runnable work) {
        Thread thread = new Thread(work);
        threads.add(thread);
        thread.start();
    }

    private void refresh(StreamTableEngine engine, List<StreamTableDefinition> graph, Random random) {
        while (alive) {
            try {
                engine.refresh(graph.get(random.nextInt(graph.size())).name().name());
            } catch (PgStreamException e) {
                // The server or the connection is gone; the application tries again.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
    }

    private void write(Random random) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            while (alive) {
                List<String> ids = new ArrayList<>();
                try (Statement statement = connection.createStatement()) {
                    for (int i = random.nextInt(4); i >= 0; i--) {
                        change(statement, random, ids);
                    }
                }
                if (random.nextInt(8) == 0) {
                    connection.rollback();
                } else {
                    connection.commit();
                    acknowledged.add(ids);
                }
            }
        } catch (SQLException e) {
            // What was not acknowledged may be there or not.
            alive = false;
        }
    }

    private void change(Statement statement, Random random, List<String> ids) throws SQLException {
        long id = acknowledged.next.incrementAndGet();
        long other = 1 + (long) (random.nextDouble() * id);
        int customer = 1 + random.nextInt(40);
        switch (random.nextInt(6)) {
            case 0, 1, 2 -> {
                statement.execute(
                        "INSERT INTO orders VALUES (" + id + ", " + customer + ", " + random.nextInt(100) + ")");
                statement.execute("INSERT INTO line SELECT " + id + " * 10 + i, " + id + ", i FROM generate_series(1, "
                        + random.nextInt(4) + ") AS i");
                ids.add(Long.toString(id));
            }
            case 3 -> statement.execute("UPDATE orders SET amount = amount + 1 WHERE id = " + other);
            case 4 -> statement.execute("DELETE FROM line WHERE order_id = " + other);
            default -> statement.execute("UPDATE customer SET region = region + 1 WHERE id = " + customer);
        }
    }

    /** Breaks all connections without a word to the server, and waits for the threads. */
    @Override
    public void kill() {
        alive = false;
        for (Connection connection : dataSource.connections) {
            try {
                connection.abort(AT_ONCE);
            } catch (SQLException e) {
                // It was broken already.
                continue;
            }
        }
        for (Thread thread : threads) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(60));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
