package io.pgstream.oracle;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Makes a failing scenario smaller for as long as it fails, within a time limit. */
final class Shrinker {

    private final Oracle oracle;

    private final long deadline;

    Shrinker(Oracle oracle, long seconds) {
        this.oracle = oracle;
        this.deadline = System.nanoTime() + seconds * 1_000_000_000L;
    }

    /** A smaller scenario that fails in the same table. */
    Scenario shrink(Scenario scenario, Oracle.Failure failure) throws SQLException {
        Scenario smaller = scenario.withCycles(scenario.cycles().subList(0, failure.cycle() + 1));
        smaller = streamTables(smaller, failure.table());
        smaller = cycles(smaller, failure.table());
        for (int i = smaller.cycles().size() - 1; i >= 0; i--) {
            smaller = statements(smaller, i, failure.table());
        }
        return setup(smaller, failure.table());
    }

    private boolean fails(Scenario scenario, String table) throws SQLException {
        if (System.nanoTime() > deadline) {
            return false;
        }
        Oracle.Failure failure = oracle.play(scenario).failure();
        return failure != null && failure.table().equals(table) && failure.cycle() >= 0;
    }

    private Scenario streamTables(Scenario scenario, String table) throws SQLException {
        Scenario smallest = scenario;
        for (Scenario.StreamTable candidate : scenario.streamTables()) {
            if (!candidate.name().equals(table)) {
                List<Scenario.StreamTable> fewer = new ArrayList<>(smallest.streamTables());
                fewer.remove(candidate);
                Scenario attempt = smallest.withStreamTables(fewer);
                smallest = fails(attempt, table) ? attempt : smallest;
            }
        }
        return smallest;
    }

    private Scenario cycles(Scenario scenario, String table) throws SQLException {
        Scenario smallest = scenario;
        for (int i = scenario.cycles().size() - 1; i >= 0; i--) {
            List<List<String>> fewer = new ArrayList<>(smallest.cycles());
            fewer.remove(i);
            Scenario attempt = smallest.withCycles(fewer);
            smallest = fails(attempt, table) ? attempt : smallest;
        }
        return smallest;
    }

    private Scenario statements(Scenario scenario, int cycle, String table) throws SQLException {
        Scenario smallest = scenario;
        for (int i = scenario.cycles().get(cycle).size() - 1; i >= 0; i--) {
            List<String> fewer = new ArrayList<>(smallest.cycles().get(cycle));
            fewer.remove(i);
            List<List<String>> cycles = new ArrayList<>(smallest.cycles());
            cycles.set(cycle, fewer);
            Scenario attempt = smallest.withCycles(cycles);
            smallest = fails(attempt, table) ? attempt : smallest;
        }
        return smallest;
    }

    private Scenario setup(Scenario scenario, String table) throws SQLException {
        Scenario smallest = scenario;
        for (int i = scenario.setup().size() - 1; i >= 0; i--) {
            List<String> fewer = new ArrayList<>(smallest.setup());
            fewer.remove(i);
            Scenario attempt = smallest.withSetup(fewer);
            smallest = fails(attempt, table) ? attempt : smallest;
        }
        return smallest;
    }
}
