package io.pgstream.request;

import io.pgstream.PgStreamException;
import io.pgstream.RefreshListener;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where SQL clients hand in work for the engine: it shows that the engine is alive, takes requests from the catalog, and
 * writes down what came of them. It sleeps in a session of its own until a NOTIFY wakes it.
 *
 * @since 0.1.0
 */
public final class RequestDesk {

    private static final Logger LOG = LoggerFactory.getLogger(RequestDesk.class);

    private static final Duration POLL = Duration.ofSeconds(1);

    /** An engine whose session can be seen has to say less often that it is alive. */
    private static final Duration SIGN_OF_SESSION = Duration.ofMinutes(1);

    private static final Duration WATCH = Duration.ofMillis(250);

    private final DataSource dataSource;

    private final DeskSettings settings;

    private final StreamTableEngine engine;

    private final EngineSign sign;

    private final RequestQueue queue;

    private final RequestWorker worker;

    private final DefinitionNotes notes;

    private final Semaphore free;

    /** How to cancel each request that is worked on. */
    private final Map<Long, Runnable> working = new ConcurrentHashMap<>();

    private final Set<Long> unattended = new HashSet<>();

    private volatile @Nullable Thread thread;

    /** Takes nothing more. */
    private volatile boolean stopping;

    /** Does not go on with what it has taken either. */
    private volatile boolean closed;

    private boolean complained;

    private long nextBeat;

    private long nextSign;

    private volatile boolean notesAreOld;

    /**
     * Creates a desk that is closed.
     *
     * @param engine does the work
     * @param dataSource the engine's connections
     * @param settings how to work
     * @param listeners who is told of refreshes
     */
    public RequestDesk(
            StreamTableEngine engine, DataSource dataSource, DeskSettings settings, List<RefreshListener> listeners) {
        UUID id = UUID.randomUUID();
        String schema = engine.settings().catalogSchema();
        this.engine = engine;
        this.dataSource = dataSource;
        this.settings = settings;
        this.sign = new EngineSign(schema, id, engine.settings().application());
        this.queue = new RequestQueue(schema, id);
        this.worker = new RequestWorker(engine, dataSource, listeners);
        this.notes = new DefinitionNotes(engine);
        this.free = new Semaphore(settings.workers());
    }

    /** Opens the desk; returns at once. */
    public synchronized void start() {
        if (thread == null) {
            stopping = false;
            closed = false;
            Thread opened = new Thread(this::run, "pg-stream-requests");
            opened.setDaemon(true);
            thread = opened;
            opened.start();
        }
    }

    /** Whether the desk is open. */
    public boolean isRunning() {
        Thread current = thread;
        return current != null && current.isAlive();
    }

    /**
     * Closes the desk: takes nothing more, lets what is worked on end within the grace period, then cancels it. Blocks until
     * then.
     *
     * @param grace how long to wait
     */
    public synchronized void stop(Duration grace) {
        Thread current = thread;
        if (current == null) {
            return;
        }
        stopping = true;
        try {
            if (!free.tryAcquire(settings.workers(), grace.toMillis(), TimeUnit.MILLISECONDS)) {
                working.values().forEach(Runnable::run);
                free.tryAcquire(settings.workers(), POLL.toMillis(), TimeUnit.MILLISECONDS);
            }
            closed = true;
            current.join(POLL.toMillis());
            // It may wait for a connection that is not to be had.
            current.interrupt();
            current.join(POLL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        free.drainPermits();
        free.release(settings.workers());
        thread = null;
    }

    private interface Work {
        void run(Session session) throws SQLException;
    }

    private void withSession(Work work) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(true);
            work.run(new Session(connection));
        }
    }

