package io.pgstream.oracle;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshFailedException;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableAlteration;
import io.pgstream.Verification;
import io.pgstream.engine.StreamTableEngine;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/** What the engine does while writers write: it refreshes tables, compares them, and changes their modes. */
final class EngineMeanwhile {

    private static final List<RefreshMode> MODES =
            List.of(RefreshMode.IMMEDIATE, RefreshMode.ON_COMMIT, RefreshMode.DIFFERENTIAL);

    private final StreamTableEngine engine;

    private final Scenario scenario;

    private final Random random;

    private final Queue<String> log;

    private final Map<String, RefreshMode> modes = new ConcurrentHashMap<>();

    /** Held for writing while a mode changes. */
    private final ReadWriteLock switching = new ReentrantReadWriteLock();

    private int switches;

    private int refreshes;

    /** @param log told of what is done */
    EngineMeanwhile(StreamTableEngine engine, Scenario scenario, Random random, Queue<String> log) {
        this.engine = engine;
        this.scenario = scenario;
        this.random = random;
        this.log = log;
        scenario.streamTables().forEach(table -> modes.put(table.name(), table.mode()));
    }

    int switches() {
        return switches;
    }

    int refreshes() {
        return refreshes;
    }

    /** Goes on until it is over; what is wrong. */
    @Nullable
    String run(AtomicBoolean over) {
        while (!over.get()) {
            Scenario.StreamTable table = any(random);
            String problem = switch (random.nextInt(8)) {
                case 0, 1 -> changed(table, MODES.get(random.nextInt(MODES.size())));
                case 2 -> verified(table);
                default -> refreshed(table);
            };
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    private Scenario.StreamTable any(Random by) {
        return scenario.streamTables().get(by.nextInt(scenario.streamTables().size()));
    }

    private @Nullable String changed(Scenario.StreamTable table, RefreshMode mode) {
        Oracle.loadBeside(random.nextBoolean());
        switching.writeLock().lock();
        try {
            log.add("engine: alters " + table.name() + " to " + mode);
            engine.alter("o." + table.name(), StreamTableAlteration.mode(mode));
            modes.put(table.name(), mode);
            switches++;
            log.add("engine: altered " + table.name() + " to " + mode);
            return null;
        } catch (PgStreamException e) {
            return problem(table, e);
        } finally {
            switching.writeLock().unlock();
        }
    }

    private @Nullable String refreshed(Scenario.StreamTable table) {
        try {
            engine.refresh("o." + table.name());
            refreshes++;
            return null;
        } catch (PgStreamException e) {
            return problem(table, e);
        }
    }

    private @Nullable String verified(Scenario.StreamTable table) {
        try {
            log.add("engine: verifies " + table.name());
            Verification verification = engine.verify("o." + table.name());
            return (verification.equal() || table.floats())
                    ? null
                    : "verify() says " + verification + " of " + table.name();
        } catch (PgStreamException e) {
            return problem(table, e);
        }
    }

    /** Nothing differs from what the writers have left, whenever somebody looks; sums of floats may, by their order. */
    @Nullable
    String nothingDiffers(Random by) {
        Scenario.StreamTable table = any(by);
        switching.readLock().lock();
        try {
            boolean promised = modes.get(table.name()) == RefreshMode.IMMEDIATE
                    || modes.get(table.name()) == RefreshMode.ON_COMMIT;
            String problem = (promised && scenario.looksDiffer()) ? verified(table) : null;
            if (problem != null) {
                return problem;
            }
            long written = engine.refreshFully("o." + table.name()).written();
            return (written == 0 || !promised || scenario.looksDiffer() || table.floats())
                    ? null
                    : written + " rows were wrong of " + table.name();
        } catch (PgStreamException e) {
            return problem(table, e);
        } finally {
            switching.readLock().unlock();
        }
    }

    /** What is wrong about an error: the engine may wait for a shorter time than some writers need, and meet data that the query fails at. */
    private @Nullable String problem(Scenario.StreamTable table, PgStreamException e) {
        log.add("engine: " + table.name() + ": " + e.code() + " " + e.getMessage());
        String state =
                (e instanceof RefreshFailedException failed && failed.sqlState() != null) ? failed.sqlState() : "";
        boolean allowed = e.code() == ErrorCode.LOCK_TIMEOUT
                || e.code() == ErrorCode.UNSUPPORTED_QUERY
                || ofTheData(state)
                || state.equals("40001")
                || state.equals("40P01");
        return allowed ? null : table.name() + ": " + Comparison.stack(e);
    }

    /** Whether an error is one of a query that cannot be computed from what the tables hold. */
    static boolean ofTheData(String state) {
        return state.startsWith("22") || state.equals("21000");
    }
}
