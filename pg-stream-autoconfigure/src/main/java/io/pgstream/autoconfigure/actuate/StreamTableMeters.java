package io.pgstream.autoconfigure.actuate;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.pgstream.PgStreamException;
import io.pgstream.StreamTableInfo;
import io.pgstream.StreamTableOperations;
import io.pgstream.StreamTableStatus;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows how many stream tables there are and how stale each is, as the catalog has it: another instance may be the one
 * that refreshes them. The catalog is read when a registry asks, at most once in ten seconds; a stream table that is new
 * appears with the reading after the one that found it.
 */
final class StreamTableMeters implements MeterBinder {

    private static final Logger logger = LoggerFactory.getLogger(StreamTableMeters.class);

    private static final Duration TIME_TO_LIVE = Duration.ofSeconds(10);

    private final StreamTableOperations operations;

    private final LongSupplier nanoTime;

    private @Nullable List<StreamTableInfo> tables;

    private long readAt;

    private @Nullable MultiGauge staleness;

    StreamTableMeters(StreamTableOperations operations, LongSupplier nanoTime) {
        this.operations = operations;
        this.nanoTime = nanoTime;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        staleness = MultiGauge.builder("pgstream.staleness")
                .description("Age of the rows of a stream table")
                .baseUnit("seconds")
                .register(registry);
        for (StreamTableStatus status : StreamTableStatus.values()) {
            Gauge.builder("pgstream.tables", () -> count(status))
                    .description("Stream tables")
                    .tag("status", status.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
    }

    private double count(StreamTableStatus status) {
        List<StreamTableInfo> current = current();
        return (current == null)
                ? Double.NaN
                : current.stream().filter(table -> table.status() == status).count();
    }

    private synchronized @Nullable List<StreamTableInfo> current() {
        long now = nanoTime.getAsLong();
        if (readAt == 0 || now - readAt >= TIME_TO_LIVE.toNanos()) {
            readAt = now;
            tables = read();
            if (staleness != null) {
                staleness.register(rows(tables), true);
            }
        }
        return tables;
    }

    private @Nullable List<StreamTableInfo> read() {
        try {
            return operations.list();
        } catch (PgStreamException e) {
            logger.debug("The catalog could not be read for the meters", e);
            return null;
        }
    }

    private static List<MultiGauge.Row<?>> rows(@Nullable List<StreamTableInfo> tables) {
        if (tables == null) {
            return List.of();
        }
        return tables.stream().<MultiGauge.Row<?>>map(StreamTableMeters::row).toList();
    }

    private static MultiGauge.Row<?> row(StreamTableInfo table) {
        double seconds =
                (table.staleness() == null) ? Double.NaN : table.staleness().toMillis() / 1000.0;
        return MultiGauge.Row.of(Tags.of("table", table.name().toString()), () -> seconds);
    }
}
