package io.pgstream.autoconfigure.actuate;

import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.StreamTableMonitor;
import io.pgstream.StreamTableOverview;
import io.pgstream.StreamTableStatus;
import io.pgstream.autoconfigure.StreamTableSynchronizer;
import io.pgstream.schedule.RefreshScheduler;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Down only if nothing can be refreshed: the server does not answer, or the clock has stopped. What is wrong with a single
 * stream table is said, and takes no instance of the application out of service unless the settings say so.
 */
final class StreamTablesHealthIndicator extends AbstractHealthIndicator {

    private final StreamTableMonitor monitor;

    private final StreamTableSynchronizer synchronizer;

    private final @Nullable RefreshScheduler scheduler;

    private final StreamTablesHealthProperties properties;

    StreamTablesHealthIndicator(
            StreamTableMonitor monitor,
            StreamTableSynchronizer synchronizer,
            @Nullable RefreshScheduler scheduler,
            StreamTablesHealthProperties properties) {
        super("The stream tables could not be checked");
        this.monitor = monitor;
        this.synchronizer = synchronizer;
        this.scheduler = scheduler;
        this.properties = properties;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        Set<Status> statuses = new HashSet<>();
        statuses.add(Status.UP);
        checkScheduler(builder, statuses);
        try {
            checkTables(builder, monitor.overview(), statuses);
        } catch (PgStreamException e) {
            builder.withException(e).withDetail("code", e.code());
            statuses.add(Status.DOWN);
        }
        builder.status(StatusAggregator.getDefault().getAggregateStatus(statuses));
    }

    private void checkScheduler(Health.Builder builder, Set<Status> statuses) {
        if (scheduler == null) {
            builder.withDetail("scheduler", "disabled");
        } else if (scheduler.isRunning()) {
            builder.withDetail("scheduler", "running");
        } else {
            builder.withDetail("scheduler", "stopped");
            statuses.add(Status.DOWN);
        }
    }

    private void checkTables(Health.Builder builder, StreamTableOverview overview, Set<Status> statuses) {
        builder.withDetail("streamTables", overview.tables().size());
        if (overview.paused()) {
            builder.withDetail("paused", true);
        }
        Map<String, Object> problems = new TreeMap<>();
        for (StreamTableOverview.Entry table : overview.tables()) {
            Map<String, Object> problem = problem(table, statuses);
            if (!problem.isEmpty()) {
                problems.put(table.name().toString(), problem);
            }
        }
        if (!problems.isEmpty()) {
            builder.withDetail("problems", problems);
        }
        Map<String, String> disabled = new TreeMap<>();
        synchronizer.disabled().forEach((QualifiedName name, String reason) -> disabled.put(name.toString(), reason));
        if (!disabled.isEmpty()) {
            builder.withDetail("disabled", disabled);
        }
    }

    private Map<String, Object> problem(StreamTableOverview.Entry table, Set<Status> statuses) {
        Map<String, Object> problem = new TreeMap<>();
        StreamTableOverview.Problem error = table.problem();
        boolean broken = table.status() == StreamTableStatus.ERROR
                || table.status() == StreamTableStatus.INITIALIZING && error != null;
        if (broken) {
            statuses.add(new Status(properties.errorStatus()));
        }
        if (error != null) {
            problem.put("code", error.code());
            problem.put("error", error.message());
            problem.put("failures", error.consecutive());
            if (error.action() != null) {
                problem.put("action", error.action());
            }
        }
        if (Boolean.TRUE.equals(table.stale())) {
            statuses.add(new Status(properties.staleStatus()));
            problem.put("staleness", String.valueOf(table.staleness()));
            problem.put("allowed", String.valueOf(table.interval()));
        }
        if (table.driftedAt() != null) {
            statuses.add(new Status(properties.driftStatus()));
            problem.put("driftedAt", table.driftedAt().toString());
            problem.putIfAbsent("action", "Refresh it fully, and find out who wrote to it.");
        }
        if (!problem.isEmpty()) {
            problem.put("status", table.status());
        }
        return problem;
    }
}
