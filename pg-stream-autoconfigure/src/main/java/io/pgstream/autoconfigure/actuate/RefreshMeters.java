package io.pgstream.autoconfigure.actuate;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshListener;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.Verification;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Counts and times the refreshes and verifications of this instance. */
final class RefreshMeters implements RefreshListener {

    private final MeterRegistry registry;

    private final Predicate<QualifiedName> differential;

    /** @param differential whether a stream table could be refreshed by its changes */
    RefreshMeters(MeterRegistry registry, Predicate<QualifiedName> differential) {
        this.registry = registry;
        this.differential = differential;
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
        if (fellBack(result)) {
            Counter.builder("pgstream.refresh.fallbacks")
                    .description("Full refreshes of stream tables that could have been refreshed by their changes")
                    .tag("table", table)
                    .register(registry)
                    .increment();
        }
        Counter.builder("pgstream.refresh.changes")
                .description("Captured changes of sources that refreshes have read")
                .baseUnit("changes")
                .tag("table", table)
                .register(registry)
                .increment(result.changes());
        countRows(table, "inserted", result.inserted());
        countRows(table, "updated", result.updated());
        countRows(table, "deleted", result.deleted());
    }

    private boolean fellBack(RefreshResult result) {
        return result.outcome() == RefreshOutcome.FULL
                && !RefreshResult.FIRST_LOAD.equals(result.reason())
                && !RefreshResult.REQUESTED.equals(result.reason())
                && differential.test(result.name());
    }

    private void countRows(String table, String operation, long rows) {
        Counter.builder("pgstream.refresh.rows")
                .description("Rows of stream tables that refreshes have written")
                .baseUnit("rows")
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

    @Override
    public void tableVerified(Verification verification, @Nullable RefreshResult repair) {
        String outcome = verification.equal() ? "equal" : (repair == null) ? "drifted" : "repaired";
        Counter.builder("pgstream.verifications")
                .description("Comparisons of stream tables with their queries")
                .tag("table", verification.name().toString())
                .tag("outcome", outcome)
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
