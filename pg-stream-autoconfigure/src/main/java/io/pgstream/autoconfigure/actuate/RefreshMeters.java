package io.pgstream.autoconfigure.actuate;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshListener;
import io.pgstream.RefreshResult;
import java.util.Locale;

/** Counts and times the refreshes of this instance. */
final class RefreshMeters implements RefreshListener {

    private final MeterRegistry registry;

    RefreshMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void refreshCompleted(RefreshResult result) {
        String table = result.name().toString();
        Timer.builder("pgstream.refresh")
                .description("Refreshes of stream tables")
                .tag("table", table)
                .tag("mode", mode(result))
                .tag("outcome", outcome(result))
                .register(registry)
                .record(result.duration());
        Counter.builder("pgstream.refresh.changes")
                .description("Captured changes of sources that refreshes have read")
                .tag("table", table)
                .register(registry)
                .increment(result.changes());
        countRows(table, "inserted", result.inserted());
        countRows(table, "updated", result.updated());
        countRows(table, "deleted", result.deleted());
    }

    private void countRows(String table, String operation, long rows) {
        Counter.builder("pgstream.refresh.rows")
                .description("Rows of stream tables that refreshes have written")
                .tag("table", table)
                .tag("operation", operation)
                .register(registry)
                .increment(rows);
    }

    @Override
    public void refreshFailed(QualifiedName name, PgStreamException failure) {
        Counter.builder("pgstream.refresh.errors")
                .description("Refreshes of stream tables that have failed after their retries")
                .tag("table", name.toString())
                .tag("code", failure.code().name().toLowerCase(Locale.ROOT))
                .register(registry)
                .increment();
    }

    private static String mode(RefreshResult result) {
        return switch (result.outcome()) {
            case DIFFERENTIAL -> "differential";
            case FULL -> "full";
            case NO_DATA, SKIPPED -> "none";
        };
    }

    private static String outcome(RefreshResult result) {
        return switch (result.outcome()) {
            case DIFFERENTIAL, FULL -> "success";
            case NO_DATA -> "no_data";
            case SKIPPED -> "skipped";
        };
    }
}
