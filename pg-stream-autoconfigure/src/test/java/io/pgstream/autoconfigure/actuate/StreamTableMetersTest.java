package io.pgstream.autoconfigure.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgstream.ErrorCode;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshFailedException;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableStatus;
import io.pgstream.Verification;
import io.pgstream.autoconfigure.InMemoryStreamTables;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StreamTableMetersTest {

    private static final QualifiedName TOTALS = QualifiedName.parse("totals");

    private final MeterRegistry registry = new SimpleMeterRegistry();

    private final InMemoryStreamTables streamTables = new InMemoryStreamTables();

    private final AtomicLong nanoTime = new AtomicLong(1);

    @Test
    void time_refreshes_by_table_mode_and_outcome() {
        RefreshMeters meters = new RefreshMeters(registry, name -> true);

        meters.refreshCompleted(result(RefreshOutcome.DIFFERENTIAL, 40));
        meters.refreshCompleted(result(RefreshOutcome.DIFFERENTIAL, 20));
        meters.refreshCompleted(result(RefreshOutcome.FULL, 500));
        meters.refreshCompleted(result(RefreshOutcome.NO_DATA, 1));
        meters.refreshCompleted(result(RefreshOutcome.SKIPPED, 1));

        assertThat(registry.get("pgstream.refresh")
                        .tags("table", "totals", "mode", "differential", "outcome", "success")
                        .timer()
                        .totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(60);
        assertThat(count("full", "success")).isEqualTo(1);
        assertThat(count("none", "no_data")).isEqualTo(1);
        assertThat(count("none", "skipped")).isEqualTo(1);
    }

    @Test
    void count_rows_and_changes() {
        RefreshMeters meters = new RefreshMeters(registry, name -> true);

        meters.refreshCompleted(result(RefreshOutcome.DIFFERENTIAL, 40));

        assertThat(registry.get("pgstream.refresh.changes").counter().count()).isEqualTo(5);
        assertThat(registry.get("pgstream.refresh.rows")
                        .tag("operation", "inserted")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("pgstream.refresh.rows")
                        .tag("operation", "deleted")
                        .counter()
                        .count())
                .isEqualTo(3);
    }

    @Test
    void count_failures_by_code() {
        new RefreshMeters(registry, name -> true)
                .refreshFailed(
                        TOTALS,
                        new RefreshFailedException(ErrorCode.SOURCE_CHANGED, "gone", "resume", null, false, null));

        assertThat(registry.get("pgstream.refresh.errors")
                        .tags("table", "totals", "code", "source_changed")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void show_how_many_tables_there_are_and_how_stale_each_is() {
        streamTables.put("totals", StreamTableStatus.ACTIVE, Duration.ofMillis(2500), null);
        streamTables.put("sales", StreamTableStatus.ERROR, Duration.ofMinutes(1), "gone");
        new StreamTableMeters(streamTables, nanoTime::get).bindTo(registry);

        assertThat(tables("active")).isEqualTo(1);
        assertThat(tables("error")).isEqualTo(1);
        assertThat(tables("suspended")).isZero();
        assertThat(staleness("totals")).isEqualTo(2.5);
        assertThat(staleness("sales")).isEqualTo(60);
    }

    @Test
    void read_the_catalog_at_most_once_in_ten_seconds() {
        new StreamTableMeters(streamTables, nanoTime::get).bindTo(registry);

        tables("active");
        tables("error");
        nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(9));
        tables("active");
        assertThat(streamTables.reads()).isEqualTo(1);

        nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(1));
        tables("active");
        assertThat(streamTables.reads()).isEqualTo(2);
    }

    @Test
    void forget_a_table_that_was_dropped() {
        streamTables.put("totals", StreamTableStatus.ACTIVE, Duration.ofSeconds(1), null);
        new StreamTableMeters(streamTables, nanoTime::get).bindTo(registry);
        tables("active");
        streamTables.remove("totals");

        nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(10));
        tables("active");

        assertThat(registry.find("pgstream.staleness").gauges()).isEmpty();
    }

    @Test
    void show_nothing_rather_than_zero_while_the_server_is_unavailable() {
        streamTables.failWith(new RefreshFailedException(
                ErrorCode.SERVER_UNAVAILABLE, "The server does not answer.", "Start it.", null, true, null));
        new StreamTableMeters(streamTables, nanoTime::get).bindTo(registry);

        assertThat(tables("active")).isNaN();
    }

    @Test
    void count_full_refreshes_that_need_not_have_been_full() {
        RefreshMeters meters = new RefreshMeters(registry, TOTALS::equals);

        meters.refreshCompleted(full(TOTALS, RefreshResult.FIRST_LOAD));
        meters.refreshCompleted(full(TOTALS, RefreshResult.REQUESTED));
        meters.refreshCompleted(full(QualifiedName.parse("always_full"), "the mode is FULL"));
        assertThat(registry.find("pgstream.refresh.fallbacks").counters()).isEmpty();

        meters.refreshCompleted(full(TOTALS, "more than 15 % of the rows have changed"));
        assertThat(registry.get("pgstream.refresh.fallbacks").counter().count()).isEqualTo(1);
    }

    private static RefreshResult full(QualifiedName name, String reason) {
        return new RefreshResult(name, RefreshOutcome.FULL, reason, 0, 9, 0, 0, Instant.EPOCH, Duration.ofMillis(100));
    }

    @Test
    void show_what_waits_to_be_applied_and_for_how_long() {
        streamTables.put("totals", StreamTableStatus.ACTIVE, Duration.ofSeconds(2), null);
        streamTables.put("sales", StreamTableStatus.ACTIVE, Duration.ofMinutes(2), null);
        new StreamTableMeters(streamTables, nanoTime::get).bindTo(registry);
        tables("active");

        assertThat(gauge("pgstream.pending.changes", "sales")).isEqualTo(7);
        assertThat(gauge("pgstream.pending.changes", "totals")).isZero();
        assertThat(gauge("pgstream.capture.lag", "sales")).isEqualTo(120);
        assertThat(gauge("pgstream.capture.lag", "totals")).isZero();
        assertThat(registry.get("pgstream.capture.buffer.size").gauge().value()).isEqualTo(8192);
        assertThat(registry.get("pgstream.tables.stale").gauge().value()).isEqualTo(1);
        assertThat(registry.get("pgstream.tables.drifted").gauge().value()).isZero();
        assertThat(registry.get("pgstream.paused").gauge().value()).isZero();
    }

    private double gauge(String name, String table) {
        return registry.get(name).tag("table", table).gauge().value();
    }

    @Test
    void count_verifications_by_outcome() {
        RefreshMeters meters = new RefreshMeters(registry, name -> true);

        meters.tableVerified(new Verification(TOTALS, 5, 0, 0, Instant.EPOCH, true), null);
        meters.tableVerified(new Verification(TOTALS, 5, 1, 0, Instant.EPOCH, true), null);
        meters.tableVerified(
                new Verification(TOTALS, 5, 0, 1, Instant.EPOCH, false), full(TOTALS, RefreshResult.REQUESTED));

        assertThat(registry.get("pgstream.verifications").counters())
                .extracting(counter -> counter.getId().getTag("outcome") + " " + counter.count())
                .containsExactlyInAnyOrder("equal 1.0", "drifted 1.0", "repaired 1.0");
    }

    private double tables(String status) {
        return registry.get("pgstream.tables").tag("status", status).gauge().value();
    }

    private double staleness(String table) {
        return registry.get("pgstream.staleness").tag("table", table).gauge().value();
    }

    private long count(String mode, String outcome) {
        return registry.get("pgstream.refresh")
                .tags("mode", mode, "outcome", outcome)
                .timer()
                .count();
    }

    private static RefreshResult result(RefreshOutcome outcome, long milliseconds) {
        return new RefreshResult(TOTALS, outcome, null, 5, 1, 2, 3, Instant.EPOCH, Duration.ofMillis(milliseconds));
    }
}
