package io.pgstream.oracle;

import io.pgstream.PgStreamException;
import io.pgstream.engine.StreamTableEngine;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Sessions that share the changes of a scenario and write at the same time, each cycle at another isolation level. Meanwhile a reader
 * compares: a commit shows the sources and what their writers maintain at once, so that the tables equal their queries at any
 * moment, not only in the end.
 */
final class ConcurrentSessions {

    /** Serialization failure and deadlock: run it again, say both. */
    private static final Set<String> HONEST = Set.of("40001", "40P01");

    /** What comes after the failure of a transaction. */
    private static final Set<String> AFTERWARDS = Set.of("25P01", "25P02");

    private static final List<String> LEVELS =
            List.of("READ COMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE");

    private static final String TIMEOUT = "57014";

    private final Oracle oracle;

    private final StreamTableEngine engine;

    private final Comparison comparison;

    private final Scenario scenario;

    private final int writers;

    private final long seed;

    private final AtomicInteger statements = new AtomicInteger();

    private final AtomicInteger refused = new AtomicInteger();

    private final Queue<String> deadlocks = new ConcurrentLinkedQueue<>();

    private int comparisons;

    ConcurrentSessions(
            Oracle oracle, StreamTableEngine engine, Comparison comparison, Scenario scenario, int writers, long seed) {
        this.oracle = oracle;
        this.engine = engine;
        this.comparison = comparison;
        this.scenario = scenario;
        this.writers = writers;
        this.seed = seed;
    }

    /**
     * How it went.
     *
     * @param statements how many worked
     * @param refused how many did not, because of somebody else
     * @param deadlocks those that somebody was in who waited for a table of ours, with the server's description
     */
    record Result(
            Oracle.@Nullable Failure failure, int comparisons, int statements, int refused, List<String> deadlocks) {

        Result {
            deadlocks = List.copyOf(deadlocks);
        }
    }

    Result run() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        List<Future<@Nullable String>> running = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            int writer = i;
            running.add(threads.submit(() -> write(writer)));
        }
        threads.shutdown();
        Oracle.Failure failure = null;
        do {
            failure = (failure == null) ? compared() : failure;
        } while (!threads.awaitTermination(5, TimeUnit.MILLISECONDS));
        for (Future<@Nullable String> each : running) {
            String problem = each.get();
            failure = (problem == null)
                    ? failure
                    : new Oracle.Failure("", scenario.cycles().size() - 1, problem);
        }
        failure = (failure == null) ? compared() : failure;
        return new Result(failure, comparisons, statements.get(), refused.get(), List.copyOf(deadlocks));
    }

    private Oracle.@Nullable Failure compared() throws SQLException {
        for (Scenario.StreamTable table : scenario.streamTables()) {
            try {
                String difference = comparison.difference(table);
                if (difference != null) {
                    return new Oracle.Failure(table.name(), scenario.cycles().size() - 1, difference);
                }
                comparisons++;
            } catch (SQLException e) {
                // Somebody empties a source, or the query cannot be computed.
                if (!e.getSQLState().equals("55P03") && !ofTheData(e.getSQLState())) {
                    throw e;
                }
            }
        }
        return null;
    }

    private static boolean ofTheData(String state) {
        return state.startsWith("22") || state.equals("21000");
    }

    /** What is wrong about an error of one of the writers. */
    private @Nullable String write(int writer) throws SQLException {
        Random random = new Random(seed * writers + writer);
        try (Connection session = oracle.connect()) {
            for (int i = writer; i < scenario.cycles().size(); i += writers) {
                String level = LEVELS.get(random.nextInt(LEVELS.size()));
                Oracle.play(session, "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL " + level);
                for (String statement : scenario.cycles().get(i)) {
                    String problem =
                            statement.equals(Oracle.FULLY) ? refreshed(random) : problem(session, statement, level);
                    if (problem != null) {
                        return problem + " in " + statement;
                    }
                }
                Oracle.play(session, "ROLLBACK");
            }
        }
        return null;
    }

    /** Nothing differs from what the writers have left, whenever somebody looks; sums of floats may, by their order. */
    private @Nullable String refreshed(Random random) {
        Scenario.StreamTable table = scenario.streamTables()
                .get(random.nextInt(scenario.streamTables().size()));
        try {
            long written = engine.refreshFully("o." + table.name()).written();
            return (written == 0 || table.floats()) ? null : written + " rows were wrong of " + table.name();
        } catch (PgStreamException e) {
            // It waits for a shorter time than some writers need.
            return null;
        }
    }

    private @Nullable String problem(Connection session, String statement, String level) throws SQLException {
        try {
            Oracle.play(session, statement);
            statements.incrementAndGet();
            return null;
        } catch (PSQLException e) {
            String state = String.valueOf(e.getSQLState());
            ServerErrorMessage message = e.getServerErrorMessage();
            if (AFTERWARDS.contains(state) || message == null) {
                return null;
            }
            if (state.equals("40P01")) {
                deadlocks.add(message.getDetail() + "\n" + statement + "\n" + message.getWhere());
            }
            if (HONEST.contains(state) || state.equals(TIMEOUT)) {
                refused.incrementAndGet();
                return null;
            }
            boolean ours = String.valueOf(message.getWhere()).contains("pgstream_");
            boolean emptied = state.equals("0A000") && statement.startsWith("TRUNCATE") && !level.equals(LEVELS.get(0));
            return (!ours || ofTheData(state) || emptied)
                    ? null
                    : state + " " + message.getMessage() + "\n" + message.getWhere();
        }
    }
}
