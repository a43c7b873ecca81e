package io.pgstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.QualifiedName;
import io.pgstream.RefreshListener;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshResult;
import io.pgstream.RefreshRun;
import io.pgstream.RefreshTrigger;
import io.pgstream.Schedule;
import io.pgstream.StreamTableDefinition;
import io.pgstream.Verification;
import io.pgstream.schedule.VerificationSchedule;
import io.pgstream.test.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** Stream tables that somebody has damaged are found out, whole or part by part, and repaired if asked for. */
class VerificationTest {

    private static final Schedule HOURLY = Schedule.parse("1h");

    private TestDatabase database;

    private StreamTableEngine engine;

    private final List<Verification> told = new ArrayList<>();

    private final List<RefreshResult> repairs = new ArrayList<>();

    private final List<String> runs = new ArrayList<>();

    @BeforeEach
    void tables() throws SQLException {
        database = TestDatabase.onDefault();
        engine = new StreamTableEngine(
                database.dataSource(),
                TestDatabase.settings(Duration.ofSeconds(4), Duration.ofSeconds(60)),
                List.of(new RefreshListener() {

                    @Override
                    public RefreshRun refreshStarting(List<QualifiedName> tables, RefreshTrigger trigger) {
                        return new RefreshRun() {

                            @Override
                            public void completed(List<RefreshResult> results) {
                                runs.add(tables + " " + trigger + " "
                                        + results.get(0).outcome());
                            }

                            @Override
                            public void failed(RuntimeException failure) {
                                runs.add(tables + " " + trigger + " failed");
                            }
                        };
                    }

                    @Override
                    public void tableVerified(Verification verification, @Nullable RefreshResult repair) {
                        told.add(verification);
                        if (repair != null) {
                            repairs.add(repair);
                        }
                    }
                }));
        database.execute(
                "CREATE TABLE s (id int PRIMARY KEY, k int, note json)",
                "INSERT INTO s SELECT i, nullif(i / 2, 12), '{}' FROM generate_series(1, 60) AS i");
        create("per_k", "SELECT k, count(*) AS n FROM s GROUP BY k");
        runs.clear();
    }

    private void create(String name, String query) {
        engine.create(
                StreamTableDefinition.of(name, query).withSchedule("manual").withMode(RefreshMode.DIFFERENTIAL));
    }

    /** What a superuser can do. */
    private void damage(String statement) throws SQLException {
        database.execute("SET session_replication_role = replica; " + statement + "; RESET session_replication_role");
    }

    private boolean drifted() {
        return engine.monitor().overview().tables().get(0).driftedAt() != null;
    }

    @Test
    void damage_is_found_told_and_remembered_until_it_is_repaired() throws SQLException {
        assertThat(engine.verify("per_k").equal()).isTrue();
        assertThat(drifted()).isFalse();

        damage("DELETE FROM per_k WHERE k IN (3, 4); UPDATE per_k SET n = 99 WHERE k = 5");
        Verification found = engine.verify("per_k");

        assertThat(found.missing()).isEqualTo(3);
        assertThat(found.unexpected()).isEqualTo(1);
        assertThat(found.complete()).isTrue();
        assertThat(told).extracting(Verification::equal).containsExactly(true, false);
        assertThat(drifted()).isTrue();
        engine.refresh("per_k");
        assertThat(drifted()).isTrue();
        engine.refreshFully("per_k");
        assertThat(drifted()).isFalse();
        assertThat(engine.verify("per_k").equal()).isTrue();
        assertThat(drifted()).isFalse();
    }

    @Test
    void a_sweep_of_parts_finds_damage_wherever_it_is() throws SQLException {
        for (String where : List.of("k = 1", "k = 10", "k = 11", "k = 21", "k = 30", "k IS NULL")) {
            damage("DELETE FROM per_k WHERE " + where);

            List<Verification> parts = sweep("per_k", 10);

            assertThat(parts).as(where).hasSizeBetween(3, 4).noneMatch(Verification::complete);
            assertThat(parts.stream().mapToLong(Verification::rows).sum())
                    .isEqualTo(Long.parseLong(database.value("SELECT count(*) FROM per_k")));
            assertThat(parts.stream().mapToLong(Verification::missing).sum())
                    .as(where)
                    .isEqualTo(1);
            assertThat(parts).filteredOn(Verification::equal).hasSize(parts.size() - 1);
            assertThat(drifted()).isTrue();
            engine.refreshFully("per_k");
            assertThat(drifted()).isFalse();
        }
    }

