package io.pgstream.autoconfigure.actuate;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableMonitor;
import io.pgstream.StreamTableOverview;
import io.pgstream.StreamTableStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows how many stream tables there are, how fresh each is and what waits to be applied, as the catalog has it: another
 * instance may be the one that refreshes them. The catalog is read when a registry asks, at most once in ten seconds; a
 * stream table that is new appears with the reading after the one that found it.
 */
final class StreamTableMeters implements MeterBinder {

    private static final Logger logger = LoggerFactory.getLogger(StreamTableMeters.class);

    private static final Duration TIME_TO_LIVE = Duration.ofSeconds(10);

    private final StreamTableMonitor monitor;

    private final LongSupplier nanoTime;

    private final List<Series> series = new ArrayList<>();

    private @Nullable Reading reading;

    private long readAt;

    StreamTableMeters(StreamTableMonitor monitor, LongSupplier nanoTime) {
        this.monitor = monitor;
        this.nanoTime = nanoTime;
    }

    /** What was read at one time. */
    private record Reading(StreamTableOverview overview, Map<QualifiedName, Long> pending, Map<String, Long> buffers) {

        List<MultiGauge.Row<?>> tables(ToDoubleFunction<StreamTableOverview.Entry> value) {
            return overview.tables().stream()
                    .<MultiGauge.Row<?>>map(table -> row("table", table.name().toString(), value.applyAsDouble(table)))
                    .toList();
        }

        List<MultiGauge.Row<?>> staleness() {
            return tables(table -> seconds(table.staleness()));
        }

        List<MultiGauge.Row<?>> pendingChanges() {
            return pending.entrySet().stream()
                    .<MultiGauge.Row<?>>map(entry -> row("table", entry.getKey().toString(), entry.getValue()))
                    .toList();
        }

        /** Changes that wait were captured after the moment that the data stands for. */
        List<MultiGauge.Row<?>> lag() {
            return tables(table -> pending.getOrDefault(table.name(), 0L) == 0 ? 0 : seconds(table.staleness()));
        }

        List<MultiGauge.Row<?>> bufferSizes() {
            return buffers.entrySet().stream()
                    .<MultiGauge.Row<?>>map(entry -> row("source", entry.getKey(), entry.getValue()))
                    .toList();
        }

        private static double seconds(@Nullable Duration duration) {
            return (duration == null) ? Double.NaN : duration.toMillis() / 1000.0;
        }

        private static MultiGauge.Row<?> row(String key, String tag, double value) {
            return MultiGauge.Row.of(Tags.of(key, tag), () -> value);
        }
    }

    /** Gauges that come and go with what they are of. */
    private record Series(MultiGauge gauges, Function<Reading, List<MultiGauge.Row<?>>> rows) {

        void show(@Nullable Reading reading) {
            gauges.register((reading == null) ? List.of() : rows.apply(reading), true);
        }
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        series.add(new Series(
                gauges("pgstream.staleness", "Age of the rows of a stream table", "seconds")
                        .register(registry),
                Reading::staleness));
        series.add(new Series(
                gauges(
                                "pgstream.pending.changes",
                                "Captured changes that a stream table has not applied yet",
                                "changes")
                        .register(registry),
                Reading::pendingChanges));
        series.add(new Series(
                gauges(
                                "pgstream.capture.lag",
                                "How long captured changes have waited for a stream table, at most",
                                "seconds")
                        .register(registry),
                Reading::lag));
        series.add(new Series(
                gauges("pgstream.capture.buffer.size", "Room that the captured changes of a source take", "bytes")
                        .register(registry),
                Reading::bufferSizes));
        for (StreamTableStatus status : StreamTableStatus.values()) {
            Gauge.builder("pgstream.tables", () -> count(table -> table.status() == status))
                    .description("Stream tables")
                    .tag("status", status.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        Gauge.builder("pgstream.tables.stale", () -> count(table -> Boolean.TRUE.equals(table.stale())))
                .description("Stream tables whose rows are older than their schedules allow")
                .register(registry);
        Gauge.builder("pgstream.tables.drifted", () -> count(table -> table.driftedAt() != null))
                .description("Stream tables that differ from their queries, as their last verifications have found")
                .register(registry);
        Gauge.builder("pgstream.paused", this::paused)
                .description("Whether the scheduled refreshes of all stream tables are paused")
                .register(registry);
    }

    private static MultiGauge.Builder gauges(String name, String description, String unit) {
        return MultiGauge.builder(name).description(description).baseUnit(unit);
    }

    private double count(Predicate<StreamTableOverview.Entry> condition) {
        Reading current = current();
        return (current == null)
                ? Double.NaN
                : current.overview().tables().stream().filter(condition).count();
    }

    private double paused() {
        Reading current = current();
        if (current == null) {
            return Double.NaN;
        }
        return current.overview().paused() ? 1 : 0;
    }

    /** Whether a stream table can be refreshed by its changes, by the last reading: a refresh does not wait for another. */
    synchronized boolean differential(QualifiedName name) {
        Reading current = reading;
        return current != null
                && current.overview().tables().stream()
                        .anyMatch(table -> table.name().equals(name) && table.mode() != RefreshMode.FULL);
    }

    private synchronized @Nullable Reading current() {
        long now = nanoTime.getAsLong();
        if (readAt == 0 || now - readAt >= TIME_TO_LIVE.toNanos()) {
            readAt = now;
            reading = read();
            series.forEach(gauges -> gauges.show(reading));
        }
        return reading;
    }

    /** Makes the next question read the catalog. */
    synchronized void expire() {
        readAt = 0;
    }

    private @Nullable Reading read() {
        try {
            return new Reading(monitor.overview(), monitor.pendingChanges(), monitor.bufferSizes());
        } catch (PgStreamException e) {
            logger.debug("The catalog could not be read for the meters", e);
            return null;
        }
    }
}
