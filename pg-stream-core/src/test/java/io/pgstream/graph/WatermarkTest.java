package io.pgstream.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgstream.InvalidDefinitionException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.Watermarks;
import io.pgstream.engine.TableWatch;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What reads several tables that loaders fill waits until these are loaded up to the same time. No clock is waited for. */
class WatermarkTest {

    private static final Instant TEN = Instant.parse("2026-01-01T10:00:00Z");

    private final TestDatabase database = TestDatabase.onDefault();

    private final Watermarks watermarks = database.engine().watermarks();

    @BeforeEach
    void twoLoadedTables() throws SQLException {
        database.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, customer int)",
                "CREATE TABLE payments (id int PRIMARY KEY, order_id int)");
        database.create("staged", "SELECT id, customer FROM orders");
        database.create("paid", "SELECT s.id, s.customer FROM staged s JOIN payments p ON p.order_id = s.id");
        watermarks.createGroup("shop", List.of("orders", "payments"), Duration.ofMinutes(5));
        clock();
    }

    /** A tick of the clock at which everything is due. */
    private Set<String> clock() {
        TableWatch watch = database.engine().watch();
        Set<QualifiedName> changed = watch.changed(watch.tables());
        java.util.Set<String> refreshed = new java.util.TreeSet<>();
        for (String name : List.of("staged", "paid")) {
            QualifiedName table = new QualifiedName("public", name);
            if (changed.contains(table)) {
                String stamp = watch.stamp();
                RefreshResult result = database.engine().refreshScheduled(table);
                if (result.outcome() != RefreshOutcome.SKIPPED) {
                    watch.refreshed(table, stamp);
                    refreshed.add(name);
                }
            }
        }
        return refreshed;
    }

    @Test
    void a_reader_of_both_waits_until_they_are_aligned_and_a_reader_of_one_does_not() throws SQLException {
        database.execute("INSERT INTO orders VALUES (1, 1)", "INSERT INTO payments VALUES (1, 1)");
        assertThat(clock()).as("no watermarks").containsExactly("staged");
        watermarks.advance("orders", TEN);
        assertThat(clock()).as("one watermark").isEmpty();
        watermarks.advance("payments", TEN.minus(Duration.ofMinutes(6)));
        assertThat(clock()).as("too far apart").isEmpty();
        assertThat(database.value("SELECT count(*) FROM paid")).isEqualTo("0");
        watermarks.advance("payments", TEN.minus(Duration.ofMinutes(5)));
        assertThat(clock()).as("within the tolerance").containsExactly("paid");
        database.assertEqual("paid");
    }

    @Test
    void a_watermark_that_moves_on_closes_the_gate_at_the_snapshot_of_the_refresh() throws SQLException {
        watermarks.advance("orders", TEN);
        watermarks.advance("payments", TEN);
        clock();
        database.execute("INSERT INTO orders VALUES (2, 1)", "INSERT INTO payments VALUES (2, 2)");
        TableWatch watch = database.engine().watch();
        database.engine().refresh("staged");
        assertThat(watch.changed(watch.tables()))
                .extracting(QualifiedName::name)
                .contains("paid");
        // After the look, and before the refresh.
        watermarks.advance("orders", TEN.plus(Duration.ofHours(1)));
        RefreshResult result = database.engine().refreshScheduled(new QualifiedName("public", "paid"));
        assertThat(result.outcome()).isEqualTo(RefreshOutcome.SKIPPED);
        assertThat(result.reason()).contains("waits for the group shop", "01:00:00");
        assertThat(database.engine().refresh("paid").outcome()).as("on request").isEqualTo(RefreshOutcome.DIFFERENTIAL);
    }

    @Test
    void a_watermark_is_monotonic_idempotent_and_seen_with_the_load() throws SQLException {
        watermarks.advance("orders", TEN);
        watermarks.advance("orders", TEN);
        assertThatExceptionOfType(InvalidDefinitionException.class)
                .isThrownBy(() -> watermarks.advance("orders", TEN.minusSeconds(1)))
                .withMessageContaining("already");
        assertThatExceptionOfType(InvalidDefinitionException.class)
                .isThrownBy(() -> watermarks.advance("no_such_table", TEN));
        try (Connection load = database.begin()) {
            TestDatabase.execute(load, "INSERT INTO payments VALUES (3, 3)");
            watermarks.advance(load, "payments", TEN);
            assertThat(database.value("SELECT aligned FROM pgstream.watermark_status() LIMIT 1"))
                    .isEqualTo("f");
            load.commit();
        }
        assertThat(database.value("SELECT bool_and(aligned) FROM pgstream.watermark_status()"))
                .isEqualTo("t");
        try (Connection load = database.begin()) {
            watermarks.advance(load, "payments", TEN.plus(Duration.ofHours(1)));
            load.rollback();
        }
        assertThat(database.value("SELECT bool_and(aligned) FROM pgstream.watermark_status()"))
                .isEqualTo("t");
    }

    @Test
    void a_group_has_several_tables_and_nothing_waits_when_it_is_gone() throws SQLException {
        assertThatExceptionOfType(InvalidDefinitionException.class)
                .isThrownBy(() -> watermarks.createGroup("one", List.of("orders"), Duration.ZERO));
        database.execute("INSERT INTO orders VALUES (1, 1)", "INSERT INTO payments VALUES (1, 1)");
        assertThat(clock()).containsExactly("staged");
        assertThat(watermarks.dropGroup("shop")).isTrue();
        assertThat(watermarks.dropGroup("shop")).isFalse();
        assertThat(clock()).containsExactly("paid");
    }

    @Test
    void who_may_not_write_a_table_cannot_say_how_far_it_is_loaded() throws SQLException {
        database.execute(
                "DROP ROLE IF EXISTS loader",
                "CREATE ROLE loader LOGIN",
                "GRANT USAGE ON SCHEMA pgstream TO loader",
                "GRANT INSERT ON payments TO loader");
        try (Connection loader = database.connect()) {
            TestDatabase.execute(loader, "SET SESSION AUTHORIZATION loader");
            TestDatabase.execute(loader, "SELECT pgstream.advance_watermark('payments', '2026-01-01')");
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() ->
                            TestDatabase.execute(loader, "SELECT pgstream.advance_watermark('orders', '2026-01-01')"))
                    .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        } finally {
            database.execute("DROP OWNED BY loader", "DROP ROLE loader");
        }
    }
}
