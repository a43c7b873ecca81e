package io.pgstream.oracle;

import io.pgstream.engine.StreamTableEngine;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Sessions that share the changes of a scenario and write at the same time, each cycle at another isolation level, while the engine
 * refreshes the tables that are refreshed and changes modes ({@link EngineMeanwhile}). Meanwhile a reader compares: a commit shows the
 * sources and what their writers maintain at once, so that these tables equal their queries at any moment, not only in the end.
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

    private final EngineMeanwhile meanwhile;

    private final AtomicInteger statements = new AtomicInteger();

    private final AtomicInteger refused = new AtomicInteger();

    private final Queue<String> deadlocks = new ConcurrentLinkedQueue<>();

    private final Queue<String> timeouts = new ConcurrentLinkedQueue<>();

    /** What was done, in the order of the ends. */
    private final Queue<String> log = new ConcurrentLinkedQueue<>();

    private int comparisons;

    ConcurrentSessions(
            Oracle oracle, StreamTableEngine engine, Comparison comparison, Scenario scenario, int writers, long seed) {
        this.oracle = oracle;
        this.engine = engine;
        this.comparison = comparison;
        this.scenario = scenario;
        this.writers = writers;
        this.seed = seed;
        this.meanwhile = new EngineMeanwhile(engine, scenario, new Random(seed), log);
    }

    /**
     * How it went.
     *
     * @param statements how many worked
     * @param refused how many did not, because of somebody else
     * @param deadlocks those that somebody was in who waited for a table of ours, with the server's description
     * @param timeouts the statements that waited for so long that they were given up
     * @param switches how often a table changed its mode
     * @param refreshes how often a table was refreshed
     * @param log what was done
     */
    record Result(
            Oracle.@Nullable Failure failure,
            int comparisons,
            int statements,
            int refused,
            List<String> deadlocks,
            List<String> timeouts,
            int switches,
            int refreshes,
            List<String> log) {

        Result {
            deadlocks = List.copyOf(deadlocks);
            timeouts = List.copyOf(timeouts);
            log = List.copyOf(log);
        }
    }

    Result run() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(writers + 1);
        List<Future<@Nullable String>> running = new ArrayList<>();
        CountDownLatch writing = new CountDownLatch(writers);
        for (int i = 0; i < writers; i++) {
            int writer = i;
            running.add(threads.submit(() -> write(writer, writing)));
        }
        AtomicBoolean over = new AtomicBoolean();
        Future<@Nullable String> engineRuns = threads.submit(() -> meanwhile.run(over));
        threads.shutdown();
        Oracle.Failure failure = null;
        do {
            failure = (failure == null) ? kept() : failure;
        } while (!writing.await(5, TimeUnit.MILLISECONDS));
        over.set(true);
        threads.awaitTermination(2, TimeUnit.MINUTES);
        running.add(engineRuns);
        for (Future<@Nullable String> each : running) {
            String problem = each.get();
            failure = (problem == null) ? failure : failure(problem);
        }
        failure = (failure == null) ? kept() : failure;
        failure = (failure == null) ? refreshed() : failure;
        return new Result(
                failure,
                comparisons,
                statements.get(),
                refused.get(),
                List.copyOf(deadlocks),
                List.copyOf(timeouts),
                meanwhile.switches(),
                meanwhile.refreshes(),
                List.copyOf(log));
    }

    private Oracle.Failure failure(String problem) {
        return new Oracle.Failure("", scenario.cycles().size() - 1, problem);
    }

    /** What writers maintain is as they promise, now. */
    private Oracle.@Nullable Failure kept() throws SQLException {
        for (Scenario.StreamTable table : scenario.streamTables()) {
            try {
                String difference = comparison.brokenPromise(table);
                if (difference != null) {
                    log.add("reader: " + table.name() + " is wrong");
                    return new Oracle.Failure(table.name(), scenario.cycles().size() - 1, difference);
                }
                comparisons++;
            } catch (SQLException e) {
                // Somebody empties a source, the query cannot be computed, or the table gets other columns just now.
                if (!e.getSQLState().equals("55P03") && !EngineMeanwhile.ofTheData(e.getSQLState())) {
                    throw e;
                }
            }
        }
        return null;
    }

    /** All tables are right in the end, by refreshes of those that are refreshed. */
    private Oracle.@Nullable Failure refreshed() throws SQLException {
        for (Scenario.StreamTable table : scenario.streamTables()) {
            try {
                engine.refresh("o." + table.name());
            } catch (RuntimeException e) {
                if (comparison.leaveIfNotComputable(table)) {
                    return null;
                }
                return new Oracle.Failure(table.name(), scenario.cycles().size() - 1, Comparison.stack(e));
            }
            String difference = comparison.difference(table);
            if (difference != null) {
                return new Oracle.Failure(
                        table.name(), scenario.cycles().size() - 1, difference + " after the last refresh");
            }
            comparisons++;
        }
        return null;
    }

    /** What is wrong about an error of one of the writers. */
    private @Nullable String write(int writer, CountDownLatch writing) throws SQLException {
        Random random = new Random(seed * writers + writer);
        try (Connection session = oracle.connect()) {
            for (int i = writer; i < scenario.cycles().size(); i += writers) {
                String level = LEVELS.get(random.nextInt(LEVELS.size()));
                Oracle.play(session, "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL " + level);
                for (String statement : preparedAtOnce(scenario.cycles().get(i), "_" + i)) {
                    String problem = statement.equals(Oracle.FULLY)
                            ? meanwhile.nothingDiffers(random)
                            : problem(session, writer + ", " + level, statement, level);
                    if (problem != null) {
                        return problem + " in " + statement;
                    }
                }
                Oracle.play(session, "ROLLBACK");
            }
        } finally {
            writing.countDown();
        }
        return null;
    }

    /**
     * Prepared transactions under names of their own, which end at once: who waits for a transaction of his own that nobody else would
     * end waits for ever.
     */
    private static List<String> preparedAtOnce(List<String> cycle, String suffix) {
        List<String> result = new ArrayList<>();
        boolean prepared = false;
        for (String statement : cycle) {
            boolean ends = statement.startsWith("COMMIT PREPARED") || statement.startsWith("ROLLBACK PREPARED");
            if (ends || statement.startsWith("PREPARE TRANSACTION")) {
                prepared = !ends;
                result.add(statement.substring(0, statement.length() - 1) + suffix + "'");
            } else if (!prepared) {
                result.add(statement);
            }
        }
        return result;
    }

    private @Nullable String problem(Connection session, String who, String statement, String level)
            throws SQLException {
        try {
            Oracle.play(session, statement);
            statements.incrementAndGet();
            log.add(who + ": " + statement);
            return null;
        } catch (PSQLException e) {
            String state = String.valueOf(e.getSQLState());
            ServerErrorMessage message = e.getServerErrorMessage();
            log.add(who + ": " + state + " for " + statement);
            if (AFTERWARDS.contains(state) || message == null) {
                return null;
            }
            String context = String.valueOf(message.getWhere());
            if (state.equals("40P01")) {
                deadlocks.add(message.getDetail() + "\n" + statement + "\n" + context);
            }
            if (state.equals(TIMEOUT)) {
                timeouts.add(statement + "\n" + context);
                return null;
            }
            if (HONEST.contains(state)) {
                refused.incrementAndGet();
                return null;
            }
            boolean ours = context.contains("pgstream_")
                    || String.valueOf(message.getMessage()).contains("pgstream_");
            boolean emptied = state.equals("0A000") && statement.startsWith("TRUNCATE") && !level.equals(LEVELS.get(0));
            boolean broken = state.startsWith("XX");
            return (broken || (ours && !EngineMeanwhile.ofTheData(state) && !emptied))
                    ? state + " " + message.getMessage() + "\n" + context
                    : null;
        }
    }
}