    @Test
    void a_sweep_of_parts_finds_rows_before_the_first_and_behind_the_last() throws SQLException {
        damage("INSERT INTO per_k VALUES (-5, 1), (900, 1)");

        assertThat(sweep("per_k", 10).stream()
                        .mapToLong(Verification::unexpected)
                        .sum())
                .isEqualTo(2);

        damage("DELETE FROM per_k WHERE k IN (-5, 900)");
        database.execute("DELETE FROM s WHERE k BETWEEN 14 AND 30");
        assertThat(sweep("per_k", 10)).allMatch(Verification::equal);
    }

    @Test
    void a_bag_is_divided_by_a_column_that_has_an_order() throws SQLException {
        database.execute(
                "CREATE TABLE b (note json, v text)",
                "INSERT INTO b SELECT '{}', i % 7 FROM generate_series(1, 70) AS i");
        create("a_bag", "SELECT note, v FROM b");
        damage("DELETE FROM a_bag WHERE ctid = (SELECT min(ctid) FROM a_bag WHERE v = '6')");

        List<Verification> parts = sweep("a_bag", 15);

        assertThat(parts).hasSize(4);
        assertThat(parts).extracting(Verification::missing).containsExactly(0L, 0L, 0L, 1L);
    }

    @Test
    void without_a_column_that_has_an_order_the_whole_table_is_compared() throws SQLException {
        create("no_order", "SELECT note FROM s");

        assertThat(sweep("no_order", 10))
                .singleElement()
                .matches(Verification::complete)
                .matches(Verification::equal);
    }

    private List<Verification> sweep(String name, long rows) throws SQLException {
        List<Verification> parts = new ArrayList<>();
        do {
            parts.add(engine.verifier()
                    .verifyScheduled(
                            engine.verifier().ages().stream()
                                    .filter(age -> age.name().name().equals(name))
                                    .findFirst()
                                    .orElseThrow(),
                            Duration.ZERO,
                            rows,
                            false));
        } while (database.value("SELECT sweep_position IS NULL FROM pgstream.pgs_verifications AS v JOIN"
                        + " pgstream.pgs_stream_tables AS t ON t.id = v.stream_table_id WHERE table_name = '" + name
                        + "'")
                .equals("f"));
        return parts;
    }

    @Test
    void the_schedule_compares_what_is_due_once_for_all_instances_and_repairs_it() throws SQLException {
        ThreadPoolTaskScheduler threads = new ThreadPoolTaskScheduler();
        threads.initialize();
        try {
            VerificationSchedule schedule = schedule(threads);
            assertThat(schedule.verifyDue()).isEmpty();

            database.execute("UPDATE pgstream.pgs_stream_tables SET created_at = created_at - interval '2 hours'");
            damage("DELETE FROM per_k WHERE k = 7");
            List<Verification> verified = schedule.verifyDue();

            assertThat(verified).singleElement().matches(found -> found.missing() == 1);
            assertThat(repairs).singleElement().matches(repair -> repair.inserted() == 1);
            assertThat(drifted()).isFalse();
            assertThat(schedule(threads).verifyDue())
                    .as("another instance, a moment later")
                    .isEmpty();
            database.assertEqual("per_k");
            assertThat(runs).containsExactly("[public.per_k] REQUEST NO_DATA", "[public.per_k] FULL_REQUEST FULL");
        } finally {
            threads.shutdown();
        }
    }

    private VerificationSchedule schedule(ThreadPoolTaskScheduler threads) {
        return new VerificationSchedule(
                engine.verifier(),
                threads,
                name -> HOURLY,
                new VerificationSchedule.Settings(Duration.ofMinutes(1), 0, true));
    }
}
