package io.pgstream.samples.quickstart.dashboard;

import io.pgstream.QualifiedName;
import io.pgstream.StreamTableInfo;
import io.pgstream.StreamTableOperations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Runs each defining query in full now and then, one at a time: what a refresh without pg-stream would take at least.
 * {@code EXPLAIN ANALYZE} computes every column and throws the rows away, where {@code count(*)} over the query would let
 * the planner leave columns out.
 */
final class RecomputeMeter implements SmartLifecycle {

    private static final Logger logger = LoggerFactory.getLogger(RecomputeMeter.class);

    private static final Pattern TIME = Pattern.compile("(?:Planning|Execution) Time: ([0-9.]+) ms");

    private final StreamTableOperations streamTables;

    private final JdbcOperations jdbc;

    private final TransactionOperations transactions;

    private final Duration interval;

    private final Map<QualifiedName, Recomputation> latest = new ConcurrentHashMap<>();

    private @Nullable ScheduledExecutorService executor;

    RecomputeMeter(
            StreamTableOperations streamTables,
            JdbcOperations jdbc,
            TransactionOperations transactions,
            Duration interval) {
        this.streamTables = streamTables;
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.interval = interval;
    }

    /**
     * Returns the latest run.
     *
     * @param name the stream table
     * @return the run, or {@code null} before the first one
     */
    @Nullable
    Recomputation latest(QualifiedName name) {
        return latest.get(name);
    }

    private void measureAll() {
        try {
            for (StreamTableInfo table : streamTables.list()) {
                latest.put(table.name(), measure(table.query()));
            }
        } catch (RuntimeException e) {
            // While the server is away or a table is being dropped; the next round tries again.
            logger.debug("Could not measure the defining queries", e);
        }
    }

    private Recomputation measure(String query) {
        List<String> plan = transactions.execute(status -> {
            jdbc.execute("SET LOCAL statement_timeout = '60s'");
            return jdbc.queryForList("EXPLAIN (ANALYZE, TIMING OFF, SUMMARY ON) " + query, String.class);
        });
        double milliseconds = 0;
        for (String line : plan) {
            Matcher time = TIME.matcher(line);
            if (time.find()) {
                milliseconds += Double.parseDouble(time.group(1));
            }
        }
        return new Recomputation(milliseconds, Instant.now());
    }

    @Override
    public synchronized void start() {
        if (executor == null) {
            executor = Executors.newSingleThreadScheduledExecutor(new CustomizableThreadFactory("recompute-meter-"));
            executor.scheduleWithFixedDelay(this::measureAll, 2000, interval.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public synchronized void stop() {
        if (executor != null) {
            executor.shutdownNow();
            executor = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return executor != null;
    }
}