    private void run() {
        try {
            while (open()) {
                try {
                    serve();
                    complained = false;
                } catch (SQLException | PgStreamException e) {
                    complain(e);
                    TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
                } catch (RuntimeException e) {
                    LOG.error("The desk for requests of SQL clients failed", e);
                    TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** As long as there is something to do, callers have to see that this engine is alive. */
    private boolean open() {
        return !closed && !(stopping && working.isEmpty());
    }

    private void complain(Exception e) {
        String message = (e instanceof SQLException sql) ? SqlErrors.message(sql) : e.getMessage();
        if (!complained && !stopping) {
            LOG.warn("Requests of SQL clients cannot be read, and are tried again: {}", message);
        }
        complained = true;
    }

    /** As long as one session lasts; where none is kept, for one look. */
    private void serve() throws SQLException, InterruptedException {
        nextBeat = System.nanoTime();
        nextSign = nextBeat;
        withSession(session ->
                sign.settings(session, engine.settings().defaultSchedule().text(), settings));
        notesAreOld = true;
        if (settings.listening()) {
            try (Listening listening = Listening.begin(dataSource)) {
                boolean news = true;
                while (open() && listening.heard()) {
                    look(listening.session(), listening.backendPid(), news);
                    // Waiting asks nothing of the server; it is short so that the end of this engine is noticed.
                    news = listening.await(WATCH);
                }
                if (listening.heard()) {
                    sign.takeAway(listening.session());
                    return;
                }
            }
        }
        long nextPoll = System.nanoTime();
        while (open()) {
            if (System.nanoTime() - nextPoll >= 0) {
                nextPoll = System.nanoTime() + POLL.toNanos();
                withSession(session -> look(session, null, true));
            }
            TimeUnit.NANOSECONDS.sleep(WATCH.toNanos());
        }
        withSession(sign::takeAway);
    }

    private void look(Session session, @Nullable Integer backendPid, boolean news) throws SQLException {
        boolean beat = System.nanoTime() - nextBeat >= 0;
        if (beat) {
            if (backendPid == null || System.nanoTime() - nextSign >= 0) {
                sign.show(session, backendPid);
                nextSign = System.nanoTime() + SIGN_OF_SESSION.toNanos();
            }
            nextBeat = System.nanoTime() + settings.heartbeat().toNanos();
            sign.tidy(session);
            queue.tidy(session);
            notesAreOld = true;
        }
        while (!stopping && (news || beat) && free.tryAcquire()) {
            Request request = null;
            try {
                request = queue.claim(session);
            } finally {
                if (request == null) {
                    free.release();
                }
            }
            if (request == null) {
                break;
            }
            begin(request);
        }
        cancelUnattended(session);
        if (notesAreOld && working.isEmpty()) {
            notesAreOld = false;
            notes.update(session);
        }
    }

    private void begin(Request first) {
        working.put(first.id(), () -> {});
        Thread work = new Thread(() -> work(first), "pg-stream-request");
        work.setDaemon(true);
        work.start();
    }

    /** One request after the other, until nothing is left. */
    private void work(Request first) {
        Request request = first;
        try {
            while (request != null) {
                Request current = request;
                working.put(current.id(), () -> {});
                try {
                    RequestWorker.Outcome outcome =
                            worker.outcome(current, queue, cancel -> working.put(current.id(), cancel));
                    withSession(outcome::write);
                } finally {
                    working.remove(current.id());
                    notesAreOld = true;
                }
                request = stopping ? null : next();
            }
        } catch (SQLException e) {
            LOG.warn("What came of a request of an SQL client could not be written: {}", SqlErrors.message(e));
        } catch (RuntimeException e) {
            LOG.error("A request of an SQL client failed", e);
        } finally {
            free.release();
        }
    }

    private @Nullable Request next() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(true);
            return queue.claim(new Session(connection));
        }
    }

    /** Two looks in a row, because a caller lets its lock go for a moment each time it looks. */
    private void cancelUnattended(Session session) throws SQLException {
        if (working.isEmpty()) {
            unattended.clear();
            return;
        }
        Set<Long> waited = queue.waited(session);
        for (Map.Entry<Long, Runnable> entry : working.entrySet()) {
            if (waited.contains(entry.getKey())) {
                unattended.remove(entry.getKey());
            } else if (!unattended.add(entry.getKey())) {
                entry.getValue().run();
            }
        }
        unattended.retainAll(working.keySet());
    }
}
