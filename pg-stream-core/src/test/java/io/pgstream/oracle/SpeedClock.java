package io.pgstream.oracle;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How long something takes: by the clock on the wall or, beside other work on the machine, by the processor time of the server processes of
 * the database and of this thread. The latter cannot see parallel workers, and asks for none.
 */
final class SpeedClock {

    private final Connection connection;

    private final boolean processor;

    private Set<Integer> processes = Set.of();

    private Map<Integer, Long> before = Map.of();

    private long start;

    private long wallStart;

    private double wall;

    SpeedClock(Connection connection, boolean processor) throws SQLException {
        this.connection = connection;
        this.processor = processor;
        if (processor) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET max_parallel_workers_per_gather = 0");
            }
        }
    }

    /** Milliseconds by the clock on the wall between the last start and stop. */
    double wall() {
        return wall;
    }

    void start() throws SQLException {
        begin();
        wallStart = System.nanoTime();
    }

    private void begin() throws SQLException {
        if (processor) {
            processes = processes();
            before = used(processes);
            start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        } else {
            start = System.nanoTime();
        }
    }

    /** Milliseconds since the start. */
    double stop() throws SQLException {
        wall = (System.nanoTime() - wallStart) / 1e6;
        if (!processor) {
            return (System.nanoTime() - start) / 1e6;
        }
        long nanoseconds = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
        Map<Integer, Long> after = used(processes);
        Set<Integer> others = processes();
        others.removeAll(processes);
        after.putAll(used(others));
        for (Map.Entry<Integer, Long> process : after.entrySet()) {
            nanoseconds += process.getValue() - before.getOrDefault(process.getKey(), 0L);
        }
        return nanoseconds / 1e6;
    }

    private Set<Integer> processes() throws SQLException {
        Set<Integer> found = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'")) {
            while (rows.next()) {
                found.add(rows.getInt(1));
            }
        }
        return found;
    }

    private static Map<Integer, Long> used(Set<Integer> processes) {
        Map<Integer, Long> used = new HashMap<>();
        for (int process : processes) {
            try {
                used.put(
                        process,
                        Long.parseLong(Files.readString(Path.of("/proc", String.valueOf(process), "schedstat"))
                                .split(" ")[0]));
            } catch (NoSuchFileException e) {
                // It has ended.
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
        return used;
    }
}
