package io.pgstream.autoconfigure.actuate;

import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.StreamTableInfo;
import io.pgstream.StreamTableOperations;
import io.pgstream.StreamTableStatus;
import io.pgstream.autoconfigure.StreamTableSynchronizer;
import io.pgstream.schedule.RefreshScheduler;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Down only if nothing can be refreshed: the server does not answer, or the clock has stopped. A single stream table
 * that fails or is stale is shown, and takes no instance of the application out of service.
 */
final class StreamTablesHealthIndicator extends AbstractHealthIndicator {

    private final StreamTableOperations operations;

    private final StreamTableSynchronizer synchronizer;

    private final @Nullable RefreshScheduler scheduler;

    StreamTablesHealthIndicator(
            StreamTableOperations operations,
            StreamTableSynchronizer synchronizer,
            @Nullable RefreshScheduler scheduler) {
        super("The stream tables could not be checked");
        this.operations = operations;
        this.synchronizer = synchronizer;
        this.scheduler = scheduler;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.up();
        checkScheduler(builder);
        checkTables(builder);
    }

    private void checkScheduler(Health.Builder builder) {
        if (scheduler == null) {
            builder.withDetail("scheduler", "disabled");
        } else if (scheduler.isRunning()) {
            builder.withDetail("scheduler", "running");
        } else {
            builder.down().withDetail("scheduler", "stopped");
        }
    }

    private void checkTables(Health.Builder builder) {
        List<StreamTableInfo> tables;
        try {
            tables = operations.list();
        } catch (PgStreamException e) {
            builder.down(e).withDetail("code", e.code());
            return;
        }
        builder.withDetail("streamTables", tables.size());
        Map<String, String> errors = new TreeMap<>();
        Map<String, String> staleness = new TreeMap<>();
        for (StreamTableInfo table : tables) {
            if (table.status() == StreamTableStatus.ERROR) {
                errors.put(table.name().toString(), String.valueOf(table.lastError()));
            }
            if (table.staleness() != null) {
                staleness.put(table.name().toString(), table.staleness().toString());
            }
        }
        withDetail(builder, "errors", errors);
        withDetail(builder, "staleness", staleness);
        withDetail(builder, "disabled", disabled());
    }

    private Map<String, String> disabled() {
        Map<String, String> disabled = new TreeMap<>();
        synchronizer.disabled().forEach((QualifiedName name, String reason) -> disabled.put(name.toString(), reason));
        return disabled;
    }

    private static void withDetail(Health.Builder builder, String key, Map<String, String> value) {
        if (!value.isEmpty()) {
            builder.withDetail(key, value);
        }
    }
}
